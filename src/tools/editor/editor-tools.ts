import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import * as z from 'zod';
import type { Editor, EditorProblem, EditorTools } from '../../ports/index.ts';
import { isSecret } from '../paths/index.ts';

/** What a look hands to the model. */
export type LookAnswer = { readonly text: string; readonly success: boolean };

const mostProblems = 200;
const mostEditors = 200;
/** Of one answer, in UTF-8 bytes: it is paid for as input of the next request. */
const mostBytes = 32 * 1024;

const none = z.strictObject({});
const ofFile = z.strictObject({ path: z.string().optional() });
const noArguments = { type: 'object', properties: {}, additionalProperties: false };

/** Names and words as Codex's model sees them. Codex keeps them with the thread, so a name stands for what it meant at its start. */
const tools = {
  editor_problems: {
    description:
      'Problems (errors, warnings) that the language tools of the user’s editor show for files of this workspace. Read-only. ' +
      'With "path" (relative to the workspace), only those of that file.',
    inputSchema: { type: 'object', properties: { path: { type: 'string' } }, additionalProperties: false },
  },
  editor_open_files: {
    description: 'Files of this workspace that the user has open in the editor, and which one is active. Read-only.',
    inputSchema: noArguments,
  },
  editor_selection: {
    description: 'What the user has selected in the active editor: its file, place and text. Read-only.',
    inputSchema: noArguments,
  },
} as const;

/** For a runtime that offers our looks beside tools of its own. `editor`: null = the user has switched them off. */
export function createEditorTools(editor: () => Editor | null): EditorTools {
  return {
    offered: () => editor() !== null,
    specs: Object.entries(tools).map(([name, tool]) => ({ name, ...tool })),
    notice:
      'Codex may look at the editor in this thread: problems, open files and the selection, of files in the thread’s folder alone. Each look is shown.',
    call: async (cwd, { tool, arguments: given = {} }) => {
      if (!Object.hasOwn(tools, tool)) return failed(`There is no tool ${tool.slice(0, 80)}.`);
      const from = editor();
      if (from === null) return failed('The user has switched the editor’s tools off.');
      switch (tool as keyof typeof tools) {
        case 'editor_problems': {
          const read = ofFile.safeParse(given ?? {});
          return read.success ? lookAtProblems(from, cwd, read.data.path ?? null) : wrong(ofFile);
        }
        case 'editor_open_files':
          return none.safeParse(given ?? {}).success ? lookAtOpenFiles(from, cwd) : wrong(none);
        case 'editor_selection':
          return none.safeParse(given ?? {}).success ? lookAtSelection(from, cwd) : wrong(none);
      }
    },
  };
}

type Inside = (path: string) => Promise<string | null>;

