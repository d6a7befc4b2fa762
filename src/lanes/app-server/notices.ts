import type { LaneBody, ThreadStatus, WarningSource } from '../../model/index.ts';
import { sourceOfText } from '../../runtime/index.ts';
import type { Notification, WireThreadStatus } from './wire.ts';

/** What a message says that is about no item: the same in a turn and between turns. Null: it says nothing of that kind. */
export function noticesOf(message: Notification): readonly LaneBody[] | null {
  switch (message.method) {
    case 'thread/status/changed':
      return [{ kind: 'thread_status_changed', status: statusOf(message.params.status) }];
    case 'thread/closed':
      return [{ kind: 'thread_status_changed', status: { type: 'not_loaded' } }];
    case 'model/rerouted': {
      const { fromModel, toModel, reason } = message.params;
      return [{ kind: 'model_rerouted', askedModel: fromModel, servedModel: toModel, reason }];
    }
    case 'model/verification':
      return notice(
        'model_verification',
        `The model asks for a verification: ${message.params.verifications.join(', ')}`,
      );
    case 'model/safetyBuffering/updated':
      if (!message.params.showBufferingUi) return [];
      return notice('safety_buffering', `${message.params.model} holds its answer back while it is checked`);
    case 'modelProvider/authRecoveryStarted':
    case 'modelProvider/authRecoveryCompleted':
      return notice('auth_recovery', message.params.message);
    case 'autoApprovalReview/strictReviewRequired':
      return notice('strict_review', 'Each action of this turn is reviewed before it runs');
    case 'hook/completed':
      return hook(message.params.run);
    case 'warning':
      return warning(message.params.message);
    case 'guardianWarning':
      return warning(message.params.message, 'guardian');
    case 'deprecationNotice':
      return warning(withDetails(message.params), 'deprecated');
    case 'configWarning': {
      const { path } = message.params;
      const text = withDetails(message.params);
      const source = sourceOfText(text);
      const where = path == null ? '' : ` (${path})`;
      return [{ kind: 'warning', source: source === 'process' ? 'config' : source, text: `${text}${where}` }];
    }
    case 'windows/worldWritableWarning': {
      const text = `Anyone may write in: ${message.params.samplePaths.join(', ')}`;
      return warning(text, 'world_writable', 'provisioning');
    }
    case 'windowsSandbox/setupCompleted': {
      const { success, error } = message.params;
      if (success) return [];
      return warning(
        `The Windows sandbox could not be set up: ${error ?? 'no reason given'}`,
        'windows_sandbox',
        'provisioning',
      );
    }
    default:
      return null;
  }
}

function notice(code: string, text: string): readonly LaneBody[] {
  return [{ kind: 'system_notice', code, text }];
}

function warning(text: string, code?: string, source: WarningSource = sourceOfText(text)): readonly LaneBody[] {
  return [{ kind: 'warning', source, text, ...(code === undefined ? {} : { code }) }];
}

function withDetails({
  summary,
  details,
}: {
  readonly summary: string;
  readonly details?: string | null | undefined;
}): string {
  return details == null || details === '' ? summary : `${summary}\n${details}`;
}

type HookRun = Extract<Notification, { readonly method: 'hook/completed' }>['params']['run'];

/** A hook that ran and had nothing to say is no news. */
function hook({ eventName, status, statusMessage, entries }: HookRun): readonly LaneBody[] {
  const said = [...(statusMessage == null ? [] : [statusMessage]), ...entries.map(({ text }) => text)].filter(
    (text) => text !== '',
  );
  const text = [`Hook ${eventName}: ${status}`, ...said].join('\n');
  if (status !== 'completed') return [{ kind: 'warning', source: 'process', text, code: 'hook' }];
  return said.length === 0 ? [] : notice('hook', text);
}

export function statusOf(status: WireThreadStatus): ThreadStatus {
  switch (status.type) {
    case 'active':
      return { type: 'active', flags: status.activeFlags };
    case 'notLoaded':
      return { type: 'not_loaded' };
    case 'systemError':
      return { type: 'system_error' };
    case 'idle':
      return { type: 'idle' };
  }
}
