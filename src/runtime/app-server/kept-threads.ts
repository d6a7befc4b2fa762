import * as z from 'zod';
import type { NativeThreadId } from '../../model/index.ts';
import { LanesError, messageOf, nativeThreadId } from '../../model/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { Lease } from './lease.ts';
import { isRpcError } from './rpc-error.ts';

/** What the reader needs of a server. */
export type ThreadsLease = Pick<Lease, 'request' | 'onNotification' | 'ended'>;

/** One of the threads that Codex keeps. Times are milliseconds since the epoch. */
export type KeptThread = {
  readonly id: NativeThreadId;
  /** Its name, else the start of its first prompt; empty = neither is known. */
  readonly title: string;
  /** It has a name of its own. */
  readonly isNamed: boolean;
  readonly cwd: string;
  readonly branch: string | null;
  /** What made it, in Codex's word: `cli`, `exec`, `vscode`, `appServer`; null = not told. */
  readonly source: string | null;
  readonly cliVersion: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** A turn as Codex keeps it; its items are read where they are shown. */
export type KeptTurn = z.infer<typeof keptTurn>;

/** A conversation as it stands while nobody else can write it, oldest turn first. */
export type KeptConversation = {
  readonly thread: KeptThread;
  readonly turns: readonly KeptTurn[];
  /** Older turns were left out. */
  readonly shortened: boolean;
};

const maybeText = z.string().nullish();
const seconds = z.number().transform((at) => at * 1000);
const wireThread = z.looseObject({
  id: z.string(),
  name: maybeText,
  preview: maybeText,
  cwd: z.string(),
  gitInfo: z.looseObject({ branch: maybeText }).nullish(),
  source: z.unknown().optional(),
  cliVersion: maybeText,
  createdAt: seconds,
  updatedAt: seconds,
  parentThreadId: maybeText,
  ephemeral: z.boolean().nullish(),
});
const keptTurn = z.looseObject({
  id: z.string(),
  status: z.string(),
  items: z.array(z.unknown()),
  error: z.unknown().optional(),
  startedAt: seconds.nullish(),
  completedAt: seconds.nullish(),
  durationMs: z.number().nullish(),
});
/** One that can't be read must not hide the others. */
const listed = z.looseObject({ data: z.array(z.unknown()), nextCursor: maybeText });
const page = z.looseObject({ data: z.array(keptTurn), nextCursor: maybeText });
const withThread = z.looseObject({ thread: wireThread });
const withTurns = z.looseObject({ thread: z.looseObject({ turns: z.array(keptTurn) }) });
const anything = z.unknown();

/** What a user began: neither a sub-agent's nor one of Codex's own reviews. */
const sourceKinds = ['cli', 'exec', 'vscode', 'appServer', 'unknown'] as const;
const pageSize = 50;

export type ListOptions = {
  /** Only threads of this folder; left out: of all. Older builds take one at a time (measured with 0.117). */
  readonly cwd?: string;
  /** How many at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
};

/** The newest threads that Codex keeps and has not archived, of every provider. Loads none of them. Throws RpcError. */
export async function listKeptThreads(lease: ThreadsLease, options: ListOptions): Promise<readonly KeptThread[]> {
  const { cwd, limit, signal } = options;
  const found: KeptThread[] = [];
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const params = {
      ...{ cursor, sortKey: 'updated_at' as const, archived: false, modelProviders: [], sourceKinds: [...sourceKinds] },
      ...(cwd === undefined ? {} : { cwd }),
      limit: Math.min(pageSize, limit - found.length),
    };
    const answer: z.infer<typeof listed> = await lease.request('thread/list', params, listed, { signal });
    for (const one of answer.data) {
      const read = wireThread.safeParse(one);
      if (!read.success) continue;
      const thread = threadOf(read.data);
      const isAgents = read.data.parentThreadId != null || isSubAgent(read.data.source);
      if (!isAgents && read.data.ephemeral !== true) found.push(thread);
    }
    cursor = answer.data.length === 0 ? null : (answer.nextCursor ?? null);
  } while (cursor !== null && found.length < limit);
  return found;
}

/** What Codex keeps of a thread beside what was said in it; loads nothing. Throws RpcError. */
export async function keptThread(lease: ThreadsLease, id: NativeThreadId, signal: AbortSignal): Promise<KeptThread> {
  return threadOf((await lease.request('thread/read', { threadId: id }, withThread, { signal })).thread);
}

export type ReadOptions = {
  readonly clock: Clock;
  /** Turns that a page holds; default 4: the items of a turn come with it, and there may be thousands. */
  readonly turnsPerPage?: number;
  /** How much of the newest history is read, in bytes of JSON; default 32 MB. */
  readonly maxBytes?: number;
  readonly signal: AbortSignal;
};

/** How long the server may take to let a thread go, in milliseconds. */
const unloadPatience = 2000;

/**
 * Reads a thread that Codex keeps. It is taken for writing meanwhile, which changes nothing of it (measured with 0.169), so
 * that what is read is whole: one that another process writes is refused. Throws RpcError. `held`: the server did not let
 * it go afterwards.
 */
export async function readKeptThread(
  lease: ThreadsLease,
  id: NativeThreadId,
  options: ReadOptions,
): Promise<KeptConversation & { readonly held: boolean }> {
  const { clock, signal } = options;
  const closed = Promise.withResolvers<'closed'>();
  const stopHearing = lease.onNotification(({ method, params }) => {
    const named = z.looseObject({ threadId: z.literal(id) }).safeParse(params);
    if (method === 'thread/closed' && named.success) closed.resolve('closed');
  });
  const letGo = async (): Promise<boolean> => {
    const late = Promise.withResolvers<'late'>();
    const cancel = clock.after(unloadPatience, () => late.resolve('late'));
    try {
      await lease.request('thread/unsubscribe', { threadId: id }, anything, { timeoutMs: unloadPatience });
      return (await Promise.race([closed.promise, lease.ended, late.promise])) !== 'late';
    } catch {
      return false;
    } finally {
      cancel();
      stopHearing();
    }
  };
  signal.throwIfAborted();
  let thread: KeptThread;
  try {
    // Without the signal: a server that has taken the thread must be told to let it go.
    const opened = await lease.request('thread/resume', { threadId: id, excludeTurns: true }, withThread);
    thread = threadOf(opened.thread);
  } catch (error) {
    stopHearing();
    throw error;
  }
  let history: Awaited<ReturnType<typeof readTurns>>;
  try {
    history = await readTurns(lease, id, options);
  } catch (error) {
    await letGo();
    throw error;
  }
  return { thread, ...history, held: !(await letGo()) };
}

async function readTurns(
  lease: ThreadsLease,
  id: NativeThreadId,
  { turnsPerPage = 4, maxBytes = 32 * 1024 * 1024, signal }: ReadOptions,
): Promise<Pick<KeptConversation, 'turns' | 'shortened'>> {
  const turns: KeptTurn[] = [];
  let bytes = 0;
  for await (const newest of pagesOf(lease, id, turnsPerPage, signal)) {
    for (const turn of newest) {
      bytes += JSON.stringify(turn).length;
      // The newest is shown whatever its size.
      if (bytes > maxBytes && turns.length > 0) return { turns: turns.reverse(), shortened: true };
      turns.push(turn);
    }
  }
  return { turns: turns.reverse(), shortened: false };
}

/** From the newest turn on. */
async function* pagesOf(
  lease: ThreadsLease,
  id: NativeThreadId,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<readonly KeptTurn[]> {
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const params = { threadId: id, itemsView: 'full', sortDirection: 'desc', limit, cursor } as const;
    let answer: z.infer<typeof page>;
    try {
      answer = await lease.request('thread/turns/list', params, page, { signal });
    } catch (error) {
      // A build before it (0.117) gives all in one answer.
      if (!isRpcError(error, 'refused') || !/unknown variant/.test(error.message)) throw error;
      const whole = await lease.request('thread/read', { threadId: id, includeTurns: true }, withTurns, { signal });
      yield whole.thread.turns.toReversed();
      return;
    }
    yield answer.data;
    cursor = answer.data.length === 0 ? null : (answer.nextCursor ?? null);
  } while (cursor !== null);
}

/** What the server says where a thread can't be had, in words for the user. */
export function whyNotRead(error: unknown): string {
  const said = messageOf(error);
  if (/already has an active writer/.test(said)) {
    return 'Another Codex process is using this thread (it already has an active writer). Leave it there, then open it here.';
  }
  if (/no rollout found for thread id|thread not (?:found|loaded)/i.test(said))
    return 'Codex no longer has this thread.';
  if (isRpcError(error, 'refused') || error instanceof LanesError) return said;
  return `The thread could not be read: ${said}`;
}

function threadOf(wire: z.infer<typeof wireThread>): KeptThread {
  const { id, name, preview, cwd, gitInfo, source, cliVersion, createdAt, updatedAt } = wire;
  return {
    id: nativeThreadId(id),
    title: name || preview || '',
    isNamed: Boolean(name),
    cwd,
    branch: gitInfo?.branch || null,
    source: typeof source === 'string' && source !== 'unknown' ? source : null,
    cliVersion: cliVersion || null,
    createdAt,
    updatedAt,
  };
}

const isSubAgent = (source: unknown): boolean =>
  typeof source === 'object' && source !== null && ('subagent' in source || 'internal' in source);
