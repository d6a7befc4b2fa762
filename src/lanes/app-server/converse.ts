import * as z from 'zod';
import type { LaneBody, LaneFacts, TurnError } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { Clock, EditorTools, LaneTurn, Log, TurnEnd, TurnIo } from '../../ports/index.ts';
import type { Overdue, Ready, ServerEnd, Xray } from '../../runtime/index.ts';
import { StderrWarnings, silentHop, Watchdog } from '../../runtime/index.ts';
import { inputOf, sandboxPolicy, schemaOf } from './inputs.ts';
import type { AppServerLaneDeps, LaneMemory } from './lane-deps.ts';
import { answerQuestions } from './live-questions.ts';
import { answerTools, dynamicTools } from './live-tools.ts';
import { bodiesOf, LiveTurn } from './live-turn.ts';
import { otherProvider, otherProviderOf } from './other-provider.ts';
import { overdueError } from './overdue.ts';
import { keepWire } from './raw-wire.ts';
import { failureOfEnd, failureOfRequest } from './server-failure.ts';
import { watchEnd } from './server-gone.ts';
import { endCommands, interrupt } from './stop.ts';
import { openThread } from './thread.ts';
import { finish } from './turn-end.ts';
import type { TurnLease } from './turn-lease.ts';
import { readMessage } from './wire.ts';

/** Codex asks where its sandbox ends. */
export const approvalPolicy = 'on-request';

/** How long the server may take to let a thread go, in milliseconds (measured: 3). */
const unloadPatience = 2000;
/** The same where this program held the last one: 0.138 holds each. */
const keeperPatience = 100;

const anything = z.unknown();

export type Conversation = Ready & {
  readonly lease: TurnLease;
  readonly turn: LaneTurn;
  readonly io: TurnIo;
  readonly xray: Xray;
  readonly facts: LaneFacts;
  readonly memory: LaneMemory;
  /** The provider that Codex's configuration names, by its id; null = not known. */
  readonly provider: string | null;
};

/** What came between a turn and its own end. */
type Seen = {
  overdue: Overdue | null;
  failure: TurnError | null;
  readonly server: { readonly end: ServerEnd | null };
  /** It did not stop, so the server had to be ended. */
  killed: boolean;
};

/** From the thread's beginning to its being let go. */
export async function converse(deps: AppServerLaneDeps, conversation: Conversation): Promise<TurnEnd> {
  const { lease, turn, io, xray, memory, program } = conversation;
  const { clock, log } = deps;
  const settings = deps.settings();
  const seen: Seen = { overdue: null, failure: null, server: watchEnd(lease.ended), killed: false };
  const stopped = Promise.withResolvers<void>();
  const over = new AbortController();
  const stop = (): void => {
    over.abort('stopped');
    stopped.resolve();
  };
  const look = (): void => {
    watchdog.heard(live.sight.working.length > 0);
    if (live.sight.end !== null) watchdog.end();
    xray.look(live.sight, watchdog);
  };
  const live: LiveTurn = new LiveTurn({
    ...{ lease, turn, io, clock, log },
    newId: deps.newId,
    onHeard: look,
    onCommand: () => lease.observe(),
  });
  const watchdog: Watchdog = new Watchdog({
    clock,
    firstEventS: settings.nativeFirstEventTimeoutS,
    silenceS: settings.nativeSilenceTimeoutS,
    onStalled: (sinceMs) => {
      // A lost connection was told when Codex said so.
      if (live.sight.reconnecting !== null) return;
      live.tell([{ kind: 'stalled', hop: silentHop(live.sight), since: new Date(sinceMs).toISOString() }]);
    },
    onOverdue: (which) => {
      seen.overdue = which;
      stop();
    },
  });
  // Its sub-agents name it as their session (measured with 0.169).
  const spent = lease.vault?.spend(() => (live.thread === null ? [] : [live.thread.id, ...live.family])) ?? null;
  const now = (): string => new Date(clock.now()).toISOString();
  answerQuestions({ lease, turn, io, live, log, now, onChange: look, over: over.signal });
  const { editorTools = null } = deps;
  answerTools({ lease, live, editorTools, cwd: conversation.cwd, clock, log });
  const endWarnings = hearWarnings(lease, memory, live);
  const raw = keepWire(deps.rawStream?.(turn) ?? null, lease, clock, () => live.thread?.id ?? null);
  const stopWaiting = io.onWait(() => {
    watchdog.again();
    xray.lookAgain(live.sight, watchdog);
  });
  io.signal.addEventListener('abort', stop, { once: true });
  if (io.signal.aborted) stop();
  xray.processStarted(lease.pid);
  xray.look(live.sight, watchdog);
  void takeInbox(io, live);
  try {
    const onOpen = (): void => {
      tellStart(lease, memory, live);
      xray.look(live.sight, watchdog);
    };
    const tools = editorTools?.offered() === true ? editorTools : null;
    const beginning = begin(conversation, live, over.signal, tools, onOpen)
      .catch(failureOfRequest)
      .then((failure) => {
        seen.failure = failure;
      });
    await Promise.race([beginning, stopped.promise, live.ended]);
    if (seen.failure === null) await Promise.race([live.ended, stopped.promise]);
    if (over.signal.aborted) seen.killed = await interrupt({ lease, live, beginning, clock, log });
  } finally {
    spent?.end();
    over.abort('ended');
    io.signal.removeEventListener('abort', stop);
    stopWaiting();
    watchdog.end();
  }
  endWarnings(live.state?.end?.outcome === 'completed');
  if (seen.server.end === null) await leaveNothing(lease, live, io, log);
  await live.close();
  if (seen.server.end === null) {
    const patience = memory.keepers.has(program.path) ? keeperPatience : unloadPatience;
    const isGone = await letGo(clock, log, lease, live, patience);
    if (isGone) memory.keepers.delete(program.path);
    else memory.keepers.add(program.path);
    memory.holds ||= !isGone;
  }
  if (live.state?.end?.outcome !== 'completed') await endForgotten(lease, live, log);
  await raw({ stopped: io.signal.aborted, overdue: seen.overdue, version: program.version });
  const limitS = seen.overdue === 'first-event' ? settings.nativeFirstEventTimeoutS : settings.nativeSilenceTimeoutS;
  const asked = spent === null ? {} : { vaultRequests: spent.requests };
  return endOf({ ...conversation, facts: { ...conversation.facts, ...asked } }, live, seen, limitS);
}

