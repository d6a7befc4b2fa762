import { PassThrough } from 'node:stream';
import { FakeClock } from '../../../../test/fakes/engine.ts';
import type { Log } from '../../../ports/index.ts';
import { Lease } from '../lease.ts';
import type { PeerOptions } from '../peer.ts';
import { RpcPeer } from '../peer.ts';
import { RpcError } from '../rpc-error.ts';
import type { ServerEnd } from '../server-end.ts';

export type Message = Readonly<Record<string, unknown>>;

/** A log that keeps its lines. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (message: string, error?: unknown): void =>
      void lines.push(`${level}: ${message}${error === undefined ? '' : `: ${String(error)}`}`);
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}

/** A peer of ours, and the other end of its streams in the test's hands. */
export class FakeServer {
  readonly clock = new FakeClock();
  readonly log = keptLog();
  readonly output = new PassThrough();
  readonly peer: RpcPeer;
  /** What the peer sent, oldest first. */
  readonly sent: Message[] = [];
  #rest = '';

  constructor(options: Partial<PeerOptions> = {}) {
    this.peer = new RpcPeer({ output: this.output, clock: this.clock, log: this.log, ...options });
    this.output.on('data', (bytes: Buffer) => {
      const lines = (this.#rest + bytes.toString('utf8')).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.sent.push(JSON.parse(line));
    });
  }

  /** Says something to the peer; a text goes as it is, with its line end. */
  say(...messages: (Message | string)[]): void {
    const lines = messages.map((message) => (typeof message === 'string' ? message : JSON.stringify(message)));
    this.peer.push(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  }

  /** The last request of a method. Throws where there is none. */
  asked(method: string): { readonly id: number; readonly params: unknown } {
    const found = this.sent.findLast((message) => message.method === method);
    if (typeof found?.id !== 'number') throw new Error(`${method} was not asked`);
    return { id: found.id, params: found.params };
  }

  /** Lets what is on its way arrive. */
  async settle(): Promise<void> {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** A lease on this server; `end` is how it goes. */
  lease(): { readonly lease: Lease; readonly end: (words: string) => void } {
    const ended = Promise.withResolvers<ServerEnd>();
    const server = {
      peer: this.peer,
      pid: 1,
      info: { userAgent: 'fake', codexHome: '/' },
      vault: null,
      notices: [],
      onStderr: () => () => undefined,
      ended: ended.promise,
      observe: () => undefined,
      endCommandsOf: async () => 0,
      close: async () => undefined,
    };
    const end = (words: string): void => {
      this.peer.end(new RpcError({ kind: 'gone' }, words));
      ended.resolve({ exitCode: 1, signal: null, startError: null, asked: false, stderr: '', words });
    };
    return { lease: new Lease(server, 1, () => undefined), end };
  }
}
