import { stat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import * as z from 'zod';
import type { ToolOutcome } from '../../ports/index.ts';
import { isSecret } from '../paths/index.ts';
import type { Tool, ToolTurn } from '../tool.ts';
import { asToolCall, said, wrongArguments } from '../tool.ts';
import type { OpenPlace } from './place.ts';
import { notGit, runRipgrep } from './ripgrep.ts';

const mostLines = 500;
/** Of one answer, in UTF-8 bytes. */
const mostBytes = 128 * 1024;
const mostContext = 10;
const limits = { timeoutMs: 30_000, maxOutput: 4 * 1024 * 1024 };

const words = {
  pattern: 'A regular expression (Rust’s syntax), of one line.',
  path: 'A folder or file, relative to the workspace or absolute. Default: the workspace.',
  glob: 'Only files that fit, as in .gitignore: *.ts, src/**, !*.test.ts.',
  ignore_case: 'Default: upper and lower case differ.',
  literal: 'The pattern is plain text.',
  context: 'Lines shown before and after each match. Default: 0.',
};

/** What `search_files` takes. */
export const searchArguments = z.strictObject({
  pattern: z.string().min(1).max(2000).describe(words.pattern),
  path: z.string().optional().describe(words.path),
  glob: z.string().min(1).max(500).optional().describe(words.glob),
  ignore_case: z.boolean().optional().describe(words.ignore_case),
  literal: z.boolean().optional().describe(words.literal),
  context: z.int().min(0).max(mostContext).optional().describe(words.context),
});

/** Lines that fit a pattern, by ripgrep. */
export function searchFilesTool(turn: ToolTurn, openPlace: OpenPlace): Tool {
  return {
    spec: {
      name: 'search_files',
      description:
        `Searches the files on disk line by line, without those that .gitignore leaves out; ${mostLines} lines at most. ` +
        'Each is path:line:text, a line of context path-line-text.',
      parameters: {
        type: 'object',
        properties: {
          pattern: { type: 'string', minLength: 1, maxLength: 2000, description: words.pattern },
          path: { type: 'string', description: words.path },
          glob: { type: 'string', minLength: 1, maxLength: 500, description: words.glob },
          ignore_case: { type: 'boolean', description: words.ignore_case },
          literal: { type: 'boolean', description: words.literal },
          context: { type: 'integer', minimum: 0, maximum: mostContext, description: words.context },
        },
        required: ['pattern'],
        additionalProperties: false,
      },
      parallel: true,
    },
    run: (given, call, io) =>
      asToolCall(call, given, io, async () => {
        const read = searchArguments.safeParse(given);
        if (!read.success) return wrongArguments(call.name, read.error);
        if (read.data.pattern.includes('\0') || read.data.glob?.includes('\0') === true)
          return said('A NUL character can’t be searched for.', 'failed');
        const opened = await openPlace(read.data.path ?? '.', call, io);
        if (opened.kind === 'shut') return opened.outcome;
        const program = await turn.ripgrep();
        if (program === null) return said('ripgrep is not on this machine, so nothing can be searched.', 'failed');
        return search(program, read.data, opened.at, io.signal);
      }),
  };
}

type Found = { readonly name: string; readonly line: number; readonly isMatch: boolean; readonly text: string };

async function search(
  program: string,
  { pattern, glob, ignore_case, literal, context = 0 }: z.infer<typeof searchArguments>,
  { kind, real, name }: { readonly kind: string; readonly real: string; readonly name: string },
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const there = await stat(real).catch(() => null);
  if (there === null) return said(`${name}: There is no such file or folder.`, 'failed');
  const isFolder = there.isDirectory();
  if (!isFolder && !there.isFile()) return said(`${name}: It is no ordinary file.`, 'failed');
  const args = [
    ...['--no-heading', '--with-filename', '--line-number', '--null', '--no-context-separator'],
    ...['--max-columns=400', '--max-columns-preview', '--max-filesize=20M'],
    ...(ignore_case === true ? ['--ignore-case'] : ['--case-sensitive']),
    ...(literal === true ? ['--fixed-strings'] : []),
    ...(context === 0 ? [] : [`--context=${context}`]),
    ...(glob === undefined ? [] : [`--glob=${glob}`]),
    ...[notGit, `--regexp=${pattern}`, '--', isFolder ? '.' : real],
  ];
  const run = await runRipgrep(program, args, isFolder ? real : dirname(real), signal, limits);
  const isCut = run.failure === 'too-much-output' || run.failure === 'no-answer';
  if (run.failure !== null && !isCut) return said(`ripgrep failed: ${run.problem ?? 'unknown'}`, 'failed');
  // 2 with output: some files could not be read.
  if (run.exitCode === 2 && run.stdout === '') return said(`ripgrep: ${run.stderr.slice(0, 2000).trim()}`, 'failed');
  const found = linesOf(run.stdout, isFolder ? (name === '.' ? '' : `${name}/`) : null, name);
  // What was asked about and allowed by name is shown; what lies in a folder by chance is not.
  const shown = kind === 'protected' ? found : found.filter((one) => !isSecret(one.name));
  const hidden = new Set(found.filter((one) => !shown.includes(one)).map((one) => one.name)).size;
  return answer(shown, hidden, isCut ? (run.problem ?? '') : null);
}

/** `prefix`: what a folder's files begin with; null = it is the one file `name`. */
function linesOf(stdout: string, prefix: string | null, name: string): readonly Found[] {
  return stdout.split('\n').flatMap((row) => {
    const [, path, line, mark, text] = /^([^\0]+)\0(\d+)([:-])(.*)$/s.exec(row) ?? [];
    if (path === undefined || text === undefined) return [];
    const own = (sep === '/' ? path : path.replaceAll(sep, '/')).replace(/^\.\//, '');
    const full = prefix === null ? name : prefix + own;
    return [{ name: full, line: Number(line), isMatch: mark === ':', text: text.replace(/\r$/, '') }];
  });
}

function answer(found: readonly Found[], hidden: number, problem: string | null): ToolOutcome {
  const notes = [
    ...(problem === null ? [] : [`Not all was searched: ${problem}. Search a smaller folder or for less.`]),
    ...(hidden === 0
      ? []
      : [
          `${hidden} ${hidden === 1 ? 'file' : 'files'} with matches may hold secrets and ${hidden === 1 ? 'is' : 'are'} not shown; read_file asks the user.`,
        ]),
  ];
  const sorted = found.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.line - b.line));
  const matches = found.filter(({ isMatch }) => isMatch).length;
  const lines: string[] = [];
  let bytes = 0;
  for (const { name, line, isMatch, text } of sorted) {
    const mark = isMatch ? ':' : '-';
    const next = `${name}${mark}${line}${mark}${text}`;
    bytes += Buffer.byteLength(next) + 1;
    if (lines.length === mostLines || bytes > mostBytes) break;
    lines.push(next);
  }
  const left = sorted.length - lines.length;
  const files = new Set(found.map(({ name }) => name)).size;
  const head =
    matches === 0
      ? 'No match.'
      : `${matches} ${matches === 1 ? 'match' : 'matches'} in ${files} ${files === 1 ? 'file' : 'files'}`;
  const cut = left === 0 ? [] : [`${left} more lines were left out.`];
  return said([head, ...lines, ...[...cut, ...notes].map((note) => `(${note})`)].join('\n'));
}
