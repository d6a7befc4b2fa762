import { Disposables } from '../../base/index.ts';
import type { VaultGrant } from '../vault/vault-access.ts';
import type { ClientRequests } from './generated/protocol.ts';
import type { ClientMethod, Notification, Reader, RequestOptions, WireListener } from './peer.ts';
import type { Answerer, ServerMethod } from './questions.ts';
import type { ServerEnd } from './server-end.ts';
import type { RunningServer } from './server-process.ts';

/** The use of one running app-server: it is not closed for idleness while somebody holds one. What was registered ends with it. */
export class Lease {
  /** Of the process that serves it: counted from 1. A thread that another generation had loaded must be resumed. */
  readonly generation: number;
  readonly pid: number;
  /** Codex's own name and version, as it tells them to servers. */
  readonly userAgent: string;
  readonly codexHome: string;
  /** Vault-only: what lets a turn of it spend; null = it holds what it pays with itself. */
  readonly vault: VaultGrant | null;
  /** Resolves when the process is gone, all that waited for it refused. Never rejects. */
  readonly ended: Promise<ServerEnd>;
  readonly #server: RunningServer;
  readonly #registered = new Disposables();
  readonly #onRelease: () => void;
  #released = false;

  constructor(server: RunningServer, generation: number, onRelease: () => void) {
    this.#server = server;
    this.#onRelease = onRelease;
    this.generation = generation;
    this.pid = server.pid;
    this.userAgent = server.info.userAgent;
    this.codexHome = server.info.codexHome;
    this.vault = server.vault;
    this.ended = server.ended;
  }

  /** What the server told of its configuration and itself since it started, a `configWarning` for one. Not checked. */
  get notices(): readonly Notification[] {
    return this.#server.notices;
  }

  /** As `RpcPeer.request`. */
  request<M extends ClientMethod, T>(
    method: M,
    params: ClientRequests[M]['params'],
    read: Reader<T>,
    options?: RequestOptions<T>,
  ): Promise<T> {
    return this.#server.peer.request(method, params, read, options);
  }

  /** Hears every notification, those of other threads too. The returned function stops it. */
  onNotification(listener: (notification: Notification) => void): () => void {
    return this.#register(this.#server.peer.onNotification(listener));
  }

  /** Answers the server's questions of this method, of the threads that it wants to. The returned function stops it. */
  handle(method: ServerMethod, answerer: Answerer): () => void {
    return this.#register(this.#server.peer.handle(method, answerer));
  }

  /** Hears every line in both directions, other threads' too; a key that we hand over is left out. */
  onWire(listener: WireListener): () => void {
    return this.#register(this.#server.peer.onWire(listener));
  }

  /** Hears what the server writes to stderr, of whichever thread. The returned function stops it. */
  onStderr(listener: (line: string) => void): () => void {
    return this.#register(this.#server.onStderr(listener));
  }

  /** To be called when a command begins: what it starts is then found after a crash of ours. */
  observe(): void {
    this.#server.observe();
  }

  /**
   * Ends what runs for a thread that the server has let go: a command that was just starting when its turn was interrupted
   * is missing from the server's own list, and runs on (0.169: one of 40 such moments). How many there were. Linux only:
   * elsewhere such a one ends with the server. Never rejects.
   */
  endCommandsOf(threadId: string): Promise<number> {
    return this.#server.endCommandsOf(threadId);
  }

  /** Ends the server, whoever else uses it: for one that does not obey. Resolves when it is gone. */
  endServer(): Promise<void> {
    return this.#server.close();
  }

  /** Gives it back; a second call does nothing. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#registered.dispose();
    this.#onRelease();
  }

  #register(stop: () => void): () => void {
    this.#registered.defer(stop);
    return stop;
  }
}
