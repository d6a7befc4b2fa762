import * as z from 'zod';
import type { LaneFacts, TurnError } from '../../model/index.ts';
import { historyCompletenessOf, messageOf } from '../../model/index.ts';
import type { Clock, LaneTurn, Log, OpenRawStream, SettingsSnapshot, TurnEnd, TurnIo } from '../../ports/index.ts';
import type { Lease, NativeRuntime, Overdue, Ready, SharedServer, StartReport } from '../../runtime/index.ts';
import { checkReady, StderrWarnings, serverProgram, silentHop, Watchdog, Xray } from '../../runtime/index.ts';
import { inputOf, sandboxPolicy, schemaOf } from './inputs.ts';
import { answerQuestions } from './live-questions.ts';
import { bodiesOf, LiveTurn } from './live-turn.ts';
import { overdueError } from './overdue.ts';
import { keepWire } from './raw-wire.ts';
import { failureOfEnd, failureOfRequest } from './server-failure.ts';
import { Sight } from './sight.ts';
import { endCommands, interrupt } from './stop.ts';
import { openThread } from './thread.ts';
import { finish } from './turn-end.ts';
import { readMessage } from './wire.ts';

export type AppServerLaneDeps = {
  /** Finds the program and what it pays with under a profile of Codex (null = none), anew for each turn. */
  readonly resolve: (profile: string | null) => Promise<NativeRuntime>;
  readonly server: SharedServer;
  readonly settings: () => SettingsSnapshot;
  /** Hears that the program began. */
  readonly onStart?: (program: Ready['program'], start: StartReport) => Promise<void>;
  /** Begins to keep the raw stream of a turn, where the user wants that; left out: nothing is kept. */
  readonly rawStream?: OpenRawStream;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
};

/** What the lane remembers between its turns. */
export type LaneMemory = {
  /** The server that told a thread its notices of the start, by thread: once is enough. */
  readonly noticed: Map<string, number>;
  /** Turns that run now. */
  running: number;
};

/** Codex asks where its sandbox ends. */
export const approvalPolicy = 'on-request';

/** How long the server may take to let a thread go, in milliseconds (measured: 3). */
const unloadPatience = 2000;

const anything = z.unknown();

/**
 * Runs one turn on the window's app-server. When it returns, the server has let the thread go and all that the turn started
 * is ended; the server itself goes on for the next turn.
 */
export async function runAppServer(
  deps: AppServerLaneDeps,
  memory: LaneMemory,
  turn: LaneTurn,
  io: TurnIo,
): Promise<TurnEnd> {
  const xray = new Xray({ clock: deps.clock, tell: (progress) => io.progress(progress) });
  xray.look(new Sight(), null);
  // A key store or a shell that hangs must not hold up Stop.
  const runtime = await unlessAborted(deps.resolve(turn.profile), io.signal);
  const facts = factsBefore(runtime, turn);
  if (runtime === null) return { outcome: 'interrupted', facts };
  const ready = await unlessAborted(checkReady(runtime, turn, 'app-server'), io.signal);
  if (ready === null) return { outcome: 'interrupted', facts };
  if ('error' in ready) return { outcome: 'failed', error: ready.error, facts };
  const lacking = (await unlessAborted(cannot(runtime, turn), io.signal)) ?? null;
  if (lacking !== null) return { outcome: 'failed', error: lacking, facts };
  const notPaid = io.mayPay(facts.payer);
  if (notPaid !== null) return { outcome: 'failed', error: notPaid, facts };
  const program = serverProgram(runtime);
  if (io.signal.aborted || program === null) return { outcome: 'interrupted', facts };
  if (ready.foundWorktree !== null && turn.nativeThreadId !== null) {
    io.emit({ kind: 'worktree_created', worktree: ready.foundWorktree, nativeThreadId: turn.nativeThreadId });
  }
  let lease: Lease;
  try {
    lease = await deps.server.lease(program, io.signal);
  } catch (error) {
    if (io.signal.aborted) return { outcome: 'interrupted', facts };
    return { outcome: 'failed', error: failureOfRequest(error), facts };
  }
  memory.running += 1;
  try {
    await deps.onStart?.(ready.program, 'started');
    return await converse(deps, { ...ready, lease, turn, io, xray, facts, memory });
  } finally {
    memory.running -= 1;
    lease.release();
  }
}

type Conversation = Ready & {
  readonly lease: Lease;
  readonly turn: LaneTurn;
  readonly io: TurnIo;
  readonly xray: Xray;
  readonly facts: LaneFacts;
  readonly memory: LaneMemory;
};

