import { HunkBuilder, hunkHead } from './hunk-builder.ts';
import type { FilePatch, Hunk } from './patch.ts';
import { Malformed, quoted } from './patch.ts';
import { readPath, withoutPrefixes } from './unified-path.ts';

const gitMark = 'diff --git ';

export function isUnified(lines: readonly string[]): boolean {
  return lines.some((line, index) => line.startsWith(gitMark) || isNames(lines, index));
}

function isNames(lines: readonly string[], index: number): boolean {
  return lines[index]?.startsWith('--- ') === true && lines[index + 1]?.startsWith('+++ ') === true;
}

/** Reads a unified diff as git and diff write it. @param first the number of the first line */
export function parseUnified(given: readonly string[], first: number): readonly FilePatch[] {
  // A patch that was written with CRLF throughout says nothing of the line ends in the file.
  const isCrlf = given.every((line, index) => line.endsWith('\r') || index === given.length - 1);
  const lines = isCrlf ? given.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) : given;
  const files: FilePatch[] = [];
  const at = (index: number): number => first + index;
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] ?? '';
    if (line.startsWith(gitMark) || isNames(lines, index)) {
      const section = new Section(lines, index, at);
      files.push(section.read());
      index = section.end;
    } else if (line.startsWith('@@')) {
      throw new Malformed(at(index), null, "a hunk stands before the lines '--- ' and '+++ ' of its file.");
    } else if (files.length > 0 && line.trimEnd() === '--') {
      // The signature of a patch that was sent by mail: nothing follows.
      break;
    } else if (files.length === 0 || line.trim() === '' || /^(Index: |=+$)/.test(line)) {
      index += 1;
    } else {
      throw new Malformed(at(index), null, `${quoted(line)} belongs to no file.`);
    }
  }
  return files;
}

/** What git says of a file before its hunks. */
type Extended = {
  renameFrom?: string;
  renameTo?: string;
  isNew?: boolean;
  isDeleted?: boolean;
  isExecutable?: boolean;
};

/** The part of a diff that is about one file. */
class Section {
  readonly #lines: readonly string[];
  readonly #from: number;
  readonly #at: (index: number) => number;
  #index: number;

  constructor(lines: readonly string[], from: number, at: (index: number) => number) {
    this.#lines = lines;
    this.#from = from;
    this.#index = from;
    this.#at = at;
  }

  /** Index of the line after it. */
  get end(): number {
    return this.#index;
  }

  read(): FilePatch {
    const at = this.#at(this.#from);
    const isGit = this.#head().startsWith(gitMark);
    const extended = isGit ? this.#extended() : {};
    if (!isNames(this.#lines, this.#index)) return this.#withoutHunks(at, extended);
    const { before, after } = this.#names(extended);
    const hunks = this.#hunks(after ?? before ?? '');
    if (hunks.length === 0) throw new Malformed(at, after ?? before, 'no hunk follows.');
    if (before === null && after !== null) {
      return {
        kind: 'add',
        at,
        path: after,
        text: this.#whole(hunks, after),
        executable: extended.isExecutable ?? false,
      };
    }
    if (before === null) throw new Malformed(at, null, "'/dev/null' is on both sides.");
    if (after === null) return { kind: 'delete', at, path: before, hunks };
    if (before !== after && extended.renameTo === undefined)
      throw new Malformed(
        at,
        null,
        `two files are named, ${before} and ${after}. A move has the lines 'rename from' and 'rename to'.`,
      );
    return { kind: 'update', at, path: before, moveTo: before === after ? null : after, hunks };
  }

  #head(index = this.#index): string {
    return (this.#lines[index] ?? '').replace(/\r$/, '');
  }

  #extended(): Extended {
    const found: Extended = {};
    for (this.#index += 1; this.#index < this.#lines.length; this.#index += 1) {
      const line = this.#head();
      const at = this.#at(this.#index);
      const [, word = '', value = ''] =
        /^(rename from|rename to|new file mode|deleted file mode|old mode|new mode|copy from|copy to|index|similarity index|dissimilarity index) (.*)$/.exec(
          line,
        ) ?? [];
      switch (word) {
        case 'rename from':
          found.renameFrom = readPath(value, at).path;
          break;
        case 'rename to':
          found.renameTo = readPath(value, at).path;
          break;
        case 'deleted file mode':
          found.isDeleted = true;
          break;
        case 'new file mode':
          if (value !== '100644' && value !== '100755')
            throw new Malformed(at, null, `a file of mode ${quoted(value)} can't be made: only plain files can.`);
          found.isNew = true;
          found.isExecutable = value === '100755';
          break;
        case 'old mode':
        case 'new mode':
          throw new Malformed(at, null, 'the mode of a file is not changed by a patch here.');
        case 'copy from':
        case 'copy to':
          throw new Malformed(at, null, 'copies are not known here: add the new file whole.');
        case '':
          if (/^(GIT binary patch|Binary files )/.test(line))
            throw new Malformed(at, null, 'only text can be patched, and this is a binary file.');
          return found;
        default:
      }
    }
    return found;
  }

  /** A file that git tells nothing of but its name. */
  #withoutHunks(at: number, { renameFrom, renameTo, isNew, isDeleted, isExecutable }: Extended): FilePatch {
    if (renameFrom !== undefined && renameTo !== undefined)
      return { kind: 'update', at, path: renameFrom, moveTo: renameTo, hunks: [] };
    if (isNew !== true && isDeleted !== true)
      throw new Malformed(at, null, 'nothing follows that is to be done to the file.');
    const path = this.#gitPath(at);
    return isNew === true
      ? { kind: 'add', at, path, text: '', executable: isExecutable ?? false }
      : { kind: 'delete', at, path, hunks: null };
  }

