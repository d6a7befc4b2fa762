import * as z from 'zod';
import { Emitter, LfSplitter } from '../../base/index.ts';
import { messageOf } from '../../model/index.ts';
import type { Child } from '../../node/index.ts';
import { spawnChild } from '../../node/index.ts';
import type { Clock, Log } from '../../ports/index.ts';
import type { VaultAccess, VaultGrant } from '../vault/vault-access.ts';
import { openVault, withoutSnapshot } from '../vault/vault-access.ts';
import type { Notification } from './peer.ts';
import { RpcPeer } from './peer.ts';
import { RpcError } from './rpc-error.ts';
import type { ServerEnd } from './server-end.ts';
import { cleanText, endOf } from './server-end.ts';

/** What to start, and what it pays with. Holds a key: never log or store this. */
export type ServerProgram = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Handed over once it runs, into its ephemeral store: the app-server reads a key from no variable. Null = it needs none. */
  readonly apiKey: string | null;
  /** Vault-only: the way to its provider, opened for each process anew; null = it needs none. */
  readonly vault: VaultAccess | null;
  /** Values that no message may quote. */
  readonly secrets: readonly string[];
};

export type ServerDeps = {
  readonly clock: Clock;
  readonly log: Log;
  /** Of the product, as the server tells its provider. */
  readonly version: string;
  /** Methods and fields that 0.169 calls experimental: the client's own tools, and ending a command that runs on. */
  readonly experimentalApi: boolean;
  /** How long it may take to end by itself once its input is closed, in milliseconds (measured: 59). Default 2,000. */
  readonly closePatienceMs?: number;
};

const initialized = z.object({ userAgent: z.string(), codexHome: z.string() });
const loggedIn = z.object({ type: z.literal('apiKey') });

const noticeMethods: ReadonlySet<string> = new Set(['configWarning', 'deprecationNotice']);
const mostNotices = 50;

/** In the environment of each command that it runs (0.169): its thread, and the one that this works for (a review, a sub-agent). */
const threadVariables = ['CODEX_THREAD_ID', 'CODEX_SESSION_ID'] as const;

/** A server that has said hello. */
export type RunningServer = {
  readonly peer: RpcPeer;
  readonly pid: number;
  readonly info: z.infer<typeof initialized>;
  /** Its way to its provider, where the key stays in the vault; it is closed with the process. */
  readonly vault: VaultGrant | null;
  /** What it told about its configuration and itself so far: that comes with the start, before anybody can listen. */
  readonly notices: readonly Notification[];
  /** Hears what it writes to stderr, line by line, without secrets and colours. The returned function stops it. */
  readonly onStderr: (listener: (line: string) => void) => () => void;
  /** Resolves as soon as it is gone and all that waited for it was refused. Never rejects. */
  readonly ended: Promise<ServerEnd>;
  /** To be called when it is about to start a program of its own. */
  readonly observe: () => void;
  /** Ends the commands of a thread, and of those that work for it, that it no longer knows of. How many there were; Linux only. Never rejects. */
  readonly endCommandsOf: (threadId: string) => Promise<number>;
  /** Ends it: its input first, then SIGINT, SIGKILL and all that it started. Resolves when nothing of it is left. */
  readonly close: () => Promise<void>;
};

/**
 * Starts an app-server, says hello and hands the key over. Throws {@link RpcError} with the real cause, or the signal's
 * reason; nothing is left of it then.
 */
export async function startServer(
  program: ServerProgram,
  deps: ServerDeps,
  signal: AbortSignal,
): Promise<RunningServer> {
  signal.throwIfAborted();
  const vault = program.vault === null ? null : await openVault(program.vault);
  try {
    signal.throwIfAborted();
    const server = await begin(vault === null ? program : withGrant(program, vault), vault, deps, signal);
    void server.ended.then(() => vault?.close());
    return server;
  } catch (error) {
    await vault?.close();
    throw error;
  }
}

