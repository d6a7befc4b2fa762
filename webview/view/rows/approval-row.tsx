import type { JSX } from 'preact';
import type { ApprovalDecision, ApprovalSubject, RowOf } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { decisionWords } from '../decision-words.ts';
import { Disclosure } from '../disclosure.tsx';
import { Icon } from '../icon.tsx';
import { ApprovalAnswer } from '../later-views.tsx';
import { RowHead } from '../row-head.tsx';
import { visible } from '../visible.ts';

/** What was asked and what was decided. */
export function ApprovalRow({ row }: { readonly row: RowOf<'approval'> }): JSX.Element {
  return (
    <Disclosure
      rowKey={row.key}
      class="approval"
      openByDefault={row.open}
      head={
        <RowHead
          icon={
            <span class="state warning">
              <Icon name="shield" />
            </span>
          }
          verb={askedOf(row.subject)}
          figures={decisionOf(row)}
        />
      }
      body={() => (
        <div class="card">
          {!isInFields(row) && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
            <section class="card-text" tabIndex={0} aria-label={askedOf(row.subject)}>
              <pre>{visible(row.what)}</pre>
            </section>
          )}
          {row.why !== null && <p>{visible(row.why)}</p>}
          <ApprovalAnswer row={row} />
        </div>
      )}
    />
  );
}

/** Each question stands at its field, and then at its answer; what was asked is all there is where none was given. */
const isInFields = ({ subject, open, fields, answers }: RowOf<'approval'>): boolean =>
  subject === 'user_input' && fields.length > 0 && (open || fields.some(({ id }) => id in answers));

function askedOf(subject: ApprovalSubject): string {
  switch (subject) {
    case 'command':
      return t('approvalCommand');
    case 'file_change':
      return t('approvalFiles');
    case 'mcp':
      return t('approvalMcp');
    case 'permissions':
      return t('approvalPermissions');
    case 'user_input':
      return t('approvalInput');
  }
}

function decisionOf(row: RowOf<'approval'>): string {
  if (row.decision === null) return row.open ? t('approvalOpen') : t('approvalClosed');
  if (row.decision === 'withdrawn') return t('approvalWithdrawn');
  const decision = row.decisions.find((one) => one.id === row.decision);
  const label = decision === undefined ? visible(row.decision) : shortWords(row.subject, decision);
  switch (row.decidedBy) {
    case 'user':
      return t('approvalDecided', label, t('decidedByUser'));
    case 'grant':
      return t('approvalDecided', label, t('decidedByGrant'));
    case 'policy':
      return t('approvalDecided', label, t('decidedByPolicy'));
    case 'lifecycle':
      return t('approvalDecided', label, t('decidedByLifecycle'));
    case null:
      return label;
  }
}

/** On one line: which rule it was, the opened row says. */
function shortWords(subject: ApprovalSubject, decision: ApprovalDecision): string {
  if (decision.detail === undefined) return decisionWords(subject, decision);
  return decision.id.includes(':deny:') ? t('decidedNoRule') : t('decidedRule');
}
