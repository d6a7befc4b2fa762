export { type Entry, type GroupedRow, sameEntry } from './entries.ts';
export { Store } from './store.ts';
