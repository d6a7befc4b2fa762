import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a walk without ripgrep leaves out: it knows no `.gitignore`. */
const leftOut = new Set(['.git', 'node_modules']);

export type Walk = { readonly names: readonly string[]; readonly isWhole: boolean };

/** Files below a folder by their paths with `/`, breadth first, links not followed, up to a number and a time in ms. */
export async function walk(folder: string, most: number, timeMs: number, signal: AbortSignal): Promise<Walk> {
  const until = performance.now() + timeMs;
  const names: string[] = [];
  const folders = [''];
  for (const at of folders) {
    signal.throwIfAborted();
    if (names.length >= most || performance.now() > until) return { names: names.slice(0, most), isWhole: false };
    for (const entry of await readdir(join(folder, at), { withFileTypes: true }).catch(() => [])) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (!entry.isDirectory()) names.push(name);
      else if (!leftOut.has(entry.name)) folders.push(name);
    }
  }
  return { names: names.slice(0, most), isWhole: names.length <= most };
}
