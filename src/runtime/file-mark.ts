import { stat } from 'node:fs/promises';

/** What tells a file from one that took its place; null = there is none. */
export async function markOf(path: string): Promise<string | null> {
  return stat(path).then(
    ({ dev, ino, size, mtimeMs }) => [dev, ino, size, mtimeMs].join(':'),
    () => null,
  );
}
