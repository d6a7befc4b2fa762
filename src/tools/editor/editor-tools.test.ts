import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Editor, EditorProblem } from '../../ports/index.ts';
import { createEditorTools } from './editor-tools.ts';

let root = '';
let cwd = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'editor-tools-')));
  cwd = join(root, 'work');
  mkdirSync(join(cwd, 'src'), { recursive: true });
  for (const name of ['work/a.ts', 'work/src/b.ts', 'secret.txt']) writeFileSync(join(root, name), 'x');
  symlinkSync(join(root, 'secret.txt'), join(cwd, 'link.txt'));
  symlinkSync(cwd, join(root, 'other-name'));
  mkdirSync(join(root, 'elsewhere'));
  symlinkSync(join(root, 'elsewhere'), join(cwd, 'linked'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const problem = (path: string, more: Partial<EditorProblem> = {}): EditorProblem => ({
  ...{ path, line: 3, column: 5, severity: 'error', message: 'No such name', source: 'ts 2304' },
  ...more,
});
const editor = (more: Partial<Editor> = {}): Editor => ({
  problems: async () => [],
  openEditors: async () => [],
  selection: async () => null,
  ...more,
});
const call = (tool: string, from: Editor | null, given: unknown = {}, folder = cwd) =>
  createEditorTools(() => from).call(folder, { tool, arguments: given });

test('problems: errors first, each with its place and who says it; of files in the folder alone', async () => {
  const from = editor({
    problems: async () => [
      problem(join(cwd, 'src/b.ts'), { severity: 'warning', message: 'two\nlines', source: '' }),
      problem(join(cwd, 'a.ts'), { line: 9 }),
      problem(join(cwd, 'a.ts')),
      problem(join(cwd, 'new.ts'), { severity: 'hint' }),
      problem(join(root, 'secret.txt')),
      problem(join(cwd, 'link.txt')),
      problem(join(cwd, 'linked/gone.txt')),
      problem(join(cwd, 'linked/gone/too.txt')),
    ],
  });
  expect(await call('editor_problems', from)).toEqual({
    success: true,
    text: [
      'a.ts:3:5 error: No such name (ts 2304)',
      'a.ts:9:5 error: No such name (ts 2304)',
      'src/b.ts:3:5 warning: two lines',
      'new.ts:3:5 hint: No such name (ts 2304)',
      '(4 of files outside this workspace are not shown.)',
    ].join('\n'),
  });
  expect((await call('editor_problems', from, { path: './src/b.ts' })).text).toBe('src/b.ts:3:5 warning: two lines');
  expect((await call('editor_problems', from, { path: '../secret.txt' })).text).toMatch(/no problems in/);
  // By another name of the same folder.
  expect((await call('editor_problems', from, { path: 'a.ts' }, join(root, 'other-name'))).text).toMatch(/^a.ts:3:5/);
});

test('what is too much is cut, and said', async () => {
  const many = editor({
    problems: async () => Array.from({ length: 450 }, (_, i) => problem(join(cwd, 'a.ts'), { line: i })),
  });
  const { text } = await call('editor_problems', many);
  expect(text.split('\n')).toHaveLength(201);
  expect(text).toMatch(/\(250 more were left out, the least severe first\.\)$/);
  const long = editor({
    selection: async () => ({
      ...{ path: join(cwd, 'a.ts'), isDirty: true },
      ...{ start: { line: 1, column: 1 }, end: { line: 900, column: 1 }, text: '𝄞'.repeat(20_000) },
    }),
  });
  const cut = (await call('editor_selection', long)).text;
  expect(Buffer.byteLength(cut)).toBeLessThan(33 * 1024);
  expect(cut).toMatch(/^a\.ts:1:1-900:1 \(unsaved changes\)\n𝄞/u);
  expect(cut).not.toContain('\uFFFD');
  expect(cut).toMatch(/\(Cut after 32768 of \d+ bytes\.\)$/);
});

test('open files: the active one and the unsaved ones are marked; others are counted', async () => {
  const from = editor({
    openEditors: async () => [
      { path: join(cwd, 'a.ts'), isActive: true, isDirty: true },
      { path: join(cwd, 'src/b.ts'), isActive: false, isDirty: false },
      { path: '/etc/hosts', isActive: false, isDirty: false },
    ],
  });
  expect((await call('editor_open_files', from)).text).toBe(
    'a.ts (active, unsaved changes)\nsrc/b.ts\n(1 of files outside this workspace are not shown.)',
  );
  expect((await call('editor_open_files', editor())).text).toBe('No file of this workspace is open.');
});

test('the selection: nothing of a file outside, neither name nor text', async () => {
  const at = { isDirty: false, start: { line: 2, column: 1 }, end: { line: 2, column: 1 } };
  const cursor = editor({ selection: async () => ({ ...at, path: join(cwd, 'a.ts'), text: '' }) });
  expect((await call('editor_selection', cursor)).text).toBe('a.ts:2:1: the cursor; nothing is selected.');
  for (const path of [join(root, 'secret.txt'), join(cwd, 'link.txt'), cwd]) {
    const outside = editor({ selection: async () => ({ ...at, path, text: 'the secret' }) });
    expect((await call('editor_selection', outside)).text).toBe(
      'The active file lies outside this workspace, so it is not shown.',
    );
  }
  expect((await call('editor_selection', editor())).text).toBe('No file is being edited.');
});

test.each([
  ['editor_write', {}, /There is no tool editor_write/],
  ['toString', {}, /There is no tool/],
  ['editor_selection', { path: 'a.ts' }, /it takes none/],
  ['editor_problems', { path: 7 }, /it takes path/],
  ['editor_problems', 'all', /it takes path/],
])('%s %j is refused with the reason', async (tool, given, words) => {
  const { success, text } = await call(tool, editor(), given);
  expect(success).toBe(false);
  expect(text).toMatch(words);
});

test('switched off, every one says so', async () => {
  for (const { name } of createEditorTools(() => null).specs) {
    expect(await call(name, null)).toEqual({ success: false, text: 'The user has switched the editor’s tools off.' });
  }
});
