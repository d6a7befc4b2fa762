import type { ServerEnd } from '../../runtime/index.ts';

// A server outlives its turns, and a promise holds whoever waits for it: nothing of a turn may stand in these closures.

/** What becomes of the server: `end` is null while it lives. */
export function watchEnd(ended: Promise<ServerEnd>): { readonly end: ServerEnd | null } {
  const seen: { end: ServerEnd | null } = { end: null };
  void ended.then((end) => {
    seen.end = end;
  });
  return seen;
}

/** Calls `resolve` once the server is gone; it is the one of a promise, and no closure. */
export function resolveWithEnd(ended: Promise<ServerEnd>, resolve: () => void): void {
  void ended.then(() => resolve());
}
