import { realpath } from 'node:fs/promises';
import { historyOf, otherProviderOf } from '../lanes/app-server/index.ts';
import type { LaneInputs, NativeThreadId, ThreadId } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { Clock, Log, NativeHistory, ThreadSummary, Workspace } from '../ports/index.ts';
import { decideLane } from '../routing/index.ts';
import type { KeptThread, Lease, NativeRuntime, SharedServer } from '../runtime/index.ts';
import {
  keptThread,
  listKeptThreads,
  readKeptThread,
  serverProgram,
  unlessStopped,
  whyNotRead,
} from '../runtime/index.ts';

/** A thread that Codex keeps and that is none of ours. Times are ISO. */
export type CodexThread = {
  readonly nativeThreadId: NativeThreadId;
  /** Empty = Codex has neither a name nor a prompt of it. */
  readonly title: string;
  /** As the window names it where it is one of its folders. */
  readonly cwd: string;
  readonly branch: string | null;
  /** What made it, in Codex's word; null = not told. */
  readonly source: string | null;
  readonly updatedAt: string;
};

/** `none`: nobody was asked, or nobody answered; `why` is a sentence, empty where the feature is off. */
export type CodexThreads =
  | { readonly kind: 'threads'; readonly threads: readonly CodexThread[] }
  | { readonly kind: 'none'; readonly why: string };

export type OpenedCodexThread =
  | { readonly ok: true; readonly threadId: ThreadId }
  | { readonly ok: false; readonly message: string };

export type CodexThreadActions = {
  /**
   * Those of the window's folders first, each newest first, a hundred of each at most. Starts Codex's app-server where the
   * gate `interactive` is open, and nothing else. Never throws.
   */
  readonly list: (signal: AbortSignal) => Promise<CodexThreads>;
  /** A thread of ours that goes on with it, with its history; the one that there is already, if any. Never throws. */
  readonly open: (id: NativeThreadId, signal: AbortSignal) => Promise<OpenedCodexThread>;
};

export type CodexThreadsDeps = {
  readonly inputs: () => LaneInputs;
  /** Checks the native lane where nobody did. Never rejects. */
  readonly probe: () => Promise<void>;
  readonly workspace: Workspace;
  /** What pays a turn in no profile; asked anew. */
  readonly resolve: () => Promise<NativeRuntime>;
  readonly server: SharedServer;
  readonly ours: () => Promise<readonly ThreadSummary[]>;
  /** The runtime's thread of a thread of ours whose summary does not say. Throws LanesError. */
  readonly nativeOf: (threadId: ThreadId) => Promise<NativeThreadId | null>;
  readonly import: (history: NativeHistory, cwd: string) => Promise<ThreadId>;
  readonly clock: Clock;
  readonly log: Log;
};

type Opening = { readonly made: Promise<OpenedCodexThread>; readonly signal: AbortSignal };

const most = 100;
/** How long the list is waited for, in milliseconds. */
const patience = 20_000;

