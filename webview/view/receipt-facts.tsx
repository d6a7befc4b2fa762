import type { JSX } from 'preact';
import type { CommandCount, Payer, Receipt, RowOf, Usage, WarningSource } from '../../src/model/index.ts';
import { costText, isPaying } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { duration } from './figures.ts';
import { Icon } from './icon.tsx';
import { isTold, laneWords } from './receipt-words.ts';
import { warningSource } from './warning-source.ts';

/** Everything that a receipt tells, and how it is taken along. */
export function ReceiptFacts(props: { readonly row: RowOf<'receipt'>; readonly rerouted: boolean }): JSX.Element {
  const { row, rerouted } = props;
  return (
    <>
      <dl>
        {receiptFacts(row.receipt, rerouted).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <CopyButtons row={row} />
    </>
  );
}

function CopyButtons({ row }: { readonly row: RowOf<'receipt'> }): JSX.Element {
  const { actions } = useApp();
  return (
    <div class="buttons">
      <button type="button" class="button" onClick={() => actions.copyReceipt(row, 'markdown')}>
        <Icon name="markdown" />
        {t('copyReceiptMarkdown')}
      </button>
      <button type="button" class="button" onClick={() => actions.copyReceipt(row, 'json')}>
        <Icon name="json" />
        {t('copyReceiptJson')}
      </button>
    </div>
  );
}

type Fact = readonly [name: string, value: string];

function receiptFacts(receipt: Receipt, rerouted: boolean): readonly Fact[] {
  const { asked, resolved, trace, executable, payer, usage, durations, warnings, commands, rounds, cost } = receipt;
  const facts: readonly (readonly [string, string | null])[] = [
    [t('factLane'), t('factLaneAsked', laneWords(resolved), laneWords(asked))],
    [t('factDecision'), trace.map((step) => step.says).join('\n') || null],
    [t('factTransport'), receipt.transport],
    [t('factProgram'), executable && t('factProgramValue', executable.version, executable.path, executable.source)],
    [t('factEndpoint'), receipt.endpoint],
    [t('factPayer'), payer && payerFact(payer)],
    [
      t('factVaultRequests'),
      receipt.vaultRequests === undefined ? null : t('factVaultRequestsValue', receipt.vaultRequests),
    ],
    [t('factModelAsked'), receipt.modelAsked ?? t('modelDefault')],
    [t('factModelServed'), servedFact(receipt, rerouted)],
    [t('factEffort'), receipt.effort],
    [t('factFolder'), receipt.cwd],
    [t('factSandbox'), receipt.sandbox],
    [t('factApprovals'), receipt.approvalPolicy],
    [t('factCommands'), commands === undefined ? null : commandsFact(commands)],
    [t('factRounds'), rounds === undefined ? null : String(rounds)],
    [t('factTokens'), usage && tokenFact(usage)],
    [t('factCost'), cost === undefined ? null : t('factCostValue', costText(cost.usd), cost.source)],
    [t('factTokensFrom'), receipt.usageAuthority],
    [t('factTime'), timeFact(durations)],
    [t('factWarnings'), warningsFact(warnings)],
    [t('factExitCode'), receipt.exitCode === null ? null : String(receipt.exitCode)],
    [t('factEndedWith'), receipt.killStep === 'none' ? null : receipt.killStep],
    [t('factThread'), receipt.nativeThreadId],
    [t('factKept'), receipt.completionPolicy],
    [t('factHistory'), receipt.historyCompleteness],
    [t('factSeal'), receipt.seal],
  ];
  return facts.filter((fact): fact is Fact => fact[1] !== null && fact[1] !== '');
}

/** Null where nothing ran: nothing could be served. */
function servedFact({ modelServed, transport, resolved }: Receipt, rerouted: boolean): string | null {
  if (resolved === null) return null;
  if (!isTold(modelServed)) return t('servedNotTold', transport);
  return rerouted ? t('servedNotAsked', modelServed) : modelServed;
}

function payerFact(payer: Payer): string {
  return isPaying(payer) ? t('factPayerValue', payer.label, payer.source) : t('factPayerNobody', payer.label);
}

function tokenFact(usage: Usage): string {
  const { input, cachedInput, output, reasoningOutput } = usage;
  return t('factTokensValue', exact(input), exact(cachedInput), exact(output), exact(reasoningOutput));
}

const exact = (value: number | null): string | number => value ?? t('unknownValue');

function commandsFact({ sandboxed, unsandboxed }: CommandCount): string {
  return t('factCommandsValue', String(sandboxed), String(unsandboxed));
}

function timeFact({ totalMs, queueMs, firstEventMs, firstTextMs }: Receipt['durations']): string {
  const known = (ms: number | null) => (ms === null ? t('unknownValue') : duration(ms));
  return t('factTimeValue', known(totalMs), known(queueMs), known(firstEventMs), known(firstTextMs));
}

function warningsFact(warnings: Receipt['warnings']): string | null {
  const parts = Object.entries(warnings).map(([source, number]) =>
    t('warningFrom', warningSource(source as WarningSource), number),
  );
  return parts.length === 0 ? null : parts.join(', ');
}
