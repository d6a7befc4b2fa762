export { AsyncQueue } from './async-queue.ts';
export { type Disposable, Disposables } from './disposables.ts';
export { Emitter } from './emitter.ts';
export { LfSplitter, type LfSplitterOptions, type LongLine } from './lf-splitter.ts';
export { readSse, type SseMessage } from './sse-reader.ts';
export { maskTokens } from './token-shapes.ts';
