import type { ViewId } from '../../protocol/index.ts';

/** Where the editor keeps small things for a workspace. */
type Store = {
  readonly get: (key: string) => unknown;
  readonly update: (key: string, value: unknown) => Thenable<void>;
};

/** What a chat showed when its window went away; as it was found, checked for no more than its shape. */
export type KeptThread = {
  readonly threadId: string;
  readonly cwd: string | null;
  /** Of a thread that had not begun. */
  readonly options?: unknown;
};

/** Which thread each chat shows, over a reload of the window. */
export type KeptThreads = {
  readonly get: (chat: ViewId) => KeptThread | null;
  readonly put: (chat: ViewId, thread: KeptThread) => Promise<void>;
};

const sideBarKey = 'codexLanes.thread';
const tabsKey = 'codexLanes.tabs';
/** Tabs beyond these are forgotten, those changed longest ago first: a closed one may be opened again by the editor. */
const most = 50;

export function createKeptThreads(store: Store, sideBar: ViewId): KeptThreads {
  const tabs = (): readonly (readonly [string, unknown])[] => {
    const kept = store.get(tabsKey);
    return Array.isArray(kept)
      ? kept.filter((entry): entry is [string, unknown] => typeof entry?.[0] === 'string')
      : [];
  };
  return {
    get: (chat) => readKept(chat === sideBar ? store.get(sideBarKey) : tabs().find(([id]) => id === chat)?.[1]),
    put: async (chat, thread) => {
      if (chat === sideBar) await store.update(sideBarKey, thread);
      else await store.update(tabsKey, [...tabs().filter(([id]) => id !== chat), [chat, thread]].slice(-most));
    },
  };
}

function readKept(kept: unknown): KeptThread | null {
  if (typeof kept !== 'object' || kept === null) return null;
  const { threadId, cwd, options } = kept as Partial<Record<keyof KeptThread, unknown>>;
  if (typeof threadId !== 'string') return null;
  return { threadId, cwd: typeof cwd === 'string' ? cwd : null, ...(options === undefined ? {} : { options }) };
}
