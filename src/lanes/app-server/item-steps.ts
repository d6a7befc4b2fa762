import type { ItemBody } from '../../model/index.ts';
import { compacted, compacting } from './compaction.ts';
import type { AgentActivity, TextItem } from './items.ts';
import { agentRun, bodiesOfItem } from './items.ts';
import type { Step, TurnState } from './turn-state.ts';
import { closed, newItem, opened, own, patched, quiet, remember, told } from './turn-state.ts';
import type { WireItem } from './wire-item.ts';

export function itemStarted(state: TurnState, item: WireItem): Step {
  const next = opened(state, item);
  switch (item.type) {
    case 'userMessage':
    case 'subAgentActivity':
      return quiet(state);
    case 'agentMessage':
    case 'plan':
      // What it begins with would else be seen only at its end.
      return item.text === ''
        ? quiet(next)
        : told(next, [{ kind: 'assistant_text', text: item.text, isDelta: true }], item.id);
    case 'reasoning':
      return quiet(next);
    case 'contextCompaction':
      return quiet(compacting(next));
    default:
      return told(next, bodiesOfItem(item, 'started'), item.id);
  }
}

export function itemCompleted(before: TurnState, item: WireItem): Step {
  const state = closed(before, item.id);
  switch (item.type) {
    case 'userMessage':
      return quiet(state);
    case 'agentMessage':
    case 'plan': {
      const review = state.review?.text === item.text ? null : state.review;
      const next = { ...state, review, messages: remember(state.messages, item.text) };
      return told(next, [{ kind: 'assistant_text', text: item.text, isDelta: false }], item.id);
    }
    case 'reasoning':
      return reasoned(before, state, item);
    case 'subAgentActivity':
      return agentActed(state, item);
    case 'enteredReviewMode':
      return told({ ...state, reviewing: true }, bodiesOfItem(item, 'completed'), item.id);
    case 'exitedReviewMode': {
      // Its words come once more as a message, behind it (measured).
      const isKnown = item.review === '' || state.messages.includes(item.review);
      const review = isKnown ? state.review : { id: item.id, text: item.review };
      return told({ ...state, reviewing: false, review }, bodiesOfItem(item, 'completed'), item.id);
    }
    case 'contextCompaction':
      return compacted(state, item.id);
    case 'mcpToolCall': {
      const isStale = own(before.open, item.id)?.hasInterim === true && item.result == null;
      const ended = isStale ? { ...item, result: { content: [] } } : item;
      return told(state, bodiesOfItem(ended, 'completed'), item.id);
    }
    default:
      return told(state, bodiesOfItem(item, 'completed'), item.id);
  }
}

function agentActed(state: TurnState, item: AgentActivity): Step {
  const body = agentRun(item);
  const run = own(state.agentRuns, item.agentThreadId) ?? 1;
  const isOver = body.kind === 'subagent' && body.phase === 'completed';
  const next = isOver ? { ...state, agentRuns: { ...state.agentRuns, [item.agentThreadId]: run + 1 } } : state;
  return told(next, [body], `agent-${item.agentThreadId}${run === 1 ? '' : `:${run}`}`);
}

export function textDelta(state: TurnState, id: string, delta: string): Step {
  if (state.closed.includes(id)) return quiet(state);
  return told(state, [{ kind: 'assistant_text', text: delta, isDelta: true }], id);
}

/** The raw text of a reasoning beside its summary is a text of its own. */
const rawId = (id: string): string => `${id}:text`;

export function reasoningDelta(
  state: TurnState,
  id: string,
  which: 'summary' | 'text',
  index: number,
  delta: string,
): Step {
  if (state.closed.includes(id)) return quiet(state);
  const { parts } = own(state.open, id) ?? newItem;
  const isNext = index > parts[which];
  const next = isNext ? patched(state, id, { parts: { ...parts, [which]: index } }) : state;
  const text = isNext ? `\n\n${delta}` : delta;
  return told(next, [{ kind: 'reasoning', text, isDelta: true }], which === 'summary' ? id : rawId(id));
}

function reasoned(before: TurnState, state: TurnState, item: TextItem & { readonly type: 'reasoning' }): Step {
  const summary = item.summary.join('\n\n');
  const raw = item.content.join('\n\n');
  const first =
    summary === '' ? quiet(state) : told(state, [{ kind: 'reasoning', text: summary, isDelta: false }], item.id);
  // A reasoning that says nothing is not shown.
  if (raw === '') return first;
  const second = told(before, [{ kind: 'reasoning', text: raw, isDelta: false }], rawId(item.id));
  return { state: first.state, events: [...first.events, ...second.events] };
}

/** The item's beginning told the command. */
export function outputDelta(state: TurnState, id: string, delta: string): Step {
  if (state.closed.includes(id)) return quiet(state);
  const body: ItemBody = {
    kind: 'command_execution',
    phase: 'output',
    command: '',
    outputDelta: delta,
    status: 'in_progress',
  };
  return told(state, [body], id);
}

/** Said while the tool works: shown in the place of the result that it has not. */
export function mcpProgress(state: TurnState, id: string, message: string): Step {
  const item = own(state.open, id)?.item;
  if (item?.type !== 'mcpToolCall') return quiet(state);
  const { server, tool } = item;
  const result = { content: [{ type: 'text', text: message }] };
  return told(
    patched(state, id, { hasInterim: true }),
    [
      {
        kind: 'mcp_call',
        phase: 'output',
        server,
        tool,
        arguments: item.arguments ?? null,
        result,
        status: 'in_progress',
      },
    ],
    id,
  );
}

/** What a review found and no message said. */
export function flushReview(state: TurnState): Step {
  if (state.review === null) return quiet(state);
  const { id, text } = state.review;
  return told({ ...state, review: null }, [{ kind: 'assistant_text', text, isDelta: false }], id);
}
