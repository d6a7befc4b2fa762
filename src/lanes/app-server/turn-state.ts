import type { ApprovalId, LaneBody, LaneEvent, NativeThreadId, TurnId, Usage } from '../../model/index.ts';
import { itemId } from '../../model/index.ts';
import type { Request, WireTurnError } from './wire.ts';
import type { WireItem } from './wire-item.ts';

/** An item that was begun and has not ended. */
type OpenItem = {
  /** As it was told last; null = its beginning was not heard. */
  readonly item: WireItem | null;
  /** The part of a reasoning's summary, and of its raw text, that was written last. */
  readonly parts: { readonly summary: number; readonly text: number };
  /** Something stands in the place of a result that the item has not. */
  readonly hasInterim: boolean;
};

export const newItem: OpenItem = { item: null, parts: { summary: 0, text: 0 }, hasInterim: false };

/** A question that waits for its answer. */
type Asked = { readonly request: Request; readonly approvalId: ApprovalId };

/** What one turn of one thread has said so far. Immutable: {@link normalize} gives the next one. */
export type TurnState = {
  readonly turnId: TurnId;
  readonly thread: NativeThreadId;
  /** The thread's total before this turn; null = unknown. */
  readonly usageBefore: Usage | null;
  readonly open: Readonly<Record<string, OpenItem>>;
  /** Items that ended: nothing of them reopens. */
  readonly closed: readonly string[];
  readonly asked: Readonly<Record<string, Asked>>;
  /** Whole messages so far: a review is told as one, too. */
  readonly messages: readonly string[];
  /** A review was entered, and not left yet. */
  readonly reviewing: boolean;
  /** What a review found, until a message says the same. */
  readonly review: { readonly id: string; readonly text: string } | null;
  /** How often each sub-agent's run ended, by its thread: one that is called again runs again. */
  readonly agentRuns: Readonly<Record<string, number>>;
  readonly compacted: boolean;
  /** Tokens that the conversation took when it was told last; null = unknown. */
  readonly context: number | null;
  /** A compaction that has begun: tokens before it, and after it where they are known already. */
  readonly compaction: { readonly before: number | null; readonly after: number | null } | null;
  /** What the turn changed, as it was told last: Codex says it again and again. */
  readonly diff: string | null;
  /** Codex tries again, and nothing else came since. */
  readonly retrying: boolean;
  readonly everRetried: boolean;
  readonly warned: readonly string[];
  /** A failure that Codex does not try to overcome; `turn/completed` repeats it. */
  readonly failure: WireTurnError | null;
  readonly total: Usage | null;
  readonly usage: Usage | null;
  readonly end: TurnEndTold | null;
};

export type TurnEndTold = {
  readonly outcome: 'completed' | 'failed' | 'interrupted';
  readonly error: WireTurnError | null;
  readonly durationMs: number | null;
};

export type Step = { readonly state: TurnState; readonly events: readonly LaneEvent[] };

export function startState(turn: {
  readonly turnId: TurnId;
  readonly thread: NativeThreadId;
  readonly usageBefore: Usage | null;
  /** Tokens that the conversation takes before it; left out = unknown. */
  readonly context?: number | null;
}): TurnState {
  return {
    ...turn,
    context: turn.context ?? null,
    open: {},
    closed: [],
    asked: {},
    messages: [],
    reviewing: false,
    review: null,
    agentRuns: {},
    compacted: false,
    compaction: null,
    diff: null,
    retrying: false,
    everRetried: false,
    warned: [],
    failure: null,
    total: null,
    usage: null,
    end: null,
  };
}

/** How many closed items, messages and warnings a turn remembers: one event costs the same however long the turn is. */
const remembered = 200;

export function remember(list: readonly string[], one: string): readonly string[] {
  return [...list, one].slice(-remembered);
}

export function quiet(state: TurnState): Step {
  return { state, events: [] };
}

/** Provider's ids are prefixed with the turn: other processes give them anew. */
export function told(state: TurnState, bodies: readonly LaneBody[], wireId?: string): Step {
  const events = bodies.map((body): LaneEvent => {
    return {
      ...body,
      ...(wireId === undefined ? {} : { itemId: itemId(`${state.turnId}:${wireId}`) }),
      nativeThreadId: state.thread,
    };
  });
  return { state, events };
}

/** What a record itself holds: ids are foreign, and may be names that every object answers to. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function opened(state: TurnState, item: WireItem): TurnState {
  return patched(state, item.id, { item });
}

export function patched(state: TurnState, id: string, patch: Partial<OpenItem>): TurnState {
  return { ...state, open: { ...state.open, [id]: { ...(own(state.open, id) ?? newItem), ...patch } } };
}

export function closed(state: TurnState, id: string): TurnState {
  const { [id]: _, ...open } = state.open;
  return { ...state, open, closed: remember(state.closed, id) };
}
