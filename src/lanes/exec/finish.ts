import type { TurnError } from '../../model/index.ts';
import type { Overdue } from '../../runtime/index.ts';
import { failureFromMessage, silentHop } from '../../runtime/index.ts';
import { failureFromExit, saidOnStderr } from './failure.ts';
import type { ExecState } from './normalize.ts';
import { isMismatch } from './normalize.ts';

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
  if (end.overdue !== null) return failed(overdue(state, end));
  return failed(failureFromExit({ ...end, turnStarted: state.turnStarted }));
}

const failed = (error: TurnError): Outcome => ({ outcome: 'failed', error });

function mismatch(state: ExecState): TurnError {
  if (state.asked === null) {
    return {
      code: 'resume_mismatch',
      message: 'Codex went on with the thread that this one was to branch off, so it was stopped.',
      retryable: false,
      hint: 'Start a new thread.',
      detail: `branched off ${state.forkOf}, got the same`,
    };
  }
  return {
    code: 'resume_mismatch',
    message: 'Codex started a new thread instead of going on with this one, so it was stopped.',
    retryable: false,
    hint: 'Start a new thread.',
    detail: `asked for ${state.asked}, got ${state.thread}`,
  };
}

/** Names the hop that was silent: what helps depends on it. */
function overdue(state: ExecState, { limitS, stderr }: FinishInputs): TurnError {
  // Its own words say more than that it was silent afterwards.
  if (state.reconnecting !== null) return { ...failureFromMessage(state.reconnecting, true), retryable: true };
  const time = limitS === undefined ? '' : ` for ${limitS} s`;
  const { message, hint } = silence(state, time);
  const said = state.thread === null ? saidOnStderr(stderr) : '';
  return { code: 'no_response', message, retryable: true, hint, ...(said === '' ? {} : { detail: said }) };
}

function silence(state: ExecState, time: string): { readonly message: string; readonly hint: string } {
  switch (silentHop(state)) {
    case 'process':
      return {
        message: `Codex was started and did not begin a thread${time}, so the turn was given up.`,
        hint: 'Send the prompt again. If it stays like this, something holds Codex up at its start: a key store that waits for a password, a slow folder, a name server that does not answer. `codex doctor` looks at them.',
      };
    case 'turn':
      return {
        message: `Codex began the thread and did not start to work${time}, so the turn was given up.`,
        hint: 'An MCP server or a plugin may hold it up: check those of Codex’s configuration, then send the prompt again.',
      };
    case 'network':
    case 'reconnecting':
      return {
        message: `Nothing was heard from the provider${time}, so the turn was given up.`,
        hint: 'Check that the provider answers, then send the prompt again.',
      };
  }
}