/** Problems of files in the folder, the most severe first. `path`: of this file alone. */
export async function lookAtProblems(editor: Editor, cwd: string, path: string | null): Promise<LookAnswer> {
  const inside = await insideOf(cwd);
  const found: { readonly name: string; readonly problem: EditorProblem }[] = [];
  let outside = 0;
  for (const problem of await editor.problems()) {
    const name = await inside(problem.path);
    if (name === null) outside += 1;
    else if (path === null || name === path.replace(/^\.\//, '').replaceAll('\\', '/')) found.push({ name, problem });
  }
  const of = path === null ? '' : ` in ${path}`;
  if (found.length === 0)
    return said([`The editor shows no problems${of}.`], outsideWords(path === null ? outside : 0));
  const sorted = found.toSorted(
    (a, b) =>
      severities.indexOf(a.problem.severity) - severities.indexOf(b.problem.severity) ||
      a.name.localeCompare(b.name) ||
      a.problem.line - b.problem.line,
  );
  const lines = sorted.slice(0, mostProblems).map(({ name, problem }) => lineOf(name, problem));
  const left = found.length - lines.length;
  const notes = left === 0 ? [] : [`${left} more were left out, the least severe first.`];
  return said(lines, [...notes, ...outsideWords(path === null ? outside : 0)]);
}

const severities: readonly EditorProblem['severity'][] = ['error', 'warning', 'information', 'hint'];

function lineOf(name: string, { line, column, severity, message, source }: EditorProblem): string {
  const text = message.replace(/\s+/g, ' ').slice(0, 500);
  return `${name}:${line}:${column} ${severity}: ${text}${source === '' ? '' : ` (${source})`}`;
}

/** Files of the folder that are open. */
export async function lookAtOpenFiles(editor: Editor, cwd: string): Promise<LookAnswer> {
  const inside = await insideOf(cwd);
  const lines: string[] = [];
  let outside = 0;
  for (const { path, isActive, isDirty } of await editor.openEditors()) {
    const name = await inside(path);
    const marks = [isActive ? 'active' : '', isDirty ? 'unsaved changes' : ''].filter((mark) => mark !== '');
    if (name === null) outside += 1;
    else lines.push(marks.length === 0 ? name : `${name} (${marks.join(', ')})`);
  }
  if (lines.length === 0) return said(['No file of this workspace is open.'], outsideWords(outside));
  const left = Math.max(0, lines.length - mostEditors);
  const notes = left === 0 ? [] : [`${left} more were left out.`];
  return said(lines.slice(0, mostEditors), [...notes, ...outsideWords(outside)]);
}

/** What is selected, of a file in the folder that is not likely to hold secrets. */
export async function lookAtSelection(editor: Editor, cwd: string): Promise<LookAnswer> {
  const inside = await insideOf(cwd);
  const selected = await editor.selection();
  if (selected === null) return said(['No file is being edited.'], []);
  const name = await inside(selected.path);
  if (name === null) return said(['The active file lies outside this workspace, so it is not shown.'], []);
  if (isSecret(name)) return said([`${name} is being edited; it may hold secrets, so nothing of it is shown.`], []);
  const { start, end, text, isDirty } = selected;
  const unsaved = isDirty ? ' (unsaved changes)' : '';
  if (text === '')
    return said([`${name}:${start.line}:${start.column}${unsaved}: the cursor; nothing is selected.`], []);
  return said([`${name}:${start.line}:${start.column}-${end.line}:${end.column}${unsaved}`, text], []);
}

function outsideWords(count: number): readonly string[] {
  return count === 0 ? [] : [`${count} of files outside this workspace are not shown.`];
}

/** What is too long is cut at its end, and the notes stand behind that. */
function said(lines: readonly string[], notes: readonly string[]): LookAnswer {
  const whole = lines.join('\n');
  const bytes = Buffer.from(whole);
  const cut = bytes.length > mostBytes;
  // A character that is cut through is left out.
  const text = cut
    ? bytes
        .subarray(0, mostBytes)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')
    : whole;
  const all = cut ? [`Cut after ${mostBytes} of ${bytes.length} bytes.`, ...notes] : notes;
  return { text: [text, ...all.map((note) => `(${note})`)].join('\n'), success: true };
}

function failed(text: string): LookAnswer {
  return { text, success: false };
}

function wrong(schema: typeof none | typeof ofFile): LookAnswer {
  const names = Object.keys(schema.shape);
  return failed(`The arguments don’t fit: ${names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`}.`);
}

/** Gives a file's path within the folder, with `/`; null = it lies elsewhere, also by a link. */
async function insideOf(cwd: string): Promise<Inside> {
  const real = await realpath(cwd).catch(() => cwd);
  const known = new Map<string, string | null>();
  const look = async (path: string): Promise<string | null> => {
    if (nameIn(cwd, path) === null && nameIn(real, path) === null) return null;
    return nameIn(real, await targetOf(path));
  };
  return async (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const name = await look(path);
    known.set(path, name);
    return name;
  };
}

/** Where a path leads. Of a file that is gone, or was never saved, the nearest folder that is there decides. */
async function targetOf(path: string): Promise<string> {
  const found = await realpath(path).catch(() => null);
  const folder = dirname(path);
  return found ?? (folder === path ? path : join(await targetOf(folder), basename(path)));
}

function nameIn(folder: string, path: string): string | null {
  const name = relative(folder, path);
  const isOutside = name === '' || name === '..' || name.startsWith(`..${sep}`) || isAbsolute(name);
  return isOutside ? null : name.replaceAll(sep, '/');
}
