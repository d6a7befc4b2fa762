import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { LfSplitter } from '../../base/index.ts';
import type {
  ExecutableIdentity,
  LaneBody,
  LaneEvent,
  LaneFacts,
  TurnError,
  TurnErrorCode,
} from '../../model/index.ts';
import { historyCompletenessOf, messageOf } from '../../model/index.ts';
import type { ChildEnd } from '../../node/index.ts';
import { codeOf, spawnChild } from '../../node/index.ts';
import type { Clock, LaneTurn, Log, SettingsSnapshot, TurnEnd, TurnIo } from '../../ports/index.ts';
import type { NativeRuntime, StartReport } from '../../runtime/index.ts';
import { execArguments } from './args.ts';
import { failureFromStart } from './failure.ts';
import type { Overdue } from './finish.ts';
import { finish } from './finish.ts';
import type { LastMessageFile } from './last-message.ts';
import { makeLastMessageFile, recoverMessage } from './last-message.ts';
import type { ExecState, Step } from './normalize.ts';
import { endOfStream, isMismatch, longLine, normalize, startState } from './normalize.ts';
import { startOf } from './start.ts';
import { StderrWarnings } from './warnings.ts';
import { Watchdog } from './watchdog.ts';
import { readLine } from './wire.ts';

export type ExecLaneDeps = {
  /** Finds the program and what it pays with, anew for each turn. */
  readonly resolve: () => Promise<NativeRuntime>;
  readonly settings: () => SettingsSnapshot;
  /** Hears how a program began, where that says something about the build. */
  readonly onStart?: (program: ExecutableIdentity, start: StartReport) => Promise<void>;
  /** Makes a folder that only the user can read, for what a run needs beside the workspace; left out: there is none. */
  readonly scratch?: () => Promise<string>;
  readonly clock: Clock;
  readonly log: Log;
};

/** How long Codex may take to exit after it said how the turn ended, in milliseconds (measured: under 0.2 s). */
const exitPatience = 3000;

/** A thread id of Codex. Anything else would be taken for a name, and an unknown name silently starts a new thread. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Runs one turn with `codex exec`. When it returns, the process and all that it started are gone. */
export async function runExec(deps: ExecLaneDeps, turn: LaneTurn, io: TurnIo): Promise<TurnEnd> {
  // Made beside the search, so that it costs the prompt nothing.
  const lastMessage = deps.scratch === undefined ? null : makeLastMessageFile(deps.scratch, deps.log);
  try {
    return await run(deps, { turn, io, lastMessage });
  } finally {
    await (await lastMessage)?.remove();
  }
}

type Given = {
  readonly turn: LaneTurn;
  readonly io: TurnIo;
  readonly lastMessage: Promise<LastMessageFile | null> | null;
};

async function run(deps: ExecLaneDeps, { turn, io, lastMessage }: Given): Promise<TurnEnd> {
  // A key store or a shell that hangs must not hold up Stop.
  const runtime = await unlessAborted(deps.resolve(), io.signal);
  const facts = factsBefore(runtime, turn);
  if (runtime === null || io.signal.aborted) return { outcome: 'interrupted', facts };
  const ready = await checkReady(runtime, turn);
  if ('error' in ready) return { outcome: 'failed', error: ready.error, facts };
  const notPaid = io.mayPay(facts.payer);
  if (notPaid !== null) return { outcome: 'failed', error: notPaid, facts };
  const { program } = ready;
  const { state, end, overdue, limitS } = await converse(deps, {
    ...ready,
    runtime,
    turn,
    io,
    lastMessage: await lastMessage,
  });
  const start = startOf({ state, end, overdue });
  if (start !== null) await deps.onStart?.(program, start);
  if (end.startError !== null) return { outcome: 'failed', error: failureFromStart(end.startError), facts };
  const outcome = finish(state, {
    exitCode: end.exitCode,
    signal: end.signal,
    stderr: end.stderrTail,
    // By the turn's own signal, or by hand in the list of processes.
    stopped: io.signal.aborted || (end.killStep !== 'none' && overdue === null && state.end === null),
    overdue,
    limitS,
  });
  return {
    ...outcome,
    facts: {
      ...facts,
      // After a mismatch the thread is still the one that was asked for.
      nativeThreadId: isMismatch(state) ? turn.nativeThreadId : (state.thread ?? turn.nativeThreadId),
      usage: state.usage,
      usageAuthority: state.total === null ? null : 'live-turn-completed',
      exitCode: end.exitCode,
      killStep: end.killStep,
    },
    usageAfter: state.total,
  };
}

