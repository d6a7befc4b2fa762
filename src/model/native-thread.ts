import type { LogEvent } from './events.ts';
import type { NativeThreadId, RunnableLaneId, ThreadId, TurnId } from './ids.ts';
import { threadId } from './ids.ts';
import type { Receipt } from './receipt.ts';
import type { Usage } from './usage.ts';
import { noUsage } from './usage.ts';

/** What is known of the runtime's own thread behind one of ours. */
export type NativeThread = {
  /** The lane that took the last turn. */
  readonly lane: RunnableLaneId | null;
  /** The thread that the next turn of that lane goes on with; null = it begins a new one. */
  readonly id: NativeThreadId | null;
  /** Where there is none yet: the thread that the next turn branches off. */
  readonly forkOf: NativeThreadId | null;
  /** The thread of ours that `forkOf` belongs to, and the last event of it that was copied; null = it is this thread's. */
  readonly forkedAt: { readonly threadId: ThreadId; readonly seq: number } | null;
  /** The runtime no longer had this one when it was asked to go on; cleared when another has begun. */
  readonly lost: NativeThreadId | null;
  /** The runtime's cumulative usage of `id` (or `forkOf`); null = unknown (a turn ended without saying). */
  readonly usageTotal: Usage | null;
  /** The last turn, until its receipt. */
  readonly turn: NativeTurn | null;
};

type NativeTurn = {
  readonly turnId: TurnId;
  /** Null = not told (an older log, or a lane whose runtime keeps nothing). */
  readonly ephemeral: boolean | null;
  /** The total before it, as long as the runtime has said nothing in it: then it is still the total. */
  readonly usageBefore: Usage | null;
};

export const noNativeThread: NativeThread = {
  lane: null,
  id: null,
  forkOf: null,
  forkedAt: null,
  lost: null,
  usageTotal: noUsage,
  turn: null,
};

/**
 * Adds one event. The id is taken as soon as an event of a turn that is kept bears it, so that a turn whose process was
 * killed without a word can be gone on with; it never replaces another: a resumed turn that answers under another id is
 * an error of that turn. An ephemeral turn changes nothing: it is gone with its process.
 */
export function followNative(state: NativeThread, event: LogEvent): NativeThread {
  const heard = hear(state, event);
  switch (event.kind) {
    case 'lane_decided':
      return event.resolved === null || event.resolved === heard.lane
        ? heard
        : { ...noNativeThread, lane: event.resolved };
    case 'turn_started': {
      const { turnId, ephemeral = null } = event;
      if (turnId === undefined) return heard;
      const turn = { turnId, ephemeral, usageBefore: heard.usageTotal };
      // Unknown until the runtime says so: a turn that is killed leaves the total unknown.
      return { ...heard, turn, usageTotal: ephemeral === false ? null : heard.usageTotal };
    }
    case 'usage_updated':
      return event.threadTotal === undefined || heard.turn?.ephemeral === true || isForeign(heard, event)
        ? heard
        : { ...heard, usageTotal: event.threadTotal };
    case 'turn_failed':
      // Else every later prompt would ask for what is not there.
      return event.error.code === 'resume_not_found'
        ? { ...heard, id: null, forkOf: null, forkedAt: null, lost: heard.id ?? heard.forkOf, usageTotal: noUsage }
        : heard;
    case 'receipt':
      return settle(heard, event.receipt);
    case 'thread_forked': {
      const { nativeThreadId: forkOf } = event.from;
      const branch = { ...heard, id: null, forkOf, lost: null, turn: null };
      if (forkOf === null) return { ...branch, forkedAt: null, usageTotal: noUsage };
      // A fork of a fork that has not begun branches off the same thread of Codex as that one.
      const own = { threadId: threadId(event.from.threadId), seq: event.seq - 1 };
      return { ...branch, forkedAt: heard.id === null && heard.forkedAt !== null ? heard.forkedAt : own };
    }
    case 'thread_imported':
      // What it used before is not told: the first turn of ours can't split its own off.
      return { ...noNativeThread, lane: 'codex-native', id: event.from.nativeThreadId, usageTotal: null };
    default:
      return heard;
  }
}

/** What the envelope alone tells. */
function hear(state: NativeThread, event: LogEvent): NativeThread {
  const { turn } = state;
  const named = event.nativeThreadId;
  if (named === undefined || turn === null || event.turnId !== turn.turnId || turn.ephemeral !== false) return state;
  if (state.id === null && named !== state.forkOf && named !== state.lost) {
    return { ...state, id: named, forkOf: null, forkedAt: null, lost: null, turn: { ...turn, usageBefore: null } };
  }
  return turn.usageBefore === null ? state : { ...state, turn: { ...turn, usageBefore: null } };
}

function isForeign(state: NativeThread, event: LogEvent): boolean {
  return event.nativeThreadId !== undefined && state.id !== null && event.nativeThreadId !== state.id;
}

function settle(state: NativeThread, receipt: Receipt): NativeThread {
  const { turn } = state;
  const named = receipt.nativeThreadId;
  const ended = { ...state, turn: null };
  if (receipt.completionPolicy === 'ephemeral') {
    if (turn?.ephemeral === true) return ended;
    // An older log: its total may be the ephemeral thread's.
    return { ...ended, usageTotal: state.id === null && state.forkOf === null ? noUsage : null };
  }
  if (named === null || named === state.lost) {
    // Nothing ran: what was the total still is.
    return { ...ended, usageTotal: state.usageTotal ?? turn?.usageBefore ?? null };
  }
  const usageTotal = receipt.usageAuthority === null ? null : state.usageTotal;
  return { ...ended, id: named, forkOf: null, forkedAt: null, lost: null, usageTotal };
}
