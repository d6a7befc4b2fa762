import type { BaselineGap } from '../model/index.ts';
import { largestFile } from './read-file.ts';
import type { Repository } from './repository.ts';

export type Committed =
  | { readonly kind: 'file'; readonly bytes: Buffer }
  /** It is not in the commit, and git would have said if it had lain there. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly gap: BaselineGap };

/** Most of one command line that paths take, in characters: Windows has room for 32,000. */
const longestLine = 16_000;
/** A row of `ls-files -v --stage --debug -z`: tag, id, path and the size on the disk. */
const indexRow = /([A-Za-z?]) \d+ ([0-9a-f]+) \d\t([^\0]+)\0(?: {2}(?!size)[^\n]*\n)*(?: {2}size: (\d+)\t[^\n]*\n?)?/g;
/** Contents that are asked for at the same time. */
const atOnce = 4;

/**
 * What git's own record says of files that were clean: their content as it lay on the disk, line ends and all. `paths`
 * are below the root, with `/`. A few programs for all of them, and one more for each content.
 */
export async function committed(
  repository: Repository,
  head: string | null,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Committed>> {
  if (paths.length === 0) return new Map();
  const known = new Map<string, Committed>();
  const blobs = new Map<string, string>();
  const entries = await entriesOf(repository, head, paths);
  for (const [path, entry] of entries ?? []) {
    const found = entryKind(entry);
    if (typeof found === 'object') known.set(path, found);
    else blobs.set(path, found);
  }
  const absent = entries === null ? [] : paths.filter((path) => !entries.has(path));
  for (const [path, found] of await absentOf(repository, absent)) known.set(path, found);
  const left = await withinReach(repository, blobs, known);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let item = left[next++]; item !== undefined; item = left[next++]) {
      known.set(item.path, await contentOf(repository, item));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return new Map(paths.map((path) => [path, known.get(path) ?? unknown('not-kept')]));
}

type Blob = {
  readonly path: string;
  readonly id: string;
  /** Of the content as git keeps it, in bytes. */
  readonly size: number;
  /** What the file had on the disk when git last found it clean; null = git does not say. */
  readonly onDisk: number | null;
};

/** `<mode> <type> <id>` of what is in the commit, by path; null = it can't be read. */
async function entriesOf(
  { git }: Repository,
  head: string | null,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string> | null> {
  const found = new Map<string, string>();
  for (const part of head === null ? [] : inLines(paths)) {
    const run = await git(['--literal-pathspecs', 'ls-tree', '--full-tree', '-z', head ?? '', '--', ...part]);
    if (run.exitCode !== 0) return null;
    for (const row of run.stdout.split('\0')) {
      const tab = row.indexOf('\t');
      if (tab > 0) found.set(row.slice(tab + 1), row.slice(0, tab));
    }
  }
  return found;
}

/** The id of a plain file. */
function entryKind(entry: string): string | Committed {
  const [mode, type, id] = entry.split(' ');
  if (type === 'commit') return unknown('other-repository');
  if (mode === '120000') return unknown('link');
  return type === 'blob' && id !== undefined ? id : unknown('not-kept');
}

/** What begins with a colon would be a pattern, and this command can't be told otherwise. */
const asName = (path: string): string => `./${path}`;

async function absentOf({ git }: Repository, paths: readonly string[]): Promise<ReadonlyMap<string, Committed>> {
  if (paths.length === 0) return new Map();
  const run = await git(['check-ignore', '-z', '--stdin', '--no-index'], { stdin: paths.map(asName).join('\0') });
  // 1: none of them is.
  if (run.exitCode !== 0 && run.exitCode !== 1) return new Map(paths.map((path) => [path, unknown('not-kept')]));
  const ignored = new Set(run.stdout.split('\0'));
  return new Map(paths.map((path) => [path, ignored.has(asName(path)) ? unknown('ignored') : { kind: 'none' }]));
}

/** Those whose content can be had and is what lay on the disk; of the others it goes into `known` why not. */
async function withinReach(
  { git, ownFilters }: Repository,
  blobs: ReadonlyMap<string, string>,
  known: Map<string, Committed>,
): Promise<readonly Blob[]> {
  if (blobs.size === 0) return [];
  const paths = [...blobs.keys()];
  const untouched = new Set<string>();
  const sizesOnDisk = new Map<string, number>();
  for (const part of inLines(paths)) {
    // Of a sparse checkout, what lies there now need not have lain there before.
    const sparse = ['-c', 'sparse.expectFilesOutsideOfPatterns=true'];
    const list = ['ls-files', '-v', '--stage', '--debug', '-z', '--', ...part];
    const run = await git([...sparse, '--literal-pathspecs', ...list]);
    if (run.exitCode !== 0) continue;
    const hidden = new Set<string>();
    for (const [, tag = '', id, path = '', size = '0'] of run.stdout.matchAll(indexRow)) {
      // A lower-case tag or an S: git was told not to look at it or not to have it, so that it need not have been clean.
      if (/[a-zS]/.test(tag)) hidden.add(path);
      // Of another content it tells nothing, and 0 stands for a size that git does not know.
      if (id === blobs.get(path) && size !== '0') sizesOnDisk.set(path, Number(size));
    }
    for (const path of part) if (!hidden.has(path)) untouched.add(path);
  }
  const sizes = await git(['cat-file', '--batch-check=%(objectsize)'], {
    stdin: `${[...blobs.values()].join('\n')}\n`,
  });
  const sizeOf = sizes.exitCode === 0 ? sizes.stdout.split('\n') : [];
  const filters =
    ownFilters.size === 0 ? null : await git(['check-attr', '-z', '--stdin', 'filter'], { stdin: paths.join('\0') });
  const filterOf = filters?.stdout.split('\0') ?? [];
  return [...blobs].flatMap(([path, id], index) => {
    const size = Number(sizeOf[index]);
    const filtered = filters !== null && (filters.exitCode !== 0 || ownFilters.has(filterOf[3 * index + 2] ?? ''));
    // Of a partial clone it may be at the remote.
    if (!untouched.has(path) || filtered || !Number.isInteger(size)) known.set(path, unknown('not-kept'));
    else if (size > largestFile) known.set(path, unknown('too-large'));
    else return [{ path, id, size, onDisk: sizesOnDisk.get(path) ?? null }];
    return [];
  });
}

/**
 * A file is clean whichever line ends it has, and whether a filter of the user's ran when it was written: what git would
 * write today is what lay there only where the size is that of then.
 */
async function contentOf({ git }: Repository, { path, id, size, onDisk }: Blob): Promise<Committed> {
  const contentBy = async (...args: readonly string[]): Promise<Buffer | null> => {
    const run = await git(['cat-file', ...args, id], { asBytes: true, maxOutput: 4 * largestFile });
    return run.exitCode === 0 ? Buffer.from(run.stdout, 'latin1') : null;
  };
  const written = await contentBy('--filters', `--path=${path}`);
  const bytes = written?.length === (onDisk ?? size) ? written : onDisk === size ? await contentBy('blob') : null;
  if (bytes === null) return unknown('not-kept');
  return bytes.length > largestFile ? unknown('too-large') : { kind: 'file', bytes };
}

/** In parts that a command line has room for. */
function inLines(paths: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let size = longestLine;
  for (const path of paths) {
    size += path.length + 1;
    if (size > longestLine) {
      parts.push([]);
      size = path.length + 1;
    }
    parts.at(-1)?.push(path);
  }
  return parts;
}

const unknown = (gap: BaselineGap): Committed => ({ kind: 'unknown', gap });
