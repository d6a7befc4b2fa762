export type { Entry, GroupedRow } from './entries.ts';
export type { Listing } from './listing.ts';
export { type Place, rangeOf, type Slice, samePlace, sliceCount, sliceOfText } from './places.ts';
export { type PendingSubmit, Store } from './store.ts';
export type { ListMoves, ThreadTool } from './thread-tool.ts';
export type { Hop, Waiting } from './waiting.ts';
