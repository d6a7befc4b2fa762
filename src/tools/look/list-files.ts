import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import * as z from 'zod';
import type { ToolOutcome } from '../../ports/index.ts';
import type { Tool, ToolTurn } from '../tool.ts';
import { asToolCall, said, wrongArguments } from '../tool.ts';
import type { OpenPath, OpenPlace } from './place.ts';
import { notGit, runRipgrep } from './ripgrep.ts';
import { walk } from './walk.ts';

const mostEntries = 1000;
const usualDepth = 3;
const limits = { timeoutMs: 20_000, maxOutput: 16 * 1024 * 1024 };
const walkLimits = { most: 50_000, timeMs: 5000 };

const words = {
  path: 'A folder, relative to the workspace or absolute. Default: the workspace.',
  depth: `How deep files are named one by one; deeper ones are counted. Default: ${usualDepth}.`,
};

/** What `list_files` takes. */
export const listArguments = z.strictObject({
  path: z.string().optional().describe(words.path),
  depth: z.int().min(1).max(50).optional().describe(words.depth),
});

/** Files of a folder, without what `.gitignore` leaves out. */
export function listFilesTool(turn: ToolTurn, openPlace: OpenPlace): Tool {
  return {
    spec: {
      name: 'list_files',
      description: `Lists the files below a folder, without those that .gitignore leaves out; ${mostEntries} entries at most.`,
      parameters: {
        type: 'object',
        properties: {
          path: { type: 'string', description: words.path },
          depth: { type: 'integer', minimum: 1, maximum: 50, description: words.depth },
        },
        additionalProperties: false,
      },
      parallel: true,
    },
    run: (given, call, io) =>
      asToolCall(call, given, io, async () => {
        const read = listArguments.safeParse(given);
        if (!read.success) return wrongArguments(call.name, read.error);
        const { path = '.', depth = usualDepth } = read.data;
        const opened = await openPlace(path, call, io);
        if (opened.kind === 'shut') return opened.outcome;
        const { at } = opened;
        const found = await stat(at.real).catch(() => null);
        if (found === null) return said(`${at.name}: There is no such folder.`, 'failed');
        if (!found.isDirectory()) return said(`${at.name} is a file and no folder.`, 'failed');
        return listed(await filesOf(turn, at, io.signal), at, depth);
      }),
  };
}

type Files = { readonly names: readonly string[]; readonly notes: readonly string[] };

async function filesOf(turn: ToolTurn, { real }: OpenPath, signal: AbortSignal): Promise<Files> {
  const program = await turn.ripgrep();
  if (program !== null) {
    const run = await runRipgrep(program, ['--files', '--null', notGit], real, signal, limits);
    // 1: nothing was found. 2: something could not be read, and the rest was.
    if (run.exitCode !== null || run.failure === 'too-much-output' || run.failure === 'no-answer') {
      const names = run.stdout.split('\0').slice(0, -1);
      const notes = run.failure === null ? [] : ['There are more files than could be looked at.'];
      return { names: sep === '/' ? names : names.map((name) => name.replaceAll(sep, '/')), notes };
    }
  }
  const { names, isWhole } = await walk(real, walkLimits.most, walkLimits.timeMs, signal);
  const notes = ['Without ripgrep: .gitignore is not heeded, node_modules is left out.'];
  return { names, notes: isWhole ? notes : [...notes, 'There are more files than could be looked at.'] };
}

function listed({ names, notes }: Files, { name: folder }: OpenPath, depth: number): ToolOutcome {
  if (names.length === 0) return said([`${folder}: no files.`, ...notes.map((note) => `(${note})`)].join('\n'));
  // As read_file takes them.
  const prefix = folder === '.' ? '' : `${folder}/`;
  const deeper = new Map<string, number>();
  const lines: string[] = [];
  for (const name of names) {
    const parts = name.split('/');
    if (parts.length <= depth) lines.push(prefix + name);
    else {
      const above = `${prefix}${parts.slice(0, depth).join('/')}/`;
      deeper.set(above, (deeper.get(above) ?? 0) + 1);
    }
  }
  for (const [above, count] of deeper) lines.push(`${above} (${count} ${count === 1 ? 'file' : 'files'})`);
  lines.sort();
  const left = lines.length - mostEntries;
  const cut = left <= 0 ? [] : [`${left} more entries were left out: ask for a folder of these, or less depth.`];
  const head = `${folder}: ${names.length} ${names.length === 1 ? 'file' : 'files'}`;
  return said([head, ...lines.slice(0, mostEntries), ...[...cut, ...notes].map((note) => `(${note})`)].join('\n'));
}