type Ready = { readonly program: ExecutableIdentity; readonly cwd: string };

/** What can be known before anything is started. */
async function checkReady(runtime: NativeRuntime, turn: LaneTurn): Promise<Ready | { readonly error: TurnError }> {
  const { binary, credential } = runtime;
  if (binary.kind !== 'found') {
    const detail = binary.kind === 'missing' ? binary.detail : '';
    return problem('runtime_missing', 'The Codex CLI was not found.', 'Install Codex, or set its path.', detail);
  }
  // Another window may have pinned it since the lane was decided.
  if (runtime.pin !== null) {
    const hint = 'Lift the pin in the Runtime view, or use another build of Codex.';
    const { error } = problem('lane_disabled', `Codex native is disabled: ${runtime.pin.reason}.`, hint);
    return { error: { ...error, actions: ['liftPin', 'useApi'] } };
  }
  if (runtime.config.kind === 'broken') {
    const { at, issue, code = 'config_invalid' } = runtime.config;
    const hint = at === 'folder' ? 'Create the folder, or unset CODEX_HOME.' : 'Correct Codex’s config.toml.';
    return problem(code, `Codex’s configuration can’t be used: ${issue}.`, hint);
  }
  if (credential.fact.kind === 'none' || credential.fact.kind === 'issue') {
    const message = credential.fact.kind === 'issue' ? `${credential.fact.issue}.` : 'Codex is not signed in.';
    return problem(
      'authentication_required',
      message,
      'Sign in with `codex login`, or store a key for the native lane.',
    );
  }
  if (turn.nativeThreadId !== null && !uuid.test(turn.nativeThreadId)) {
    const message = 'This thread’s id is not one of Codex, so it can’t be resumed.';
    return problem('resume_not_found', message, 'Start a new thread.', turn.nativeThreadId);
  }
  const { cwd } = turn;
  if (cwd === null) return problem('folder_missing', 'Codex needs a folder to work in.', 'Open a folder first.');
  // Else the system would say of the program what is wrong with the folder.
  switch (await folderState(cwd)) {
    case 'missing': {
      const hint = 'Open a folder that exists, and start a new thread there.';
      return problem('folder_missing', 'The folder of this thread does not exist.', hint, cwd);
    }
    case 'closed':
      return problem('folder_missing', 'The folder of this thread can’t be entered.', 'Check its permissions.', cwd);
    case 'open':
      break;
  }
  return { program: binary.identity, cwd };
}

async function folderState(path: string): Promise<'open' | 'closed' | 'missing'> {
  try {
    if (!(await stat(path)).isDirectory()) return 'missing';
    await access(path, constants.X_OK);
    return 'open';
  } catch (error) {
    return codeOf(error) === 'EACCES' ? 'closed' : 'missing';
  }
}

function problem(code: TurnErrorCode, message: string, hint: string, detail = ''): { readonly error: TurnError } {
  return { error: { code, message, hint, retryable: false, ...(detail === '' ? {} : { detail }) } };
}

type Conversation = Ready & {
  readonly runtime: NativeRuntime;
  readonly turn: LaneTurn;
  readonly io: TurnIo;
  readonly lastMessage: LastMessageFile | null;
};
type Said = {
  readonly state: ExecState;
  readonly end: ChildEnd;
  readonly overdue: Overdue | null;
  readonly limitS: number;
};

