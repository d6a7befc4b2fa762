import { HunkBuilder, hunkHead } from './hunk-builder.ts';
import type { FilePatch, Hunk } from './patch.ts';
import { Malformed, quoted } from './patch.ts';

/** Codex's patch grammar as the model is given it: Codex itself takes a little more, and so does this. */
export const patchGrammar = `start: begin_patch hunk+ end_patch
begin_patch: "*** Begin Patch" LF
end_patch: "*** End Patch" LF?

hunk: add_hunk | delete_hunk | update_hunk
add_hunk: "*** Add File: " filename LF add_line+
delete_hunk: "*** Delete File: " filename LF
update_hunk: "*** Update File: " filename LF change_move? change?

filename: /(.+)/
add_line: "+" /(.*)/ LF -> line

change_move: "*** Move to: " filename LF
change: (change_context | change_line)+ eof_line?
change_context: ("@@" | "@@ " /(.+)/) LF
change_line: ("+" | "-" | " ") /(.*)/ LF
eof_line: "*** End of File" LF

%import common.LF
`;

export const beginMark = '*** Begin Patch';
const endMark = '*** End Patch';
const addMark = '*** Add File:';
const deleteMark = '*** Delete File:';
const updateMark = '*** Update File:';
const moveMark = '*** Move to:';
const endOfFileMark = '*** End of File';

/** @param first the number of the first line, which is `*** Begin Patch` */
export function parseCodex(given: readonly string[], first: number): readonly FilePatch[] {
  const lines = given.map((line) => line.replace(/\r+$/, ''));
  const last = lines.at(-1) ?? '';
  if (last.trim() !== endMark || lines.length < 2)
    throw new Malformed(first + lines.length - 1, null, `the last line must be '${endMark}'. It is: ${quoted(last)}`);
  const reader = new Reader(lines.slice(0, -1), first);
  const files: FilePatch[] = [];
  for (reader.next(); reader.skipBlank(); ) files.push(fileOf(reader));
  if (files.length === 0) throw new Malformed(null, null, 'The patch names no file.');
  return files;
}

class Reader {
  readonly #lines: readonly string[];
  readonly #first: number;
  #index = 0;

  constructor(lines: readonly string[], first: number) {
    this.#lines = lines;
    this.#first = first;
  }

  get at(): number {
    return this.#first + this.#index;
  }

  /** Null = there is none any more. */
  get line(): string | null {
    return this.#lines[this.#index] ?? null;
  }

  next(): void {
    this.#index += 1;
  }

  /** False when nothing but blank lines is left. */
  skipBlank(): boolean {
    while (this.line?.trim() === '') this.next();
    return this.line !== null;
  }
}

function fileOf(reader: Reader): FilePatch {
  const { at } = reader;
  const line = (reader.line ?? '').trim();
  reader.next();
  const path = (mark: string): string => pathOf(line, mark, at);
  if (line.startsWith(addMark)) return added(reader, at, path(addMark));
  if (line.startsWith(deleteMark)) return { kind: 'delete', at, path: path(deleteMark), hunks: null };
  if (line.startsWith(updateMark)) return updated(reader, at, path(updateMark));
  throw new Malformed(
    at,
    null,
    `${quoted(line)} is not what begins a file: '${addMark} path', '${deleteMark} path' or '${updateMark} path'.`,
  );
}

function pathOf(line: string, mark: string, at: number): string {
  const path = line.slice(mark.length).trim();
  if (path === '') throw new Malformed(at, null, `'${mark}' names no file.`);
  return path;
}

function added(reader: Reader, at: number, path: string): FilePatch {
  let text = '';
  for (; reader.line?.startsWith('+'); reader.next()) text += `${reader.line.slice(1)}\n`;
  if (reader.skipBlank() && reader.line !== null && !reader.line.trim().startsWith('***'))
    throw new Malformed(
      reader.at,
      path,
      `each line of a new file begins with '+'. This one is: ${quoted(reader.line)}`,
    );
  return { kind: 'add', at, path, text, executable: false };
}

function updated(reader: Reader, at: number, path: string): FilePatch {
  const moved = reader.line?.trim().startsWith(moveMark) === true ? reader.line.trim() : null;
  const moveTo = moved === null ? null : pathOf(moved, moveMark, reader.at);
  if (moved !== null) reader.next();
  const hunks = hunksOf(reader, path);
  if (hunks.length === 0 && moveTo === null)
    throw new Malformed(at, path, 'nothing follows that is to be done to the file.');
  return { kind: 'update', at, path, moveTo, hunks };
}

function hunksOf(reader: Reader, path: string): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let hunk: HunkBuilder | null = null;
  const close = (): void => {
    if (hunk !== null) hunks.push(hunk.build());
    hunk = null;
  };
  for (let { line } = reader; line !== null; reader.next(), { line } = reader) {
    if (line.trimEnd() === endOfFileMark) {
      if (hunk === null) throw new Malformed(reader.at, path, `'${endOfFileMark}' follows no hunk.`);
      hunk.endOfFile();
      close();
      continue;
    }
    if (line.startsWith('***')) break;
    if (line.startsWith('@@')) {
      const { start, anchors } = hunkHead(line);
      if (hunk?.isEmpty === true && anchors[0] !== undefined) hunk.anchor(anchors[0]);
      else {
        close();
        hunk = new HunkBuilder(reader.at, path, start, anchors);
      }
      continue;
    }
    if (hunk === null && line.trim() === '') continue;
    hunk ??= new HunkBuilder(reader.at, path, null, []);
    hunk.take(reader.at, line);
  }
  close();
  return hunks;
}
