import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import * as z from 'zod';
import type { Editor, EditorProblem } from '../../ports/index.ts';
import type { AppServer } from '../../runtime/index.ts';

/** What a tool hands to the model. */
export type ToolAnswer = { readonly text: string; readonly success: boolean };

const mostProblems = 200;
const mostEditors = 200;
/** Of one answer, in UTF-8 bytes: it is paid for as input of the next request. */
const mostBytes = 32 * 1024;

const none = z.strictObject({});
const ofFile = z.strictObject({ path: z.string().optional() });
const noArguments = { type: 'object', properties: {}, additionalProperties: false };

/** Names and words as the model sees them. Codex keeps them with the thread, so a name stands for what it meant at its start. */
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

/** The tools as a thread is begun with them. */
export const editorTools: NonNullable<AppServer.ThreadStartParams['dynamicTools']> = Object.entries(tools).map(
  ([name, tool]) => ({ type: 'function', name, ...tool }),
);

/** What is said of a thread that begins with them. */
export const editorToolsNotice =
  'Codex may look at the editor in this thread: problems, open files and the selection, of files in the thread’s folder alone. Each look is shown.';

/** Answers a call; says what was left out. Never rejects for the model's sake: what it asked wrongly is said to it. */
export async function callEditorTool(
  editor: Editor | null,
  cwd: string,
  call: { readonly tool: string; readonly arguments: unknown },
): Promise<ToolAnswer> {
  if (!Object.hasOwn(tools, call.tool)) return failed(`There is no tool ${call.tool.slice(0, 80)}.`);
  if (editor === null) return failed('The user has switched the editor’s tools off.');
  const inside = await insideOf(cwd);
  const given = call.arguments ?? {};
  switch (call.tool as keyof typeof tools) {
    case 'editor_problems': {
      const read = ofFile.safeParse(given);
      return read.success ? problems(editor, inside, read.data.path ?? null) : wrong(ofFile);
    }
    case 'editor_open_files':
      return none.safeParse(given).success ? openFiles(editor, inside) : wrong(none);
    case 'editor_selection':
      return none.safeParse(given).success ? selection(editor, inside) : wrong(none);
  }
}

type Inside = (path: string) => Promise<string | null>;

async function problems(editor: Editor, inside: Inside, path: string | null): Promise<ToolAnswer> {
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

async function openFiles(editor: Editor, inside: Inside): Promise<ToolAnswer> {
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

async function selection(editor: Editor, inside: Inside): Promise<ToolAnswer> {
  const selected = await editor.selection();
  if (selected === null) return said(['No file is being edited.'], []);
  const name = await inside(selected.path);
  if (name === null) return said(['The active file lies outside this workspace, so it is not shown.'], []);
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
function said(lines: readonly string[], notes: readonly string[]): ToolAnswer {
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

function failed(text: string): ToolAnswer {
  return { text, success: false };
}

function wrong(schema: typeof none | typeof ofFile): ToolAnswer {
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