/** From the start of the process to its proven end. */
async function converse(deps: ExecLaneDeps, conversation: Conversation): Promise<Said> {
  const { program, cwd, runtime, turn, io, lastMessage } = conversation;
  const { clock, log } = deps;
  const settings = deps.settings();
  const warnings = new StderrWarnings();
  const changes: Promise<void>[] = [];
  let state = startState(turn);
  let overdue: Overdue | null = null;
  let cancelExit: (() => void) | null = null;

  const emit = (event: LaneEvent): void => io.emit(event);
  const tell = (bodies: readonly LaneBody[]): void => {
    for (const body of bodies) emit(state.thread === null ? body : { ...body, nativeThreadId: state.thread });
  };
  const watchdog = new Watchdog({
    clock,
    firstEventS: settings.nativeFirstEventTimeoutS,
    silenceS: settings.nativeSilenceTimeoutS,
    onStalled: (hop, sinceMs) => tell([{ kind: 'stalled', hop, since: new Date(sinceMs).toISOString() }]),
    onOverdue: (which) => {
      overdue = which;
      stop();
    },
  });
  const take = (step: Step): void => {
    const wasOver = state.end !== null;
    state = step.state;
    tell(warnings.flush());
    for (const event of step.events) {
      emit(event);
      if (event.kind === 'command_execution' && event.phase === 'started') child.observe();
      const call = changeCall(event, io);
      if (call !== null) changes.push(call.catch((error) => log.warn(`change tracking failed: ${messageOf(error)}`)));
    }
    if (isMismatch(state)) stop();
    if (state.end !== null && !wasOver) {
      watchdog.end();
      cancelExit = clock.after(exitPatience, stop);
    }
  };
  const stdout = new LfSplitter({
    onLine: (line) => {
      const read = readLine(line);
      take(normalize(state, read, new Date(clock.now()).toISOString()));
      if (read.kind !== 'empty' && state.reconnecting === null) watchdog.heard(state.working.length > 0);
    },
    onLongLine: (line) => tell(longLine(line)),
  });
  const stderr = new LfSplitter({ onLine: (line) => tell(warnings.push(line)), maxBytes: 1024 * 1024 });

  const { ownKeys, credential } = runtime;
  const child = spawnChild({
    file: program.path,
    args: execArguments({
      turn,
      cwd,
      forcedLogin: credential.forcedLogin,
      ownKeys,
      lastMessageFile: lastMessage?.path ?? null,
    }),
    cwd,
    env: runtime.env,
    stdin: promptOf(turn),
    onStdout: (bytes) => stdout.push(bytes),
    onStderr: (bytes) => stderr.push(bytes),
    purpose: { kind: 'turn', threadId: turn.threadId },
  });
  function stop(): void {
    void child.stop();
  }
  io.signal.addEventListener('abort', stop, { once: true });
  try {
    const end = await child.ended;
    stdout.end();
    stderr.end();
    take(endOfStream(state));
    if (state.end?.kind === 'completed') take(recoverMessage(state, (await lastMessage?.read()) ?? ''));
    if (state.end?.kind === 'completed') tell(warnings.rest());
    if (end.leftBehind > 0 && end.killStep === 'none') {
      const text = `Codex left ${end.leftBehind} running process(es) behind; they were ended with the turn.`;
      tell([{ kind: 'warning', source: 'process', text, code: 'left_behind' }]);
    }
    if (end.survivors.length > 0) {
      const pids = end.survivors.join(', ');
      const text = `Processes of this turn could not be ended: ${pids}. The next start of the product tries again.`;
      log.error(text);
      tell([{ kind: 'warning', source: 'process', text, code: 'not_ended' }]);
    }
    await Promise.all(changes);
    const limitS = overdue === 'first-event' ? settings.nativeFirstEventTimeoutS : settings.nativeSilenceTimeoutS;
    return { state, end, overdue, limitS };
  } finally {
    io.signal.removeEventListener('abort', stop);
    watchdog.end();
    (cancelExit as (() => void) | null)?.();
  }
}

/** Tells who keeps pre-images of a patch. Codex does not wait: the first call may come while it writes. */
function changeCall(event: LaneEvent, io: TurnIo): Promise<void> | null {
  if (event.kind !== 'file_change') return null;
  const paths = event.changes.map((change) => change.path);
  return event.phase === 'completed' ? io.afterChange(paths) : io.beforeChange(paths);
}

function promptOf(turn: LaneTurn): string {
  const files = turn.attachments.filter((attachment) => attachment.kind === 'file');
  if (files.length === 0) return turn.text;
  return `${turn.text}\n\nAttached files:\n${files.map((file) => `- ${file.path}`).join('\n')}`;
}

/** Null: the signal came first. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null;
  let leave = (): void => undefined;
  const aborted = new Promise<null>((resolve) => {
    leave = () => resolve(null);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function factsBefore(runtime: NativeRuntime | null, turn: LaneTurn): LaneFacts {
  const completionPolicy = turn.ephemeral ? 'ephemeral' : 'persistent';
  return {
    transport: 'exec',
    executable: runtime?.binary.kind === 'found' ? runtime.binary.identity : null,
    endpoint: runtime?.endpoint ?? null,
    payer: runtime?.credential.fact.kind === 'present' ? runtime.credential.fact.payer : null,
    // exec names no served model.
    modelServed: 'unknown',
    nativeThreadId: turn.nativeThreadId,
    completionPolicy,
    historyCompleteness: historyCompletenessOf(completionPolicy),
    usage: null,
    usageAuthority: null,
    exitCode: null,
    killStep: 'none',
  };
}
