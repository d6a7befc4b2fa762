import type { ApprovalDecision, RowOf } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { visible } from './visible.ts';

/** A decision in the page's own words; one that it does not know as the lane calls it. */
export function decisionWords(subject: RowOf<'approval'>['subject'], { id, label, detail }: ApprovalDecision): string {
  // Each rule for a host has an id of its own.
  switch (/^applyNetworkPolicyAmendment:(?:allow|deny)/.exec(id)?.[0] ?? id) {
    case 'accept':
      return subject === 'permissions' ? t('decideTurn') : t('decideAccept');
    case 'acceptForSession':
      // A permission for the turn is offered beside it. Codex forgets either when the turn has ended and it lets the thread go.
      return subject === 'permissions' ? t('decideSessionToo') : t('decideSession');
    case 'acceptAlways':
      return t('decideAlways');
    case 'decline':
      return subject === 'user_input' ? t('decideNoAnswer') : t('decideDecline');
    case 'cancel':
      // An MCP server hears of it, and the turn goes on (measured).
      return subject === 'mcp' ? t('decideClose') : t('decideCancel');
    case 'answer':
      return t('decideAnswer');
    case 'acceptWithExecpolicyAmendment':
      return detail === undefined ? visible(label) : t('decidePrefix', visible(detail));
    case 'applyNetworkPolicyAmendment:allow':
      return detail === undefined ? visible(label) : t('decideHost', visible(detail));
    case 'applyNetworkPolicyAmendment:deny':
      return detail === undefined ? visible(label) : t('decideNoHost', visible(detail));
    default:
      return visible(label);
  }
}