/** Opens the thread and asks for the turn; why it must not run, or null. Throws what the server says. */
async function begin(
  { lease, turn, cwd, provider }: Conversation,
  live: LiveTurn,
  over: AbortSignal,
  tools: EditorTools | null,
  onOpen: () => void,
): Promise<TurnError | null> {
  const { model, effort, nativeThreadId } = turn;
  const refused = nativeThreadId === null ? null : await otherProviderOf(lease, nativeThreadId, provider, cwd);
  if (refused !== null || over.aborted) return refused;
  const outputSchema = await schemaOf(turn);
  const thread = await openThread(lease, turn, {
    cwd,
    approvalPolicy,
    tools: tools === null ? null : dynamicTools(tools),
    onOpen: (open) => {
      live.opened(open);
      if (open.offered && tools !== null)
        live.tell([{ kind: 'system_notice', code: 'editor_tools', text: tools.notice }]);
      onOpen();
    },
  });
  const other = await otherProvider(lease, thread, provider, cwd);
  if (other !== null || over.aborted) return other;
  if (turn.act !== undefined) {
    await live.act(turn.act, thread.id);
    return null;
  }
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
  return null;
}

/**
 * The lines of stderr name no thread: with several turns at once each of them is told, and told so. The returned function
 * tells what is left.
 */
function hearWarnings(lease: TurnLease, memory: LaneMemory, live: LiveTurn): (completed: boolean) => void {
  const warnings = new StderrWarnings({ noWebSocket: lease.vault !== null });
  let alone = true;
  const tell = (bodies: readonly LaneBody[]): void => {
    const among = alone ? '' : ' (of one of the turns that run at the same time)';
    live.tell(bodies.map((body) => (body.kind === 'warning' ? { ...body, text: body.text + among } : body)));
  };
  lease.onStderr((line) => {
    alone &&= memory.running === 1;
    tell(warnings.push(line));
  });
  return (completed) => {
    tell(completed ? warnings.rest() : warnings.flush());
    tell(warnings.untold());
  };
}