/** The token takes the key's place: in the server's memory, or in the one variable that its provider reads. */
function withGrant(program: ServerProgram, { token, args, envKey }: VaultGrant): ServerProgram {
  return {
    ...program,
    args: [...program.args, ...args, ...(envKey === null ? [] : withoutSnapshot)],
    env: envKey === null ? program.env : { ...program.env, [envKey]: token },
    apiKey: envKey === null ? token : null,
    secrets: [...program.secrets, token],
  };
}

async function begin(
  program: ServerProgram,
  vault: VaultGrant | null,
  deps: ServerDeps,
  signal: AbortSignal,
): Promise<RunningServer> {
  const { clock, log } = deps;
  let peer: RpcPeer | null = null;
  let asked = false;
  const said = new Emitter<string>((error) => log.error(`a listener of stderr failed: ${messageOf(error)}`));
  const stderr = new LfSplitter({
    onLine: (line) => said.fire(cleanText(line, program.secrets)),
    maxBytes: 1024 * 1024,
  });
  const child = spawnChild({
    file: program.file,
    args: program.args,
    cwd: program.cwd,
    env: program.env,
    stdin: null,
    onStdout: (bytes) => peer?.push(bytes),
    onStderr: (bytes) => stderr.push(bytes),
    purpose: { kind: 'server', threadId: null },
  });
  const { pid, stdin } = child;
  if (pid === null || stdin === null) {
    const end = endOf(await child.exited, { asked, secrets: program.secrets });
    await child.ended;
    throw new RpcError({ kind: 'gone' }, end.words);
  }
  const own = new RpcPeer({ output: stdin, clock, log });
  peer = own;
  const notices: Notification[] = [];
  own.onNotification((told) => {
    if (noticeMethods.has(told.method) && notices.length < mostNotices) notices.push(told);
  });
  // The second one where it hangs inside the kernel: `exited` waits for ever then.
  const exit = Promise.race([child.exited, child.ended]);
  const ended = exit.then((raw): ServerEnd => {
    const end = endOf(raw, { asked, secrets: program.secrets });
    own.end(new RpcError({ kind: 'gone' }, end.words));
    return end;
  });
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    asked = true;
    closed ??= closeChild(child, own, deps);
    return closed;
  };
  try {
    const info = await hello(own, program, deps, signal);
    const onStderr = (listener: (line: string) => void): (() => void) => said.on(listener);
    const endCommandsOf = async (threadId: string): Promise<number> => {
      let ended = 0;
      for (const name of threadVariables) ended += await child.endPart(name, threadId);
      return ended;
    };
    return { peer: own, pid, info, vault, notices, onStderr, ended, observe: child.observe, endCommandsOf, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function hello(peer: RpcPeer, program: ServerProgram, deps: ServerDeps, signal: AbortSignal) {
  const info = await peer.request(
    'initialize',
    {
      clientInfo: { name: 'codex_lanes', title: 'Lanes for Codex', version: deps.version },
      capabilities: { experimentalApi: deps.experimentalApi, requestAttestation: false },
    },
    initialized,
    { signal },
  );
  peer.notify('initialized');
  if (program.apiKey !== null) {
    await peer.request('account/login/start', { type: 'apiKey', apiKey: program.apiKey }, loggedIn, { signal });
  }
  return info;
}

async function closeChild(child: Child, peer: RpcPeer, { clock, log, closePatienceMs = 2000 }: ServerDeps) {
  peer.endOutput();
  const patience = Promise.withResolvers<void>();
  const cancel = clock.after(closePatienceMs, () => patience.resolve());
  await Promise.race([child.exited, patience.promise]);
  cancel();
  const end = await child.stop();
  if (end.survivors.length > 0 || !end.proven) {
    log.error(`something of Codex's app-server may still run: ${end.survivors.join(', ') || 'it is not known what'}`);
  }
}
