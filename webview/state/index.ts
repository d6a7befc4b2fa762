export { type Entry, type GroupedRow, sameEntry } from './entries.ts';
export { type PendingSubmit, Store } from './store.ts';
export type { Hop, Waiting } from './waiting.ts';
