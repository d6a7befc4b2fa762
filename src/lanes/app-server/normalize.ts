import type { LaneBody, LaneEvent } from '../../model/index.ts';
import { rawPayload } from '../../model/schema/index.ts';
import { compacted } from './compaction.ts';
import { itemCompleted, itemStarted, mcpProgress, outputDelta, reasoningDelta, textDelta } from './item-steps.ts';
import { fileChange } from './items.ts';
import { noticesOf } from './notices.ts';
import { asked, reviewed, withdrawn } from './question-steps.ts';
import { completed, failed } from './turn-end.ts';
import type { Step, TurnState } from './turn-state.ts';
import { opened, quiet, remember, told } from './turn-state.ts';
import { counted } from './usage-steps.ts';
import type { Notification, WireMessage } from './wire.ts';
import type { WireItem } from './wire-item.ts';

/**
 * One message about this turn (or its thread, while the turn runs) to events. Pure; `at` is its time (ISO). Messages of
 * other threads and turns are the caller's to set apart.
 */
export function normalize(before: TurnState, message: WireMessage, at: string): Step {
  switch (message.kind) {
    case 'notification':
      return notified(before, message, at);
    case 'request':
      return asked(before, message);
    case 'unknown':
      return told(before, [rawOf(message)]);
    case 'not-json':
      return told(before, notJson(message.raw));
    case 'answer':
    case 'call':
    case 'control':
    case 'empty':
      return { state: before, events: [] };
  }
}

/** What nobody understands, kept. */
export function rawOf({ rawType, raw }: WireMessage & { readonly kind: 'unknown' }): LaneBody {
  return { kind: 'unsupported_raw_event', rawType, payload: rawPayload(raw) };
}

/** A line that is no message; the server never writes one. */
export function notJson(raw: string): readonly LaneBody[] {
  const start = raw.length <= 2000 ? raw : `${raw.slice(0, 2000)}…`;
  return [
    { kind: 'warning', source: 'process', text: `Codex wrote a line that is not JSON: ${start}` },
    { kind: 'unsupported_raw_event', rawType: 'not-json', payload: rawPayload(raw) },
  ];
}

function notified(before: TurnState, message: Notification, at: string): Step {
  if (message.method === 'error') return failed(before, message.params, at);
  const state = before.retrying && isProgress(message) ? { ...before, retrying: false } : before;
  switch (message.method) {
    case 'item/started':
      return itemStarted(state, message.params.item);
    case 'item/completed':
      return itemCompleted(state, message.params.item);
    case 'item/agentMessage/delta':
    case 'item/plan/delta':
      return textDelta(state, message.params.itemId, message.params.delta);
    case 'item/reasoning/summaryTextDelta': {
      const { itemId: id, delta, summaryIndex } = message.params;
      return reasoningDelta(state, id, 'summary', summaryIndex, delta);
    }
    case 'item/reasoning/textDelta': {
      const { itemId: id, delta, contentIndex } = message.params;
      return reasoningDelta(state, id, 'text', contentIndex, delta);
    }
    case 'item/commandExecution/outputDelta':
      return outputDelta(state, message.params.itemId, message.params.delta);
    case 'item/commandExecution/terminalInteraction': {
      const { itemId: id, stdin } = message.params;
      // Nothing written is how Codex looks for more output.
      return stdin === ''
        ? quiet(state)
        : told(state, [{ kind: 'system_notice', code: 'command_input', text: `Given to the command: ${stdin}` }], id);
    }
    case 'item/fileChange/patchUpdated': {
      const { itemId: id, changes } = message.params;
      if (state.closed.includes(id)) return quiet(state);
      const item: WireItem = { id, type: 'fileChange', changes, status: 'inProgress' };
      return told(opened(state, item), [fileChange(changes, 'output', 'in_progress')], id);
    }
    case 'item/mcpToolCall/progress':
      return mcpProgress(state, message.params.itemId, message.params.message);
    case 'item/autoApprovalReview/started':
    case 'item/autoApprovalReview/completed':
      return reviewed(state, message);
    case 'thread/tokenUsage/updated':
      return counted(state, message.params.tokenUsage);
    case 'thread/compacted':
      // The older word for an item.
      if (state.compacted) return quiet(state);
      return compacted(state, null);
    case 'turn/diff/updated': {
      const { diff } = message.params;
      return diff === state.diff ? quiet(state) : told({ ...state, diff }, [{ kind: 'turn_diff_updated', diff }]);
    }
    case 'turn/plan/updated': {
      const steps = message.params.plan.map(({ step, status }) => ({
        text: step,
        status: status === 'inProgress' ? ('in_progress' as const) : status,
      }));
      return told(state, [{ kind: 'plan_updated', steps }], 'plan');
    }
    case 'turn/completed':
      return completed(state, message.params.turn);
    case 'serverRequest/resolved':
      return withdrawn(state, message.params.requestId, 'withdrawn');
    case 'turn/started':
    case 'item/reasoning/summaryPartAdded':
    case 'thread/started':
    case 'thread/name/updated':
    case 'thread/settings/updated':
      return quiet(state);
    default:
      return noticed(state, noticesOf(message) ?? []);
  }
}

/** A warning is told once a turn: the server has each said to it and to the thread. */
function noticed(before: TurnState, bodies: readonly LaneBody[]): Step {
  let state = before;
  const events: LaneEvent[] = [];
  for (const body of bodies) {
    if (body.kind === 'warning') {
      if (state.warned.includes(body.text)) continue;
      state = { ...state, warned: remember(state.warned, body.text) };
    }
    events.push(...told(state, [body]).events);
  }
  return { state, events };
}

/** Messages that show that the request to the model went through. */
function isProgress({ method }: Notification): boolean {
  return method.startsWith('item/');
}
