import type { BaselineGap } from '../model/index.ts';
import type { Git } from './git.ts';
import { largestFile } from './read-file.ts';

export type Committed =
  | { readonly kind: 'file'; readonly bytes: Buffer }
  /** It is not in the commit, and git would have said if it had lain there. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly gap: BaselineGap };

/**
 * What git's own record says of a file that was clean: its content as it lay on the disk, line ends and all. `path` is
 * below `root`, with `/`.
 */
export async function committed(
  git: Git,
  root: string,
  { head, path }: { readonly head: string | null; readonly path: string },
): Promise<Committed> {
  const literal = ['--literal-pathspecs'];
  const entry =
    head === null ? null : await git(root, [...literal, 'ls-tree', '--full-tree', '-l', '-z', head, '--', path]);
  if (entry !== null && entry.exitCode !== 0) return unknown('not-kept');
  const [, mode, type, id, size] = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t/.exec(entry?.stdout ?? '') ?? [];
  if (id === undefined) {
    const ignored = await git(root, ['check-ignore', '-q', '--no-index', '--', path]);
    if (ignored.exitCode === 1) return { kind: 'none' };
    return unknown(ignored.exitCode === 0 ? 'ignored' : 'not-kept');
  }
  if (type === 'commit') return unknown('other-repository');
  if (mode === '120000') return unknown('link');
  if (type !== 'blob') return unknown('not-kept');
  if (Number(size) > largestFile) return unknown('too-large');
  // A lower-case tag or an S: git was told not to look at it, so that it need not have been clean.
  const tag = await git(root, [...literal, 'ls-files', '-v', '-z', '--', path]);
  if (tag.exitCode !== 0 || /^[a-zS] /.test(tag.stdout)) return unknown('not-kept');
  const content = await git(root, ['cat-file', '--filters', `--path=${path}`, id], {
    asBytes: true,
    maxOutput: 4 * largestFile,
  });
  if (content.exitCode !== 0) return unknown('not-kept');
  const bytes = Buffer.from(content.stdout, 'latin1');
  return bytes.length > largestFile ? unknown('too-large') : { kind: 'file', bytes };
}

const unknown = (gap: BaselineGap): Committed => ({ kind: 'unknown', gap });