/** From the thread's beginning to its being let go. */
async function converse(deps: AppServerLaneDeps, conversation: Conversation): Promise<TurnEnd> {
  const { lease, turn, io, xray, facts, memory, cwd, program } = conversation;
  const { clock, log } = deps;
  const settings = deps.settings();
  const warnings = new StderrWarnings();
  const over = new AbortController();
  let overdue: Overdue | null = null;
  let killed = false;
  let serverEnd: Awaited<Lease['ended']> | null = null;
  void lease.ended.then((end) => {
    serverEnd = end;
  });

  const live: LiveTurn = new LiveTurn({
    lease,
    turn,
    io,
    clock,
    log,
    newId: deps.newId,
    onHeard: () => {
      watchdog.heard(live.sight.working.length > 0);
      if (live.sight.end !== null) watchdog.end();
      xray.look(live.sight, watchdog);
    },
    onCommand: () => lease.observe(),
  });
  const watchdog = new Watchdog({
    clock,
    firstEventS: settings.nativeFirstEventTimeoutS,
    silenceS: settings.nativeSilenceTimeoutS,
    onStalled: (sinceMs) => {
      // A lost connection was told when Codex said so.
      if (live.sight.reconnecting !== null) return;
      live.tell([{ kind: 'stalled', hop: silentHop(live.sight), since: new Date(sinceMs).toISOString() }]);
    },
    onOverdue: (which) => {
      overdue = which;
      stopped.resolve();
    },
  });
  const stopped = Promise.withResolvers<void>();
  const onAbort = (): void => stopped.resolve();
  io.signal.addEventListener('abort', onAbort, { once: true });
  if (io.signal.aborted) onAbort();
  void stopped.promise.then(() => over.abort('stopped'));
  lease.onStderr((line) => {
    // Its lines name no thread.
    const among = memory.running > 1 ? ' (of one of the turns that run at the same time)' : '';
    live.tell(
      warnings.push(line).map((body) => (body.kind === 'warning' ? { ...body, text: body.text + among } : body)),
    );
  });
  answerQuestions({
    lease,
    turn,
    io,
    live,
    log,
    now: () => new Date(clock.now()).toISOString(),
    onChange: () => {
      watchdog.heard(live.sight.working.length > 0);
      xray.look(live.sight, watchdog);
    },
    over: over.signal,
  });
  const raw = keepWire(deps.rawStream?.(turn) ?? null, lease, clock, () => live.thread?.id ?? null);
  const stopWaiting = io.onWait(() => {
    watchdog.again();
    xray.lookAgain(live.sight, watchdog);
  });
  xray.processStarted(lease.pid);
  xray.look(live.sight, watchdog);
  void takeInbox(io, live);

  let failure: TurnError | null = null;
  const begin = async (): Promise<void> => {
    const thread = await openThread(lease, turn, {
      cwd,
      approvalPolicy,
      onOpen: (open) => {
        live.opened(open);
        tellStart(lease, memory, live);
        xray.look(live.sight, watchdog);
      },
    });
    if (over.signal.aborted) return;
    const { effort, model } = turn;
    const outputSchema = await schemaOf(turn);
    await live.begin({
      threadId: thread.id,
      input: inputOf(turn),
      cwd,
      approvalPolicy,
      sandboxPolicy: sandboxPolicy(turn.sandbox, turn.addDirs, thread.sandbox),
      ...(model === null ? {} : { model }),
      ...(effort === null ? {} : { effort }),
      ...(outputSchema === null ? {} : { outputSchema }),
    });
  };
  const beginning = begin().catch((error) => {
    failure = failureOfRequest(error);
  });
  try {
    await Promise.race([beginning, stopped.promise, live.ended]);
    if (failure === null) await Promise.race([live.ended, stopped.promise]);
    // Codex ends a turn without its commands.
    if (over.signal.aborted) killed = await interrupt({ lease, live, beginning, clock, log });
  } finally {
    over.abort('ended');
    io.signal.removeEventListener('abort', onAbort);
    stopWaiting();
    watchdog.end();
  }
  const state = live.state;
  live.tell(state?.end?.outcome === 'completed' ? warnings.rest() : warnings.flush());
  live.tell(warnings.untold());
  const left = serverEnd === null ? await endCommands(lease, live, log) : 0;
  if (left > 0 && !io.signal.aborted) {
    const text = `Codex left ${left} running command(s) behind; they were ended with the turn.`;
    live.tell([{ kind: 'warning', source: 'process', text, code: 'left_behind' }]);
  }
  await live.close();
  if (serverEnd === null) await letGo(deps, lease, live);
  await raw({ stopped: io.signal.aborted, overdue, version: program.version });

  const limitS = overdue === 'first-event' ? settings.nativeFirstEventTimeoutS : settings.nativeSilenceTimeoutS;
  const after: LaneFacts = {
    ...facts,
    modelServed: live.served ?? 'unknown',
    nativeThreadId: live.thread?.id ?? turn.nativeThreadId,
    usage: live.state?.usage ?? null,
    usageAuthority: (live.state?.total ?? null) === null ? null : 'live-turn-completed',
    killStep: killed ? 'SIGKILL' : 'none',
  };
  const usageAfter = live.state?.total ?? null;
  const ending = { facts: after, usageAfter };
  const current = live.state;
  if (overdue !== null && current?.end?.outcome !== 'completed' && current?.end?.outcome !== 'failed') {
    return { outcome: 'failed', error: overdueError(live.sight, limitS), ...ending };
  }
  if (failure !== null && !io.signal.aborted) return { outcome: 'failed', error: failure, ...ending };
  if (current === null) {
    if (io.signal.aborted) return { outcome: 'interrupted', ...ending };
    return { outcome: 'failed', error: lostError(serverEnd), ...ending };
  }
  return { ...finish(current, io.signal.aborted, lostError(serverEnd)), ...ending };
}