  /** Of `diff --git a/x b/x`: x. */
  #gitPath(at: number): string {
    const pair = this.#head(this.#from).slice(gitMark.length);
    if (pair.startsWith('"')) {
      const first = readPath(pair, at);
      return withoutPrefixes(first.path, readPath(first.rest.trimStart(), at).path).after ?? '';
    }
    const half = (pair.length - 1) / 2;
    const { before, after } = withoutPrefixes(pair.slice(0, half), pair.slice(half + 1));
    if (!Number.isInteger(half) || before !== after || after === null || after === '')
      throw new Malformed(at, null, `it is not clear which file is meant: ${quoted(pair)}`);
    return after;
  }

  #names({ renameFrom, renameTo }: Extended): { readonly before: string | null; readonly after: string | null } {
    const side = (offset: number): string | null => {
      const at = this.#at(this.#index + offset);
      const path = readPath(this.#head(this.#index + offset).slice(4), at).path.trimEnd();
      if (path === '') throw new Malformed(at, null, 'no file is named.');
      return path === '/dev/null' ? null : path;
    };
    const { before, after } = withoutPrefixes(side(0), side(1));
    this.#index += 2;
    return renameFrom !== undefined && renameTo !== undefined && before !== null && after !== null
      ? { before: renameFrom, after: renameTo }
      : { before, after };
  }

  #hunks(path: string): readonly Hunk[] {
    const hunks: Hunk[] = [];
    while (this.#lines[this.#index]?.startsWith('@@') === true) {
      const head = this.#head();
      const at = this.#at(this.#index);
      if (head.startsWith('@@@')) throw new Malformed(at, path, 'a diff of more than two sides can’t be applied.');
      const { start, anchors, counts } = hunkHead(head);
      const from = this.#index + 1;
      // A wrong count is the usual mistake of a model: then the lines themselves say where a hunk ends.
      const end = (counts === null ? null : this.#endByCounts(from, counts)) ?? this.#endByLines(from);
      const hunk = new HunkBuilder(at, path, start, anchors);
      for (let index = from; index < end.index; index += 1) hunk.take(this.#at(index), this.#lines[index] ?? '');
      if (end.keepsBlank) hunk.keepBlank();
      hunks.push(hunk.build());
      this.#index = end.index;
      while (this.#lines[this.#index]?.trim() === '') this.#index += 1;
    }
    return hunks;
  }

  #endByCounts(
    from: number,
    counts: { readonly before: number; readonly after: number },
  ): { readonly index: number; readonly keepsBlank: boolean } | null {
    let { before, after } = counts;
    let index = from;
    for (; before > 0 || after > 0; index += 1) {
      const line = this.#lines[index];
      if (line === undefined) return null;
      const op = line === '' || line === '\r' ? ' ' : line[0];
      if (op === '\\') continue;
      if (op !== ' ' && op !== '-' && op !== '+') return null;
      if (op !== '+') before -= 1;
      if (op !== '-') after -= 1;
    }
    if (before < 0 || after < 0) return null;
    if (this.#lines[index]?.startsWith('\\') === true) index += 1;
    const next = this.#lines[index] ?? '';
    const goesOn = /^[ +-]/.test(next) && !isNames(this.#lines, index) && next.trimEnd() !== '--';
    return goesOn ? null : { index, keepsBlank: true };
  }

  #endByLines(from: number): { readonly index: number; readonly keepsBlank: boolean } {
    let index = from;
    for (; index < this.#lines.length; index += 1) {
      const line = this.#lines[index] ?? '';
      if (line.startsWith('@@') || line.startsWith(gitMark) || isNames(this.#lines, index)) break;
      if (line.trimEnd() === '--') break;
    }
    return { index, keepsBlank: false };
  }

  #whole(hunks: readonly Hunk[], path: string): string {
    const [hunk, second] = hunks;
    if (hunk === undefined || second !== undefined || hunk.lines.some(({ op }) => op !== '+'))
      throw new Malformed(
        (second ?? hunk)?.at ?? null,
        path,
        "a new file has one hunk, and each of its lines begins with '+'.",
      );
    const text = hunk.lines.map((line) => `${line.text}\n`).join('');
    return hunk.lastEnds?.after === false ? text.slice(0, -1) : text;
  }
}
