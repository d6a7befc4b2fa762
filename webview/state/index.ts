export { type Entry, type GroupedRow, sameEntry } from './entries.ts';
export type { LooseEnd } from './loose-end.ts';
export { type PendingSubmit, Store } from './store.ts';
export type { Hop, Waiting } from './waiting.ts';
