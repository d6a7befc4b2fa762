import { LfSplitter } from '../../base/index.ts';
import type { ExecutableIdentity, LaneBody, LaneEvent, LaneFacts, TurnError } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { ChildEnd } from '../../node/index.ts';
import { spawnChild } from '../../node/index.ts';
import type { Clock, LaneTurn, Log, OpenRawStream, SettingsSnapshot, TurnEnd, TurnIo } from '../../ports/index.ts';
import type { NativeRuntime, Overdue, Ready, StartReport, VaultGrant } from '../../runtime/index.ts';
import {
  checkReady,
  openVault,
  StderrWarnings,
  silentHop,
  turnFacts,
  unlessStopped,
  vaultFailure,
  Watchdog,
  withoutSnapshot,
  Xray,
} from '../../runtime/index.ts';
import { argumentsToKeep, execArguments } from './args.ts';
import { failureFromStart } from './failure.ts';
import { finish } from './finish.ts';
import type { LastMessageFile } from './last-message.ts';
import { makeLastMessageFile, recoverMessage } from './last-message.ts';
import type { ExecState, Step } from './normalize.ts';
import { endOfStream, isMismatch, longLine, normalize, startState } from './normalize.ts';
import { startOf } from './start.ts';
import { readLine } from './wire.ts';
import { WorktreeNotice } from './worktree-notice.ts';

export type ExecLaneDeps = {
  /** Finds the program and what it pays with under a profile of Codex (null = none), anew for each turn. */
  readonly resolve: (profile: string | null) => Promise<NativeRuntime>;
  readonly settings: () => SettingsSnapshot;
  /** Hears how a program began, where that says something about the build. */
  readonly onStart?: (program: ExecutableIdentity, start: StartReport) => Promise<void>;
  /** Makes a folder that only the user can read, for what a run needs beside the workspace; left out: there is none. */
  readonly scratch?: () => Promise<string>;
  /** Begins to keep the raw stream of a turn, where the user wants that; left out: nothing is kept. */
  readonly rawStream?: OpenRawStream;
  readonly clock: Clock;
  readonly log: Log;
};

/** How long Codex may take to exit after it said how the turn ended, in milliseconds (measured: under 0.2 s). */
const exitPatience = 3000;

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
  const xray = new Xray({ clock: deps.clock, tell: (progress) => io.progress(progress) });
  xray.look(startState(turn), null);
  // A key store or a shell that hangs must not hold up Stop.
  const runtime = await unlessStopped(deps.resolve(turn.profile), io.signal);
  const facts = turnFacts(runtime, turn, 'exec');
  if (runtime === null || io.signal.aborted) return { outcome: 'interrupted', facts };
  const ready = await unlessStopped(checkReady(runtime, turn, 'exec'), io.signal);
  if (ready === null) return { outcome: 'interrupted', facts };
  if ('error' in ready) return { outcome: 'failed', error: ready.error, facts };
  const notPaid = io.mayPay(facts.payer);
  if (notPaid !== null) return { outcome: 'failed', error: notPaid, facts };
  if (io.signal.aborted) return { outcome: 'interrupted', facts };
  // Waited for also after Stop: nobody else would close it.
  const opened = await openWay(runtime);
  if ('error' in opened) return { outcome: 'failed', error: opened.error, facts };
  try {
    return await runReady(deps, { turn, io, lastMessage }, { ...opened, runtime, ready, facts, xray });
  } finally {
    await opened.vault?.close();
  }
}

/** Vault-only: Codex's way to its provider, for this run alone. */
async function openWay({ vault }: NativeRuntime): Promise<{ readonly vault: VaultGrant | null } | VaultRefusal> {
  try {
    return { vault: vault === null ? null : await openVault(vault) };
  } catch (error) {
    const failure = vaultFailure(error);
    if (failure === null) throw error;
    return { error: failure };
  }
}

type VaultRefusal = { readonly error: TurnError };

type Prepared = {
  readonly runtime: NativeRuntime;
  readonly ready: Ready;
  readonly facts: LaneFacts;
  readonly xray: Xray;
  readonly vault: VaultGrant | null;
};

async function runReady(
  deps: ExecLaneDeps,
  { turn, io, lastMessage }: Given,
  { runtime, ready, facts, xray, vault }: Prepared,
): Promise<TurnEnd> {
  const { program } = ready;
  const lastMessageFile = await lastMessage;
  // Looked at last, with nothing awaited before the start: an abort that came earlier calls no listener.
  if (io.signal.aborted) return { outcome: 'interrupted', facts };
  if (ready.foundWorktree !== null && turn.nativeThreadId !== null) {
    const { foundWorktree: worktree } = ready;
    io.emit({ kind: 'worktree_created', worktree, nativeThreadId: turn.nativeThreadId });
  }
  const spent = vault?.spend(() => null) ?? null;
  const { state, end, overdue, limitS } = await converse(deps, {
    ...ready,
    ...{ runtime, turn, io, xray, vault },
    lastMessage: lastMessageFile,
  });
  spent?.end();
  const start = startOf({ state, end, overdue, limitS });
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
      ...(spent === null ? {} : { vaultRequests: spent.requests }),
    },
    usageAfter: state.total,
  };
}