/** The threads of Codex's own programs, over the window's app-server. */
export function codexThreadActions(deps: CodexThreadsDeps): CodexThreadActions {
  const { server, workspace, clock, log } = deps;
  /** What is being opened: a second click waits for the first. */
  const opening = new Map<NativeThreadId, Opening>();
  const read: ReadLogs = new Map();

  const withLease = async <T>(
    signal: AbortSignal,
    work: (lease: Lease, runtime: NativeRuntime) => Promise<T>,
  ): Promise<T | { why: string }> => {
    const shut = whyShut(deps);
    if (shut !== null) return { why: shut };
    const refused = await refusedBy(deps, signal);
    if (refused !== null) return { why: refused };
    const runtime = await unlessStopped(deps.resolve(), signal);
    const program = runtime === null ? null : serverProgram(runtime);
    if (runtime === null || program === null) return { why: 'The Codex CLI was not found.' };
    if ((await unlessStopped(runtime.abilities(), signal))?.appServer === false) {
      return { why: 'This build of Codex has no app-server, which reads its threads.' };
    }
    const lease = await server.lease(program, signal);
    try {
      return await work(lease, runtime);
    } finally {
      lease.release();
    }
  };

  const foreign = async (threads: readonly KeptThread[]): Promise<readonly KeptThread[]> => {
    const known = await knownOf(deps, read);
    const seen = new Set<NativeThreadId>();
    return threads.filter(({ id }) => {
      const isNew = !known.has(id) && !seen.has(id);
      seen.add(id);
      return isNew;
    });
  };

  const listAll = async (signal: AbortSignal): Promise<CodexThreads> => {
    const answer = await withLease(signal, async (lease) => {
      const places = await placesOf(workspace);
      const folders = [...places.keys()].map((cwd) => listKeptThreads(lease, { cwd, limit: most, signal }));
      const here = (await Promise.all(folders)).flat().toSorted((a, b) => b.updatedAt - a.updatedAt);
      const all = await listKeptThreads(lease, { limit: most, signal });
      const threads = await foreign([...here, ...all]);
      return threads.map((thread) => shown(thread, places));
    });
    return 'why' in answer ? { kind: 'none', why: answer.why } : { kind: 'threads', threads: answer };
  };

  const take = async (id: NativeThreadId, signal: AbortSignal): Promise<OpenedCodexThread> => {
    const before = (await knownOf(deps, read)).get(id);
    if (before !== undefined) return { ok: true, threadId: before };
    const places = await placesOf(workspace);
    const kept = await withLease(signal, async (lease, { config }) => {
      const { cwd } = await keptThread(lease, id, signal);
      const folder = places.get(cwd);
      if (folder === undefined) {
        return { why: `This thread belongs to the folder ${cwd}, which is not open in this window. Open it first.` };
      }
      // To be read it is taken up, and its provider would get the key of another.
      const provider = config.kind === 'read' ? config.config.provider.id : null;
      const other = await otherProviderOf(lease, id, provider, cwd);
      if (other !== null) return { why: other.message };
      return { ...(await readKeptThread(lease, id, { clock, signal })), folder };
    });
    if ('why' in kept) return { ok: false, message: kept.why || 'Codex’s threads can’t be read now.' };
    // Else neither a terminal nor another window could go on with it.
    if (kept.held) await server.closeUnused();
    signal.throwIfAborted();
    return { ok: true, threadId: await deps.import(historyOf(kept), kept.folder) };
  };

  return {
    list: async (given) => {
      const late = new AbortController();
      const cancel = clock.after(patience, () => late.abort(new Error('Codex did not answer in time.')));
      const signal = AbortSignal.any([given, late.signal]);
      try {
        return (await unlessStopped(listAll(signal), signal)) ?? { kind: 'none', why: 'Codex did not answer in time.' };
      } catch (error) {
        if (!signal.aborted) log.warn(`Codex's threads were not listed: ${messageOf(error)}`);
        return { kind: 'none', why: messageOf(error) };
      } finally {
        cancel();
      }
    },
    open: (id, signal) => {
      const running = opening.get(id);
      if (running?.signal.aborted === false) return running.made;
      // Whoever asked first has left: that ends before it is asked anew.
      const before = running?.made ?? Promise.resolve();
      const made = before
        .then(() => take(id, signal))
        .catch((error): OpenedCodexThread => {
          if (!signal.aborted) log.warn(`a thread of Codex's was not opened: ${messageOf(error)}`);
          return { ok: false, message: whyNotRead(error) };
        })
        .finally(() => {
          if (opening.get(id)?.made === made) opening.delete(id);
        });
      opening.set(id, { made, signal });
      return made;
    },
  };
}

/** Before anything is started; null = go on, empty = the feature is off. */
function whyShut({ inputs }: CodexThreadsDeps): string | null {
  const { trusted, interactive } = inputs().gates;
  if (!interactive) return '';
  return trusted ? null : 'The workspace is not trusted, so nothing is started in it.';
}

async function refusedBy({ inputs, probe }: CodexThreadsDeps, signal: AbortSignal): Promise<string | null> {
  const decided = () => decideLane({ ...inputs(), selected: 'codex-native' });
  if (decided().kind === 'probe-first') await unlessStopped(probe(), signal);
  const decision = decided();
  if (decision.kind === 'refuse') return decision.error.message;
  return decision.kind === 'run' ? null : 'Codex native could not be checked.';
}

/** What a whole log said, by its thread; it counts until that is written again. */
type ReadLogs = Map<ThreadId, { readonly updatedAt: string; readonly ids: readonly NativeThreadId[] }>;

/** The runtime's threads that are behind ours. */
async function knownOf(
  { ours, nativeOf, log }: CodexThreadsDeps,
  read: ReadLogs,
): Promise<ReadonlyMap<NativeThreadId, ThreadId>> {
  const known = new Map<NativeThreadId, ThreadId>();
  for (const { threadId, updatedAt, nativeThreadIds } of await ours()) {
    const before = read.get(threadId);
    let ids = nativeThreadIds ?? (before?.updatedAt === updatedAt ? before.ids : undefined);
    if (ids === undefined) {
      const id = await nativeOf(threadId).catch((error) => {
        log.info(`a thread's log does not say which of Codex's it is: ${messageOf(error)}`);
        return null;
      });
      ids = id === null ? [] : [id];
      read.set(threadId, { updatedAt, ids });
    }
    // Of a thread and its fork, the one that was used last.
    for (const id of ids) if (!known.has(id)) known.set(id, threadId);
  }
  return known;
}

/** The window's folders by every name that Codex may have for them. */
async function placesOf(workspace: Workspace): Promise<ReadonlyMap<string, string>> {
  const places = new Map<string, string>();
  for (const { path } of workspace.folders()) {
    places.set(path, path);
    const real = await realpath(path).catch(() => path);
    if (!places.has(real)) places.set(real, path);
  }
  return places;
}

function shown(thread: KeptThread, places: ReadonlyMap<string, string>): CodexThread {
  const { id, title, cwd, branch, source, updatedAt } = thread;
  const place = places.get(cwd) ?? cwd;
  return { nativeThreadId: id, title, cwd: place, branch, source, updatedAt: new Date(updatedAt).toISOString() };
}
