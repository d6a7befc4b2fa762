import * as z from 'zod';
import type { ToolOutcome } from '../../ports/index.ts';
import { readReal } from '../paths/index.ts';
import type { Tool, ToolTurn } from '../tool.ts';
import { asToolCall, said, wrongArguments } from '../tool.ts';
import { imageTypeOf } from './magic.ts';
import type { OpenPath, OpenPlace } from './place.ts';

const mostLines = 2000;
/** Of one answer, in UTF-8 bytes: it is paid for as input of each further request. */
const mostBytes = 256 * 1024;
const longestLine = 2000;
/** Of a file: it is held whole, as encodings and line ends are told from all of it. */
const largest = 32 * 1024 * 1024;

const words = {
  path: 'Relative to the workspace, or absolute.',
  start: 'First line, counted from 1. Default: 1.',
  end: `Last line. Default: ${mostLines} lines from the first one.`,
};

/** What `read_file` takes. */
export const readArguments = z.strictObject({
  path: z.string().describe(words.path),
  start_line: z.int().min(1).max(10_000_000).optional().describe(words.start),
  end_line: z.int().min(1).max(10_000_000).optional().describe(words.end),
});

/** Text of a file with line numbers; what the user has not saved yet wins over what is on disk. */
export function readFileTool(turn: ToolTurn, openPlace: OpenPlace): Tool {
  return {
    spec: {
      name: 'read_file',
      description:
        `Reads a text file, at most ${mostLines} lines at once; each line begins with its number and a tab, which are no part of the file. ` +
        'Shows what the user’s editor has where it is not saved yet. For images use view_image.',
      parameters: {
        type: 'object',
        properties: {
          path: { type: 'string', description: words.path },
          start_line: { type: 'integer', minimum: 1, maximum: 10_000_000, description: words.start },
          end_line: { type: 'integer', minimum: 1, maximum: 10_000_000, description: words.end },
        },
        required: ['path'],
        additionalProperties: false,
      },
      parallel: true,
    },
    run: (given, call, io) =>
      asToolCall(call, given, io, async () => {
        const read = readArguments.safeParse(given);
        if (!read.success) return wrongArguments(call.name, read.error);
        const { path, start_line: start = 1, end_line: end } = read.data;
        if (end !== undefined && end < start) return said('end_line lies before start_line.', 'failed');
        const opened = await openPlace(path, call, io);
        return opened.kind === 'shut' ? opened.outcome : textOf(turn, opened.at, start, end);
      }),
  };
}

async function textOf(turn: ToolTurn, at: OpenPath, start: number, end: number | undefined): Promise<ToolOutcome> {
  const held = await turn.files.held(at.real);
  if (held?.isDirty === true) return numbered(at.name, held.text, ['not saved yet, as the editor has it'], start, end);
  const found = await readReal(at.real, largest);
  if (found.kind === 'refused') return said(`${at.name}: ${found.why}`, 'failed');
  const image = imageTypeOf(found.bytes);
  if (image !== null) return said(`${at.name} is an image (${image}): use view_image.`, 'failed');
  const decoded = await turn.files.decode(at.real, found.bytes);
  if (decoded === null) return said(`${at.name} is no text (${found.bytes.length} bytes).`, 'failed');
  const marks = decoded.encoding === 'utf8' ? [] : [decoded.encoding];
  return numbered(at.name, decoded.text, marks, start, end);
}

function numbered(
  name: string,
  text: string,
  marks: readonly string[],
  start: number,
  end: number | undefined,
): ToolOutcome {
  const lines = text.split(/\r\n|\r|\n/);
  // A line end at the end of the file begins no line.
  if (lines.at(-1) === '') lines.pop();
  const all = text.includes('\r\n') ? [...marks, 'CRLF line ends'] : marks;
  const about = all.length === 0 ? '' : `, ${all.join(', ')}`;
  if (lines.length === 0) return said(`${name} is empty${about}.`);
  if (start > lines.length) return said(`${name} has ${lines.length} lines; line ${start} is not there.`, 'failed');
  const wanted = Math.min(end ?? Number.POSITIVE_INFINITY, lines.length);
  const shown: string[] = [];
  let bytes = 0;
  for (const [index, line] of lines.slice(start - 1, Math.min(wanted, start - 1 + mostLines)).entries()) {
    const next = `${start + index}\t${cutLine(line)}`;
    bytes += Buffer.byteLength(next) + 1;
    if (bytes > mostBytes) break;
    shown.push(next);
  }
  const last = start + shown.length - 1;
  const head = `${name}: lines ${start}-${last} of ${lines.length}${about}`;
  const rest = last < wanted ? [`(Cut here; go on with start_line ${last + 1}.)`] : [];
  return said([head, ...shown, ...rest].join('\n'));
}

function cutLine(line: string): string {
  if (line.length <= longestLine) return line;
  return `${line.slice(0, longestLine).replace(/[\ud800-\udbff]$/, '')}… (cut: ${line.length} characters)`;
}
