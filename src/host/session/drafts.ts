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
  /** Gives a draft another name; false = there is none. */
  readonly move: (from: string, to: string) => Promise<boolean>;
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
  const of = (threadId: string) => all().find(([id]) => id === threadId)?.[1] ?? '';
  const put = async (gone: readonly string[], threadId: string, text: string) => {
    const others = all().filter(([id]) => id !== threadId && !gone.includes(id));
    const next = text === '' ? others : [...others, [threadId, text] as const];
    await store.update(key, next.length === 0 ? undefined : next.slice(-most));
  };
  return {
    of,
    save: (threadId, text) => put([], threadId, text),
    move: async (from, to) => {
      const text = of(from);
      if (text === '') return false;
      await put([from], to, text);
      return true;
    },
  };
}
