/** What the editor kept of a tab over a reload of the window. */
type SavedTab = { readonly id: string | null; readonly threadId: string | null };

/** Name of a tab's view; no other view is called so. */
export function newTabId(): string {
  return `tab-${crypto.randomUUID()}`;
}

/** The page wrote it, so any part of it may be of any shape: what is none of ours is left out, and a new thread shown. */
export function readSavedTab(state: unknown): SavedTab {
  if (typeof state !== 'object' || state === null) return { id: null, threadId: null };
  const { viewId, threadId } = state as { readonly viewId?: unknown; readonly threadId?: unknown };
  return {
    id: typeof viewId === 'string' && /^tab-[0-9a-f-]{36}$/.test(viewId) ? viewId : null,
    threadId: typeof threadId === 'string' && /^[\w-]{1,64}$/.test(threadId) ? threadId : null,
  };
}
