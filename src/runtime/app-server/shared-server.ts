import { Emitter } from '../../base/index.ts';
import { LanesError, messageOf } from '../../model/index.ts';
import { CrashLimit } from './crash-limit.ts';
import { Lease } from './lease.ts';
import type { Notification } from './peer.ts';
import { RpcError } from './rpc-error.ts';
import type { ServerEnd } from './server-end.ts';
import type { RunningServer, ServerDeps, ServerProgram } from './server-process.ts';
import { startServer } from './server-process.ts';
import { Session } from './session.ts';
import { unlessAborted } from './unless-aborted.ts';

/** How long a server that nobody uses is kept, in milliseconds: it holds 150 MB and the threads that it has loaded. */
const idleAfter = 5 * 60_000;

export type SharedServerOptions = ServerDeps & {
  /** Default 5 minutes. */
  readonly idleMs?: number;
  /** Replaces the start of a process. */
  readonly start?: typeof startServer;
};

/**
 * Called with each server that has started, before anybody else gets it: what the one before had loaded can be resumed, over
 * the lease that it gets (another one would wait for it).
 */
export type StartHook = (lease: Lease, before: ServerEnd | null) => Promise<void>;

/**
 * The app-server of a window: one process, started when it is needed, shared by all threads, started again with growing waits
 * after a crash, closed when nobody used it for a while. Only where its program or its key changes, the old one runs on
 * beside the new one until its last user is done.
 */
export class SharedServer {
  readonly #options: SharedServerOptions;
  readonly #crashes: CrashLimit;
  readonly #hooks = new Set<StartHook>();
  readonly #told: Emitter<Notification>;
  readonly #stop = new AbortController();
  /** The server that new users get. */
  #current: Session | null = null;
  readonly #sessions = new Set<Session>();
  #generation = 0;
  #before: ServerEnd | null = null;