function lostError(end: Awaited<Lease['ended']> | null): TurnError {
  if (end !== null) return failureOfEnd(end);
  return {
    code: 'protocol_error',
    message: 'Codex’s app-server did not say how the turn ended.',
    retryable: true,
    hint: 'Send the prompt again.',
  };
}

/** What a thread is told before its turn: that it is a new one, and what the server said of its configuration. */
function tellStart(lease: Lease, { noticed }: LaneMemory, live: LiveTurn): void {
  const { thread } = live;
  if (thread === null) return;
  if (thread.how === 'lost') live.tell([{ kind: 'system_notice', code: 'native_thread_lost', text: lostText }]);
  if (noticed.get(thread.id) === lease.generation) return;
  noticed.set(thread.id, lease.generation);
  for (const { method, params } of lease.notices) live.tell(bodiesOf(readMessage({ method, params }, 'server')));
}

const lostText =
  'Codex no longer has its thread of this conversation. It begins a new one, which does not know what was said before.';

async function takeInbox(io: TurnIo, live: LiveTurn): Promise<void> {
  for await (const steer of io.inbox) void live.steer(steer);
}

/** Gives the thread up, so that exec, another window or Codex's own command line may go on with it. Never rejects. */
async function letGo({ clock, log }: AppServerLaneDeps, lease: Lease, live: LiveTurn): Promise<void> {
  const { thread } = live;
  if (thread === null) return;
  const late = Promise.withResolvers<'late'>();
  const cancel = clock.after(unloadPatience, () => late.resolve('late'));
  try {
    await lease.request('thread/unsubscribe', { threadId: thread.id }, anything, { timeoutMs: unloadPatience });
    const outcome = await Promise.race([live.closed, lease.ended, late.promise]);
    if (outcome === 'late') log.warn('Codex’s app-server holds a thread after its turn; it is let go with the server.');
  } catch (error) {
    log.warn(`a thread was not let go: ${messageOf(error)}`);
  } finally {
    cancel();
  }
}

/** What this transport can't do; whoever chose it should have known. */
async function cannot(runtime: NativeRuntime, turn: LaneTurn): Promise<TurnError | undefined> {
  const hint = 'Set codexLanes.native.transport to auto.';
  const problem = (message: string): TurnError => ({ code: 'bad_request', message, hint, retryable: false });
  if (turn.profile !== null) return problem('Codex’s app-server takes no configuration profile.');
  if (turn.newWorktree && turn.nativeThreadId === null) return problem('Codex’s app-server makes no worktree.');
  if ((await runtime.abilities())?.appServer !== false) return undefined;
  return problem('This build of Codex has no app-server.');
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
    transport: 'app-server',
    executable: runtime?.binary.kind === 'found' ? runtime.binary.identity : null,
    endpoint: runtime?.endpoint ?? null,
    payer: runtime?.credential.fact.kind === 'present' ? runtime.credential.fact.payer : null,
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
