import type { LaneBody, TurnError } from '../../model/index.ts';
import { rawPayload } from '../../model/schema/index.ts';
import { failureOf } from './failure.ts';
import { flushReview } from './item-steps.ts';
import { closeQuestions } from './question-steps.ts';
import type { Step, TurnEndTold, TurnState } from './turn-state.ts';
import { quiet, remember, told } from './turn-state.ts';
import type { Notification, WireTurnError } from './wire.ts';

/** What is tried again is told once a series as a stall, and in each of its words; the last failure ends the turn. */
export function failed(
  before: TurnState,
  { error, willRetry }: { readonly error: WireTurnError; readonly willRetry: boolean },
  at: string,
): Step {
  const flushed = flushFailure(before);
  const { state } = flushed;
  if (!willRetry) return { state: { ...state, failure: error, retrying: false }, events: flushed.events };
  const bodies: LaneBody[] = [];
  if (!state.retrying) bodies.push({ kind: 'stalled', hop: 'reconnecting', since: at });
  const text = wordsOf(error);
  if (!state.warned.includes(text)) bodies.push({ kind: 'warning', source: 'process', text, code: 'reconnecting' });
  const next = told({ ...state, retrying: true, everRetried: true, warned: remember(state.warned, text) }, bodies);
  return { state: next.state, events: [...flushed.events, ...next.events] };
}

const wordsOf = ({ message, additionalDetails }: WireTurnError): string =>
  [message, additionalDetails].filter((text) => text != null && text !== '').join('\n');

/** A failure that did not end the turn after all is a warning. */
function flushFailure(state: TurnState): Step {
  if (state.failure === null) return quiet(state);
  const text = wordsOf(state.failure);
  return told({ ...state, failure: null }, [{ kind: 'warning', source: 'process', text }]);
}

type WireTurn = (Notification & { readonly method: 'turn/completed' })['params']['turn'];

/** The first word on how the turn ended holds. */
export function completed(before: TurnState, turn: WireTurn): Step {
  if (before.end !== null) return quiet(before);
  const outcome = outcomeOf(turn.status);
  if (outcome === null) {
    return told(before, [{ kind: 'unsupported_raw_event', rawType: 'turn/completed', payload: rawPayload(turn) }]);
  }
  const error = turn.error ?? (outcome === 'failed' ? before.failure : null);
  const repeated = before.failure === null || (error !== null && error.message === before.failure.message);
  const flushed = repeated ? quiet({ ...before, failure: null }) : flushFailure(before);
  // What it says of itself then is no finding: that it was stopped.
  const closing = closeOpen(outcome === 'interrupted' ? { ...flushed.state, review: null } : flushed.state);
  const end = { outcome, error, durationMs: turn.durationMs ?? null };
  return { state: { ...closing.state, end, retrying: false }, events: [...flushed.events, ...closing.events] };
}

function outcomeOf(status: string): TurnEndTold['outcome'] | null {
  return status === 'completed' || status === 'failed' || status === 'interrupted' ? status : null;
}

/** Nothing more comes of the turn: what was held back is told, and what waits for an answer waits for nobody. */
function closeOpen(before: TurnState): Step {
  const said = flushReview(before);
  const closing = closeQuestions(said.state);
  return { state: closing.state, events: [...said.events, ...closing.events] };
}

/** How the turn ended, and what of it was still open when the stream did. */
type Outcome =
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly error: TurnError }
  | { readonly outcome: 'interrupted' };

/**
 * How a turn ended. What Codex itself reported wins; else it is made up: interrupted where somebody had stopped it, and
 * failed otherwise, with what `lost` says of the process.
 */
export function finish(state: TurnState, stopped: boolean, lost: TurnError): Outcome {
  const { end, failure, everRetried } = state;
  switch (end?.outcome) {
    case 'completed':
      return { outcome: 'completed' };
    case 'interrupted':
      return { outcome: 'interrupted' };
    case 'failed': {
      const error = end.error ?? { message: '', codexErrorInfo: null };
      return { outcome: 'failed', error: failureOf(error, everRetried) };
    }
    case undefined:
      if (stopped) return { outcome: 'interrupted' };
      return { outcome: 'failed', error: failure === null ? lost : failureOf(failure, everRetried) };
  }
}

/** The stream is over. */
export function endOfStream(state: TurnState): Step {
  return closeOpen(state);
}
