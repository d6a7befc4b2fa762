import type { JSX } from 'preact';
import type { Receipt, RowOf, Usage } from '../../../src/model/index.ts';
import { costText } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { useExpanded } from '../disclosure.tsx';
import { count, duration } from '../figures.ts';
import { Icon } from '../icon.tsx';
import { ReceiptFacts } from '../later-views.tsx';
import { isTold, laneWords } from '../receipt-words.ts';

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
          <ReceiptFacts row={row} rerouted={rerouted} />
        </div>
      )}
    </div>
  );
}

function receiptLine(receipt: Receipt, rerouted: boolean): string {
  const { resolved, transport, endpoint, usage, cost, durations, payer } = receipt;
  const parts = [
    laneWords(resolved),
    // Only the native lane has several; where nothing ran there was none.
    resolved === 'codex-native' ? transport : null,
    endpoint,
    modelWords(receipt, rerouted),
    usage === null ? null : tokens(usage),
    cost === undefined ? null : costText(cost.usd),
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

function tokens(usage: Usage): string | null {
  if (usage.input === null && usage.output === null) return t('tokensUnknown');
  return t('tokensInOut', figure(usage.input), figure(usage.output));
}

const figure = (value: number | null): string => (value === null ? t('unknownValue') : count(value));
