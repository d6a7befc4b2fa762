/** Where the editor keeps small things for a workspace. */
type Store = {
  readonly get: (key: string) => unknown;
  readonly update: (key: string, value: unknown) => Thenable<void>;
};

/** Unsent prompts, one a thread. */
export type Drafts = {
  readonly of: (threadId: string) => string;
  /** An empty text takes the draft away. */
  readonly save: (threadId: string, text: string) => Promise<void>;
};

const key = 'codexLanes.drafts';
/** Drafts of more threads are forgotten, those saved longest ago first. */
const most = 50;

export function createDrafts(store: Store): Drafts {
  const all = (): readonly (readonly [string, string])[] => {
    const kept = store.get(key);
    if (!Array.isArray(kept)) return [];
    return kept.filter(
      (entry): entry is [string, string] =>
        Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'string',
    );
  };
  return {
    of: (threadId) => all().find(([id]) => id === threadId)?.[1] ?? '',
    save: async (threadId, text) => {
      const others = all().filter(([id]) => id !== threadId);
      const next = text === '' ? others : [...others, [threadId, text] as const];
      await store.update(key, next.length === 0 ? undefined : next.slice(-most));
    },
  };
}