type Conversation = Ready & {
  readonly runtime: NativeRuntime;
  readonly vault: VaultGrant | null;
  readonly turn: LaneTurn;
  readonly io: TurnIo;
  readonly xray: Xray;
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
  const { program, cwd, runtime, vault, turn, io, xray, lastMessage } = conversation;
  const { clock, log } = deps;
  const settings = deps.settings();
  const warnings = new StderrWarnings({ noWebSocket: vault !== null });
  const changes: Promise<void>[] = [];
  let state = startState(turn);
  let overdue: Overdue | null = null;
  let cancelExit: (() => void) | null = null;
  const raw = deps.rawStream?.(turn) ?? null;

  const emit = (event: LaneEvent): void => io.emit(event);
  const tell = (bodies: readonly LaneBody[]): void => {
    for (const body of bodies) emit(state.thread === null ? body : { ...body, nativeThreadId: state.thread });
  };
  const watchdog = new Watchdog({
    clock,
    firstEventS: settings.nativeFirstEventTimeoutS,
    silenceS: settings.nativeSilenceTimeoutS,
    onStalled: (sinceMs) => {
      // A lost connection was told when Codex said so.
      if (state.reconnecting === null) {
        tell([{ kind: 'stalled', hop: silentHop(state), since: new Date(sinceMs).toISOString() }]);
      }
    },
    onOverdue: (which) => {
      overdue = which;
      stop();
    },
  });
  const makesWorktree = turn.newWorktree && turn.nativeThreadId === null;
  const worktree = makesWorktree ? new WorktreeNotice({ runtime, origin: cwd, clock, log }) : null;
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
      raw?.line(line);
      const read = readLine(line);
      take(normalize(state, read, new Date(clock.now()).toISOString()));
      if (read.kind !== 'empty' && state.reconnecting === null) watchdog.heard(state.working.length > 0);
      xray.look(state, watchdog);
      if (state.thread !== null && !isMismatch(state)) worktree?.look(state.thread, tell);
    },
    onLongLine: (line) => {
      raw?.line(JSON.stringify({ type: 'codex_lanes.line_not_kept', bytes: line.bytes }));
      tell(longLine(line));
    },
  });
  const stderr = new LfSplitter({ onLine: (line) => tell(warnings.push(line)), maxBytes: 1024 * 1024 });

  const { ownKeys, credential } = runtime;
  const args = execArguments({
    turn,
    cwd,
    forcedLogin: credential.forcedLogin,
    ownKeys,
    vaultArgs: vault === null ? [] : [...vault.args, ...withoutSnapshot],
    lastMessageFile: lastMessage?.path ?? null,
  });
  const child = spawnChild({
    file: program.path,
    args,
    cwd,
    // The token takes the key's place, and is hidden from commands as it would be.
    env: vault === null ? runtime.env : { ...runtime.env, [vault.envKey ?? 'CODEX_API_KEY']: vault.token },
    stdin: promptOf(turn),
    onStdout: (bytes) => stdout.push(bytes),
    onStderr: (bytes) => stderr.push(bytes),
    purpose: { kind: 'turn', threadId: turn.threadId },
  });
  function stop(): void {
    void child.stop();
  }
  if (child.pid !== null) xray.processStarted(child.pid);
  xray.look(state, watchdog);
  const stopWaiting = io.onWait(() => {
    watchdog.again();
    xray.lookAgain(state, watchdog);
  });
  io.signal.addEventListener('abort', stop, { once: true });
  try {
    const end = await child.ended;
    stdout.end();
    stderr.end();
    take(endOfStream(state));
    if (state.end?.kind === 'completed') take(recoverMessage(state, (await lastMessage?.read()) ?? ''));
    tell(state.end?.kind === 'completed' ? warnings.rest() : warnings.flush());
    tell(warnings.untold());
    if (state.thread !== null && !isMismatch(state)) await worktree?.last(state.thread, tell);
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
    if (!end.proven) {
      const text =
        'The list of processes could not be read, so it is not known whether some of this turn still run. The next start of the product looks again.';
      log.error(text);
      tell([{ kind: 'warning', source: 'process', text, code: 'end_not_known' }]);
    }
    await Promise.all(changes);
    await raw?.end({
      exitCode: end.exitCode,
      signal: end.signal,
      killStep: end.killStep,
      stderr: end.stderrTail,
      args: argumentsToKeep(args),
      stopped: io.signal.aborted,
      overdue,
      version: program.version,
    });
    const limitS = overdue === 'first-event' ? settings.nativeFirstEventTimeoutS : settings.nativeSilenceTimeoutS;
    return { state, end, overdue, limitS };
  } finally {
    io.signal.removeEventListener('abort', stop);
    stopWaiting();
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
