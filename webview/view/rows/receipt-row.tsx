import type { JSX } from 'preact';
import type { LaneSelection, Payer, Receipt, RowOf, Usage, WarningSource } from '../../../src/model/index.ts';
import { isPaying } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { useApp } from '../app-context.ts';
import { useExpanded } from '../disclosure.tsx';
import { count, duration } from '../figures.ts';
import { Icon } from '../icon.tsx';
import { warningSource } from './warning-source.ts';

/** One muted line that says what ran, with what and who paid; opens to everything that is known. */
export function ReceiptRow(props: {
  readonly row: RowOf<'receipt'>;
  /** Another model answered than the one that was asked. */
  readonly rerouted: boolean;
}): JSX.Element {
  const { row, rerouted } = props;
  const { open, toggle } = useExpanded(row.key, false);
  const id = `body-${row.key}`;
  const line = receiptLine(row.receipt, rerouted);
  return (
    <div class="receipt">
      <button
        type="button"
        class="line"
        title={line}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={toggle}
      >
        {rerouted && (
          <span class="state warning">
            <Icon name="warning" />
          </span>
        )}
        <span class="words">
          <span class="sr-only">{t('receipt')}: </span>
          {line}
        </span>
        <Icon name={open ? 'chevron-up' : 'chevron-down'} />
      </button>
      {open && (
        <div id={id}>
          <dl>
            {receiptFacts(row.receipt, rerouted).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <CopyButtons row={row} />
        </div>
      )}
    </div>
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

function receiptLine(receipt: Receipt, rerouted: boolean): string {
  const { resolved, transport, endpoint, usage, durations, payer } = receipt;
  const parts = [
    laneWords(resolved),
    // Only the native lane has several; where nothing ran there was none.
    resolved === 'codex-native' ? transport : null,
    endpoint,
    modelWords(receipt, rerouted),
    usage === null ? null : tokens(usage),
    duration(durations.totalMs),
    payer === null || payer.label === endpoint ? null : payer.label,
  ];
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

function modelWords({ modelServed, modelAsked }: Receipt, rerouted: boolean): string {
  if (rerouted && modelAsked !== null) return t('modelNotAsked', modelServed, modelAsked);
  if (isTold(modelServed)) return modelServed;
  return modelAsked === null ? t('modelDefault') : t('modelAskedOnly', modelAsked);
}

const isTold = (modelServed: string): boolean => modelServed !== 'unknown' && modelServed !== '';

function tokens(usage: Usage): string | null {
  if (usage.input === null && usage.output === null) return t('tokensUnknown');
  return t('tokensInOut', figure(usage.input), figure(usage.output));
}

const figure = (value: number | null): string => (value === null ? t('unknownValue') : count(value));

function laneWords(lane: LaneSelection | null): string {
  switch (lane) {
    case 'api':
      return t('laneApi');
    case 'codex-native':
      return t('laneNative');
    case 'auto':
      return t('laneAuto');
    case null:
      return t('laneNone');
  }
}

type Fact = readonly [name: string, value: string];

function receiptFacts(receipt: Receipt, rerouted: boolean): readonly Fact[] {
  const { asked, resolved, trace, executable, payer, usage, durations, warnings } = receipt;
  const facts: readonly (readonly [string, string | null])[] = [
    [t('factLane'), t('factLaneAsked', laneWords(resolved), laneWords(asked))],
    [t('factDecision'), trace.map((step) => step.says).join('\n') || null],
    [t('factTransport'), receipt.transport],
    [t('factProgram'), executable && t('factProgramValue', executable.version, executable.path, executable.source)],
    [t('factEndpoint'), receipt.endpoint],
    [t('factPayer'), payer && payerFact(payer)],
    [t('factModelAsked'), receipt.modelAsked ?? t('modelDefault')],
    [t('factModelServed'), servedFact(receipt, rerouted)],
    [t('factEffort'), receipt.effort],
    [t('factFolder'), receipt.cwd],
    [t('factSandbox'), receipt.sandbox],
    [t('factApprovals'), receipt.approvalPolicy],
    [t('factTokens'), usage && tokenFact(usage)],
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
