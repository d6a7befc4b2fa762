import type { ChildEnd } from '../../node/index.ts';
import type { Overdue, StartReport } from '../../runtime/index.ts';
import { failureFromExit } from './failure.ts';
import type { ExecState } from './normalize.ts';

/** Signals by which a defect of the program itself ends it. Others come from outside (a kill, too little memory). */
const crashSignals: ReadonlySet<string> = new Set([
  ...['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGABRT', 'SIGTRAP', 'SIGFPE', 'SIGSYS'],
]);

/**
 * The machine is out of something, whatever the program (processes, files, memory, room for the environment), or the
 * program is being written at this moment.
 */
const machineTrouble = /\b(?:EAGAIN|ENOMEM|EMFILE|ENFILE|E2BIG|ETXTBSY)\b/;

/** How Codex itself ends for a cause that it names, a folder that it can't write for example: so it did start. */
const namedCause = /^Error: \S/m;
/** A broken script in its place: Node.js says `Error:` too. */
const scriptStack = /^ {4}at /m;

export type StartFacts = {
  readonly state: Pick<ExecState, 'thread'>;
  readonly end: Pick<ChildEnd, 'startError' | 'killStep' | 'exitCode' | 'signal' | 'stderrTail'>;
  readonly overdue: Overdue | null;
  /** The limit that ran out, in seconds. */
  readonly limitS: number;
};

/**
 * A build that says nothing for so long, in seconds, does not start. What makes a sound one slow before its thread begins
 * takes less (a dead name server 3.9 s, measured with 0.169; a key store, a cold disk), and a user may set a shorter limit.
 */
const hangsAfter = 20;

/**
 * Whether a build of Codex starts, as this run shows it. Null: the run says nothing about it, since it was stopped, the
 * machine is in trouble, or Codex ran and named a cause of its own (a login, a configuration, a flag, a folder).
 */
export function startOf({ state, end, overdue, limitS }: StartFacts): StartReport | null {
  if (end.startError !== null) return machineTrouble.test(end.startError) ? null : { failed: end.startError };
  if (state.thread !== null) return 'started';
  if (overdue === 'first-event' && limitS >= hangsAfter) return { failed: `it said nothing for ${limitS} s` };
  if (end.killStep !== 'none' || overdue !== null) return null;
  if (end.signal !== null) return crashSignals.has(end.signal) ? { failed: `ended by ${end.signal}` } : null;
  const { exitCode } = end;
  const failure = failureFromExit({ exitCode, signal: null, stderr: end.stderrTail, turnStarted: false });
  if (exitCode === 1 && namedCause.test(end.stderrTail) && !scriptStack.test(end.stderrTail)) return null;
  if (failure.code === 'runtime_crashed') return { failed: `exit code ${exitCode ?? 'unknown'}` };
  if (exitCode === 0 && failure.code === 'protocol_error') return { failed: 'it ended without a word' };
  return null;
}
