import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Git } from './git.ts';

/** Longest difference of one file that goes into the log, in characters. The editor's own view shows any. */
const longestDiff = 256 * 1024;

/** Else git compares what it would commit: other line ends, and what the user's filters make of the file. */
const asItIs = ['-c', 'core.autocrlf=false', '-c', 'core.attributesFile='];

/** One file before and after; null = there was none. */
export type Pair = { readonly path: string; readonly before: Buffer | null; readonly after: Buffer | null };

/** Unified differences by path. Left out: what is no text, too long, or the same. */
export async function diffsOf(git: Git, pairs: readonly Pair[]): Promise<ReadonlyMap<string, string>> {
  const texts = pairs.filter(({ before, after }) => isText(before) && isText(after));
  if (texts.length === 0) return new Map();
  // Away from the repository, so that no attribute of it starts a program.
  const folder = await mkdtemp(join(tmpdir(), 'codex-lanes-diff-'));
  try {
    for (const side of ['before', 'after'] as const) {
      await mkdir(join(folder, side), { mode: 0o700 });
      for (const [index, pair] of texts.entries()) {
        const bytes = pair[side];
        if (bytes !== null) await writeFile(join(folder, side, String(index)), bytes, { mode: 0o600 });
      }
    }
    const options = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--unified=3', '--text'];
    const run = await git(folder, [...asItIs, 'diff', '--no-index', ...options, '--', 'before', 'after'], {
      // Else the end of the last line is lost.
      asBytes: true,
      // No repository above, and no attributes of the machine's.
      env: { GIT_CEILING_DIRECTORIES: dirname(folder), GIT_ATTR_NOSYSTEM: '1' },
    });
    // 1: they differ.
    if (run.exitCode !== 1) return new Map();
    return new Map(
      [...sections(Buffer.from(run.stdout, 'latin1').toString('utf8'))].flatMap(([index, hunks]) => {
        const pair = texts[index];
        return pair === undefined || hunks.length > longestDiff ? [] : [[pair.path, headed(pair, hunks)] as const];
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As git tells it: a file with a NUL at its beginning is none. */
function isText(bytes: Buffer | null): boolean {
  return bytes === null || !bytes.subarray(0, 8000).includes(0);
}

/** The hunks of each file, by its number. After a line feed a line of a hunk never begins with a letter. */
function sections(output: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const part of `\n${output}`.split('\ndiff --git ')) {
    const index = /^\S+\/(\d+) \S+\/\1\n/.exec(part)?.[1];
    const start = part.indexOf('\n@@ ');
    if (index !== undefined && start >= 0) found.set(Number(index), part.slice(start + 1));
  }
  return found;
}

function headed({ path, before, after }: Pair, hunks: string): string {
  const named = (side: string, bytes: Buffer | null): string => (bytes === null ? '/dev/null' : `${side}/${path}`);
  return `--- ${named('a', before)}\n+++ ${named('b', after)}\n${hunks}${hunks.endsWith('\n') ? '' : '\n'}`;
}
