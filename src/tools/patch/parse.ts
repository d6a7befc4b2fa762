import { beginMark, parseCodex } from './parse-codex.ts';
import { isUnified, parseUnified } from './parse-unified.ts';
import type { FilePatch, Parsed } from './patch.ts';
import { Malformed, quoted } from './patch.ts';

/** Longest patch, in characters. */
const longestPatch = 2_000_000;
/** Most files of one patch. */
const mostFiles = 500;

/** Reads a patch in Codex's grammar or a unified diff. Never throws. */
export function parsePatch(text: string): Parsed {
  try {
    return { ok: true, files: namedOnce(filesOf(text)) };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, problem: error.problem };
    throw error;
  }
}

function filesOf(text: string): readonly FilePatch[] {
  if (text.length > longestPatch)
    throw new Malformed(
      null,
      null,
      `The patch has ${text.length} characters, ${longestPatch} are the most. Send it in parts.`,
    );
  const { lines, first } = unwrapped(text.split('\n'));
  const [head] = lines;
  if (head === undefined) throw new Malformed(null, null, 'The patch is empty.');
  if (head.trim() === beginMark) return parseCodex(lines, first);
  if (isUnified(lines)) return parseUnified(lines, first);
  throw new Malformed(
    first,
    null,
    `a patch begins with '${beginMark}', or is a unified diff with lines '--- ' and '+++ '. This one begins with: ${quoted(head.trimEnd())}`,
  );
}

const heredoc = /^<<\s*(['"]?)EOF\1$/;

/** Without the blank lines around it, and without what models wrap it in: a here-document, a fence. */
function unwrapped(given: readonly string[]): { readonly lines: readonly string[]; readonly first: number } {
  const inner = trimmed(given, 1);
  const [head = '', tail = ''] = [inner.lines[0]?.trim(), inner.lines.at(-1)?.trim()];
  const isWrapped = (heredoc.test(head) && tail === 'EOF') || (head.startsWith('```') && tail === '```');
  return isWrapped && inner.lines.length > 1 ? trimmed(inner.lines.slice(1, -1), inner.first + 1) : inner;
}

function trimmed(
  lines: readonly string[],
  first: number,
): { readonly lines: readonly string[]; readonly first: number } {
  const isText = (line: string): boolean => line.trim() !== '';
  const from = lines.findIndex(isText);
  if (from < 0) return { lines: [], first };
  return { lines: lines.slice(from, lines.findLastIndex(isText) + 1), first: first + from };
}

/** Two parts of a patch about one file: which would be first, and against what the second was written, nobody says. */
function namedOnce(files: readonly FilePatch[]): readonly FilePatch[] {
  if (files.length > mostFiles)
    throw new Malformed(
      null,
      null,
      `The patch is about ${files.length} files, ${mostFiles} are the most. Send it in parts.`,
    );
  const named = new Map<string, number>();
  for (const file of files) {
    if (file.kind === 'update' && file.moveTo !== null && plainPath(file.path) === plainPath(file.moveTo))
      throw new Malformed(file.at, file.path, 'the file would be moved onto itself.');
    const paths = file.kind === 'update' && file.moveTo !== null ? [file.path, file.moveTo] : [file.path];
    for (const path of paths) {
      if (path.includes('\0')) throw new Malformed(file.at, null, 'a path has a NUL character.');
      const plain = plainPath(path);
      const before = named.get(plain);
      if (before !== undefined)
        throw new Malformed(
          file.at,
          path,
          `the file is named twice, first in line ${before}. Put all hunks of a file under one header.`,
        );
      named.set(plain, file.at);
    }
  }
  return files;
}

function plainPath(path: string): string {
  return path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part, index) => part !== '.' && (part !== '' || index === 0))
    .join('/');
}
