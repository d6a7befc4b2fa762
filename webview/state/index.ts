export type { Entry, GroupedRow } from './entries.ts';
export type { Listing } from './listing.ts';
export { type Place, placesOf, rangeOf, type Slice, samePlace, sliceAt, sliceOfText } from './places.ts';
export { type PendingSubmit, Store } from './store.ts';
export type { Hop, Waiting } from './waiting.ts';
