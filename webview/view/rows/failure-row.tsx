import type { ComponentChildren, JSX } from 'preact';
import type { LaneSelection, RowOf } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { useExpanded } from '../disclosure.tsx';
import { Icon } from '../icon.tsx';
import { FailureHelp } from '../later-views.tsx';
import { visible } from '../visible.ts';

/** Commands and names stand between backticks. */
function withCode(words: string): ComponentChildren {
  return words.split('`').map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>));
}

/** What happened in a sentence, what to do as buttons, the details folded. */
export function FailureRow(props: {
  readonly row: RowOf<'failure'>;
  readonly asked: LaneSelection | null;
}): JSX.Element {
  const { row, asked } = props;
  const { open, toggle } = useExpanded(row.key, false);
  const { code, message, hint, detail } = row.error;
  const id = `body-${row.key}`;
  return (
    <div class="failure">
      <div class="failure-line">
        <span class="state error">
          <Icon name="error" />
          <span class="sr-only">{t('stateFailed')} </span>
        </span>
        <div class="failure-words">
          <p>{withCode(message)}</p>
          {hint !== null && <p class="hint">{withCode(hint)}</p>}
        </div>
      </div>
      <div class="buttons">
        <FailureHelp error={row.error} asked={asked} />
        <button
          type="button"
          class="link-button"
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={toggle}
        >
          {t('failureDetails', code)}
        </button>
      </div>
      {open && (
        <pre class="details" id={id}>
          {visible(detail ?? code)}
        </pre>
      )}
    </div>
  );
}