  constructor(options: SharedServerOptions) {
    this.#options = options;
    this.#crashes = new CrashLimit(options.clock);
    this.#told = new Emitter((error) =>
      options.log.error(`a listener of Codex's app-server failed: ${messageOf(error)}`),
    );
  }

  /** How many use it now. */
  get users(): number {
    return [...this.#sessions].reduce((sum, session) => sum + session.users, 0);
  }

  /**
   * The use of a server of this program; started if there is none. Throws {@link RpcError} with the cause where it does not
   * start, LanesError `unavailable` after too many crashes, or the signal's reason.
   */
  async lease(program: ServerProgram, signal?: AbortSignal): Promise<Lease> {
    signal?.throwIfAborted();
    if (this.#stop.signal.aborted) throw closedError();
    const session = this.#sessionOf(program);
    session.enter();
    try {
      const server = await unlessAborted(session.started, signal);
      return new Lease(server, session.generation, () => session.leave());
    } catch (error) {
      session.leave();
      throw error;
    }
  }

  /**
   * The server that new users would get, where one runs, without being a user of it: it is closed as if nobody held this, and
   * what was asked over it is refused then. Null: none runs, or not of this program; left out: of any.
   */
  async running(program?: ServerProgram): Promise<Lease | null> {
    const session = this.#current;
    if (session === null || (program !== undefined && session.key !== keyOf(program))) return null;
    try {
      return new Lease(await session.started, session.generation, () => undefined);
    } catch {
      return null;
    }
  }

  /** Hears what the server that new users would get tells, also while nobody uses it. The returned function stops it. */
  onNotification(listener: (notification: Notification) => void): () => void {
    return this.#told.on(listener);
  }

  /** The returned function takes the hook back. */
  onStart(hook: StartHook): () => void {
    const own: StartHook = (lease, before) => hook(lease, before);
    this.#hooks.add(own);
    return () => void this.#hooks.delete(own);
  }

  /**
   * Closes the server unless somebody uses it, and resolves when it is gone: a thread that it has loaded can be written by
   * nobody else before. False: it is in use.
   */
  async closeUnused(): Promise<boolean> {
    await Promise.all([...this.#sessions].filter(({ users }) => users === 0).map((session) => session.close()));
    return this.#sessions.size === 0;
  }

  /** Ends all; resolves when no process is left. Every use that is still out hears of it by `ended`. */
  async close(): Promise<void> {
    this.#stop.abort(closedError());
    while (this.#sessions.size > 0) await Promise.all([...this.#sessions].map((session) => session.close()));
  }

  #sessionOf(program: ServerProgram): Session {
    const key = keyOf(program);
    if (this.#current?.key === key) return this.#current;
    // Another program, or another payer: what runs is finished with what it began with.
    this.#current?.retire();
    return this.#begin(program, key);
  }

  #begin(program: ServerProgram, key: string): Session {
    this.#generation += 1;
    const session: Session = new Session({
      key,
      generation: this.#generation,
      clock: this.#options.clock,
      idleMs: this.#options.idleMs ?? idleAfter,
      start: (signal) => this.#start(program, session, signal),
      onClosing: () => {
        if (this.#current === session) this.#current = null;
      },
      onGone: () => this.#sessions.delete(session),
    });
    this.#current = session;
    this.#sessions.add(session);
    session.begin();
    return session;
  }

  async #start(program: ServerProgram, session: Session, closing: AbortSignal): Promise<RunningServer> {
    const signal = AbortSignal.any([closing, this.#stop.signal]);
    // One that is closing still holds its threads.
    const before = [...this.#sessions].filter((other) => other !== session && other.closing);
    await Promise.all(before.map((other) => other.close()));
    const next = this.#crashes.next(session.key);
    if ('refusal' in next) throw new LanesError('unavailable', next.refusal);
    await this.#wait(next.waitMs, signal);
    let server: RunningServer;
    try {
      server = await (this.#options.start ?? startServer)(program, this.#options, signal);
    } catch (error) {
      if (!signal.aborted) this.#crashes.add(session.key, messageOf(error));
      throw error;
    }
    server.peer.onNotification((notification) => {
      // One that only finishes its turns may be another account's.
      if (session === this.#current) this.#told.fire(notification);
    });
    void server.ended.then((end) => this.#ended(program, session, end));
    await this.#runHooks(server, session);
    return server;
  }

  async #runHooks(server: RunningServer, session: Session): Promise<void> {
    const before = this.#before;
    for (const hook of this.#hooks) {
      session.enter();
      const lease = new Lease(server, session.generation, () => session.leave());
      try {
        await hook(lease, before);
      } catch (error) {
        this.#options.log.error(`after the start of Codex's app-server: ${messageOf(error)}`);
      } finally {
        lease.release();
      }
    }
  }

  #ended(program: ServerProgram, session: Session, end: ServerEnd): void {
    this.#before = end;
    const inUse = session.users > 0 && session === this.#current;
    // Sweeps what it left behind.
    void session.close();
    if (end.asked) return;
    this.#options.log.warn(end.words);
    this.#crashes.add(session.key, end.words);
    if (!inUse || this.#stop.signal.aborted) return;
    // Whoever used it goes on soon.
    const again = this.#begin(program, session.key);
    again.started.catch((error) => this.#options.log.warn(`it was not started again: ${messageOf(error)}`));
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    if (ms === 0) return;
    const waited = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(ms, () => waited.resolve());
    try {
      await unlessAborted(waited.promise, signal);
    } finally {
      cancel();
    }
  }
}

/** What tells one program from another: with another key, another one pays. */
function keyOf({ file, args, cwd, env, apiKey, vault }: ServerProgram): string {
  return JSON.stringify([file, args, cwd, env, apiKey, vault?.id]);
}

const closedError = (): RpcError => new RpcError({ kind: 'gone' }, "Codex's app-server was closed with the window.");