/** What a thread is told before its turn: that it is a new one, and what the server said of its configuration. */
function tellStart(lease: TurnLease, { noticed }: LaneMemory, live: LiveTurn): void {
  const { thread } = live;
  if (thread === null) return;
  if (thread.how === 'lost') live.tell([{ kind: 'system_notice', code: 'native_thread_lost', text: lostText }]);
  if (noticed.get(thread.id) === lease.generation) return;
  // It need not be known for ever.
  if (noticed.size >= 1000) noticed.clear();
  noticed.set(thread.id, lease.generation);
  for (const { method, params } of lease.notices) live.tell(bodiesOf(readMessage({ method, params }, 'server')));
}

const lostText =
  'Codex no longer has its thread of this conversation. It begins a new one, which does not know what was said before.';

async function takeInbox(io: TurnIo, live: LiveTurn): Promise<void> {
  for await (const steer of io.inbox) void live.steer(steer);
}

/** As with exec: what a turn's commands left running ends with it. After Stop that is what was asked for. */
async function leaveNothing(lease: TurnLease, live: LiveTurn, io: TurnIo, log: Log): Promise<void> {
  const left = await endCommands(lease, live, log);
  if (left === 0 || io.signal.aborted) return;
  const text = `Codex left ${left} running command(s) behind; they were ended with the turn.`;
  live.tell([{ kind: 'warning', source: 'process', text, code: 'left_behind' }]);
}

/** What was just starting when the turn was cut off is on no list of the server's. Never rejects. */
async function endForgotten(lease: TurnLease, live: LiveTurn, log: Log): Promise<void> {
  const threads = live.thread === null ? [] : [live.thread.id, ...live.family];
  const ended = await Promise.all(threads.map((id) => lease.endCommandsOf(id)));
  const left = ended.reduce((sum, count) => sum + count, 0);
  if (left > 0) log.info(`${left} process(es) that Codex had lost sight of were ended with their turn`);
}

/** Gives the thread up, so that exec, another window or Codex's own command line may go on with it; false = it is held. Never rejects. */
async function letGo(clock: Clock, log: Log, lease: TurnLease, live: LiveTurn, patience: number): Promise<boolean> {
  const { thread } = live;
  if (thread === null) return true;
  const late = Promise.withResolvers<'late'>();
  const cancel = clock.after(patience, () => late.resolve('late'));
  try {
    const give = (threadId: string) =>
      lease.request('thread/unsubscribe', { threadId }, anything, { timeoutMs: unloadPatience });
    await Promise.all(live.family.map((id) => give(id).catch(() => undefined)));
    await give(thread.id);
    const outcome = await Promise.race([live.closed, lease.ended, late.promise]);
    if (outcome === 'late') log.info('Codex’s app-server holds a thread after its turn; it is let go with the server.');
    return outcome !== 'late';
  } catch (error) {
    log.warn(`a thread was not let go: ${messageOf(error)}`);
    return false;
  } finally {
    cancel();
  }
}

/** What Codex itself reported wins over how the turn was ended. */
function endOf({ facts, turn, io }: Conversation, live: LiveTurn, seen: Seen, limitS: number): TurnEnd {
  const { state } = live;
  const total = state?.total ?? null;
  const ending = {
    facts: {
      ...facts,
      modelServed: live.served ?? 'unknown',
      nativeThreadId: live.thread?.id ?? turn.nativeThreadId,
      usage: state?.usage ?? null,
      usageAuthority: total === null ? null : ('live-turn-completed' as const),
      killStep: seen.killed ? ('SIGKILL' as const) : ('none' as const),
    },
    usageAfter: total,
  };
  const stopped = io.signal.aborted;
  const reported = state?.end?.outcome;
  if (seen.overdue !== null && !stopped && reported !== 'completed' && reported !== 'failed') {
    return { outcome: 'failed', error: overdueError(live.sight, limitS), ...ending };
  }
  if (seen.failure !== null && !stopped) {
    return {
      outcome: 'failed',
      error: seen.server.end === null ? seen.failure : failureOfEnd(seen.server.end),
      ...ending,
    };
  }
  if (state === null) {
    return stopped
      ? { outcome: 'interrupted', ...ending }
      : { outcome: 'failed', error: lostError(seen.server.end), ...ending };
  }
  return { ...finish(state, stopped, lostError(seen.server.end)), ...ending };
}

function lostError(end: ServerEnd | null): TurnError {
  if (end !== null) return failureOfEnd(end);
  const message = 'Codex’s app-server did not say how the turn ended.';
  return { code: 'protocol_error', message, retryable: true, hint: 'Send the prompt again.' };
}
