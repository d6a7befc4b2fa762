import type { TurnError } from '../../model/index.ts';
import { failureFromExit, failureFromMessage } from './failure.ts';
import type { ExecState } from './normalize.ts';
import { isMismatch } from './normalize.ts';

/** Which of our own limits ended a run. */
export type Overdue = 'first-event' | 'silence';

export type FinishInputs = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  /** The user, the editor or a limit of the turn stopped it. */
  readonly stopped: boolean;
  readonly overdue: Overdue | null;
  /** The limit that ran out, in seconds. */
  readonly limitS?: number;
};

export type Outcome =
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly error: TurnError }
  | { readonly outcome: 'interrupted' };

/** How a run ended. What Codex itself reported wins over how its process was ended afterwards. */
export function finish(state: ExecState, end: FinishInputs): Outcome {
  if (isMismatch(state)) return failed(mismatch(state));
  if (state.end?.kind === 'completed') return { outcome: 'completed' };
  if (end.stopped) return { outcome: 'interrupted' };
  if (state.end?.kind === 'failed') return failed(failureFromMessage(state.end.message, state.everReconnected));
  if (end.overdue !== null) return failed(overdue(state, end.overdue, end.limitS));
  return failed(failureFromExit({ ...end, turnStarted: state.turnStarted }));
}

const failed = (error: TurnError): Outcome => ({ outcome: 'failed', error });

function mismatch(state: ExecState): TurnError {
  return {
    code: 'resume_mismatch',
    message: 'Codex started a new thread instead of going on with this one, so it was stopped.',
    retryable: false,
    hint: 'Start a new thread.',
    detail: `asked for ${state.asked}, got ${state.thread}`,
  };
}

function overdue(state: ExecState, which: Overdue, limitS: number | undefined): TurnError {
  const time = limitS === undefined ? '' : ` for ${limitS} s`;
  if (state.reconnecting !== null) {
    return { ...failureFromMessage(state.reconnecting, true), retryable: true };
  }
  const who = which === 'first-event' ? 'Codex did not start to work' : 'Nothing was heard from the provider';
  return {
    code: 'no_response',
    message: `${who}${time}, so the turn was given up.`,
    retryable: true,
    hint: 'Check that the provider answers, then send the prompt again.',
  };
}
