import type { TurnError } from '../../model/index.ts';
import type { LaneTurn, TurnEnd, TurnIo } from '../../ports/index.ts';
import type { Lease, NativeRuntime } from '../../runtime/index.ts';
import { checkReady, serverProgram, turnFacts, unlessStopped, vaultFailure, Xray } from '../../runtime/index.ts';
import { converse } from './converse.ts';
import type { AppServerLaneDeps, LaneMemory } from './lane-deps.ts';
import { failureOfRequest } from './server-failure.ts';
import { Sight } from './sight.ts';

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
  const { signal } = io;
  const xray = new Xray({ clock: deps.clock, tell: (progress) => io.progress(progress) });
  xray.look(new Sight(), null);
  // A key store or a shell that hangs must not hold up Stop.
  const runtime = await unlessStopped(deps.resolve(turn.profile), signal);
  const facts = turnFacts(runtime, turn, 'app-server');
  if (runtime === null) return { outcome: 'interrupted', facts };
  const ready = await unlessStopped(checkReady(runtime, turn, 'app-server'), signal);
  if (ready === null) return { outcome: 'interrupted', facts };
  if ('error' in ready) return { outcome: 'failed', error: ready.error, facts };
  const lacking = await unlessStopped(cannot(runtime, turn), signal);
  if (lacking !== null) return { outcome: 'failed', error: lacking, facts };
  const notPaid = io.mayPay(facts.payer);
  if (notPaid !== null) return { outcome: 'failed', error: notPaid, facts };
  const program = serverProgram(runtime);
  if (signal.aborted || program === null) return { outcome: 'interrupted', facts };
  if (ready.foundWorktree !== null && turn.nativeThreadId !== null) {
    io.emit({ kind: 'worktree_created', worktree: ready.foundWorktree, nativeThreadId: turn.nativeThreadId });
  }
  let lease: Lease;
  try {
    lease = await deps.server.lease(program, signal);
  } catch (error) {
    if (signal.aborted) return { outcome: 'interrupted', facts };
    return { outcome: 'failed', error: vaultFailure(error) ?? failureOfRequest(error), facts };
  }
  memory.running += 1;
  try {
    await deps.onStart?.(ready.program, 'started');
    const provider = runtime.config.kind === 'read' ? runtime.config.config.provider.id : null;
    return await converse(deps, { ...ready, lease, turn, io, xray, facts, memory, provider });
  } finally {
    memory.running -= 1;
    lease.release();
    // Else neither exec nor another window could go on with it.
    if (memory.holds && (await deps.server.closeUnused())) memory.holds = false;
  }
}

/** What this transport can't do, which whoever chose it should have known; null = it can. */
async function cannot(runtime: NativeRuntime, turn: LaneTurn): Promise<TurnError | null> {
  const hint = 'Set codexLanes.native.transport to auto.';
  const problem = (message: string): TurnError => ({ code: 'bad_request', message, hint, retryable: false });
  if (turn.profile !== null) return problem('Codex’s app-server takes no configuration profile.');
  if (turn.newWorktree && turn.nativeThreadId === null) return problem('Codex’s app-server makes no worktree.');
  if ((await runtime.abilities())?.appServer !== false) return null;
  return problem('This build of Codex has no app-server.');
}
