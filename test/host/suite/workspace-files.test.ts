import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfigurationTarget,
  commands,
  languages,
  Range,
  Selection,
  TextEdit,
  Uri,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import { createWorkspaceFiles } from '../../../src/host/workspace-files/index.ts';

const files = createWorkspaceFiles((path) => realpath(path), {
  path: process.execPath,
  platform: process.platform,
  arch: process.arch,
});

let folder = '';
const at = (name: string): string => join(folder, name);
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};
const onDisk = (path: string): string => readFileSync(path, 'utf8');
const show = async (path: string) => window.showTextDocument(await workspace.openTextDocument(Uri.file(path)));
const set = (section: string, name: string, value: unknown) =>
  workspace.getConfiguration(section).update(name, value, ConfigurationTarget.Global);

/** Types at the start, as a user does, and does not save. */
async function typed(path: string, text: string): Promise<void> {
  const edit = new WorkspaceEdit();
  edit.insert(Uri.file(path), (await workspace.openTextDocument(Uri.file(path))).positionAt(0), text);
  assert.ok(await workspace.applyEdit(edit));
}

describe('files as the window has them', () => {
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'window-files-')));
  });
  afterEach(async () => {
    await commands.executeCommand('workbench.action.files.saveAll');
    await commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('holds what is open, also by the name of a link; nothing else', async () => {
    const path = put('held.txt', 'one\n');
    assert.equal(await files.held(path), null);
    symlinkSync(path, at('link.txt'));
    await show(at('link.txt'));
    assert.deepEqual(await files.held(path), { text: 'one\n', isDirty: false });
    await typed(at('link.txt'), '!');
    assert.deepEqual(await files.held(path), { text: '!one\n', isDirty: true });
  });

  it('replaces and saves; the cursor beside the change stays, and it can be undone', async () => {
    const path = put('a.txt', 'one\ntwo\nthree\n');
    const editor = await show(path);
    editor.selection = new Selection(2, 3, 2, 3);
    const done = await files.replace(path, 'one\ntwo\nthree\n', 'zero\none\n2\nthree\n');
    assert.deepEqual(done, { kind: 'done', saved: true, text: 'zero\none\n2\nthree\n' });
    assert.equal(onDisk(path), 'zero\none\n2\nthree\n');
    assert.deepEqual([editor.selection.active.line, editor.selection.active.character], [3, 3]);
    await commands.executeCommand('undo');
    assert.equal(editor.document.getText(), 'one\ntwo\nthree\n');
  });

  it('leaves unsaved what was unsaved', async () => {
    const path = put('dirty.txt', 'one\n');
    await show(path);
    await typed(path, '# ');
    const done = await files.replace(path, '# one\n', '# one\ntwo\n');
    assert.deepEqual(done, { kind: 'done', saved: false, text: '# one\ntwo\n' });
    assert.equal(onDisk(path), 'one\n');
    assert.deepEqual(await files.held(path), { text: '# one\ntwo\n', isDirty: true });
  });

  it('says what was changed since it was read, and what nobody has open', async () => {
    const path = put('late.txt', 'one\n');
    await show(path);
    await typed(path, '# ');
    assert.deepEqual(await files.replace(path, 'one\n', 'two\n'), { kind: 'changed' });
    assert.equal((await files.replace(at('nowhere.txt'), '', 'x')).kind, 'refused');
  });

  it('keeps CRLF and the mark, and changes line ends where that is wanted', async () => {
    const path = put('crlf.txt', '\uFEFFone\r\ntwo\r\n');
    await show(path);
    const held = await files.held(path);
    assert.equal(held?.text, 'one\r\ntwo\r\n');
    assert.equal((await files.replace(path, 'one\r\ntwo\r\n', 'one\r\n2\r\n')).kind, 'done');
    assert.equal(onDisk(path), '\uFEFFone\r\n2\r\n');
    assert.equal((await files.replace(path, 'one\r\n2\r\n', 'one\n2\n')).kind, 'done');
    assert.equal(onDisk(path), '\uFEFFone\n2\n');
  });

  it('decodes and encodes by files.encoding, and says what an encoding can’t write', async () => {
    const path = at('umlaut.txt');
    const bytes = Uint8Array.from([0x66, 0xfc, 0x72, 0x80]);
    assert.equal(await files.decode(path, bytes), null);
    await set('files', 'encoding', 'windows1252');
    try {
      const decoded = await files.decode(path, bytes);
      assert.deepEqual(decoded, { text: 'für€', encoding: 'windows1252' });
      assert.deepEqual([...((await files.encode(path, { text: 'für€', encoding: 'windows1252' })) ?? [])], [...bytes]);
      assert.equal(await files.encode(path, { text: 'für 字', encoding: 'windows1252' }), null);
      assert.equal(await files.decode(path, Uint8Array.from([0x61, 0, 0x62])), null);
      writeFileSync(path, bytes);
      await show(path);
      assert.equal((await files.replace(path, 'für€', 'Für€')).kind, 'done');
      assert.deepEqual([...readFileSync(path)], [0x46, 0xfc, 0x72, 0x80]);
    } finally {
      await set('files', 'encoding', undefined);
    }
  });

  it('tells a marked file by its mark, and gives back its very bytes', async () => {
    for (const [encoding, mark, text] of [
      ['utf8bom', [0xef, 0xbb, 0xbf], 'für'],
      ['utf16le', [0xff, 0xfe], 'für 字'],
      ['utf16be', [0xfe, 0xff], 'für 字'],
    ] as const) {
      const body = Buffer.from(text, encoding === 'utf8bom' ? 'utf8' : 'utf16le');
      const bytes = Buffer.concat([Buffer.from(mark), encoding === 'utf16be' ? body.swap16() : body]);
      const decoded = await files.decode(at('marked.txt'), bytes);
      assert.deepEqual(decoded, { text, encoding });
      assert.deepEqual(Buffer.from((await files.encode(at('marked.txt'), { text, encoding })) ?? []), bytes);
    }
    const plain = new TextEncoder().encode('für');
    assert.deepEqual(await files.decode(at('plain.txt'), plain), { text: 'für', encoding: 'utf8' });
  });

  it('guesses where the editor is to guess', async () => {
    await set('files', 'autoGuessEncoding', true);
    try {
      // “Привет”, in windows1251.
      const bytes = Buffer.from('cff0e8e2e5f20a'.repeat(40), 'hex');
      const decoded = await files.decode(put('guess.txt', bytes), bytes);
      assert.match(decoded?.text ?? '', /^Привет\n/);
      const again = await files.encode(at('guess.txt'), decoded ?? { text: '', encoding: 'utf8' });
      assert.deepEqual(Buffer.from(again ?? []), bytes);
    } finally {
      await set('files', 'autoGuessEncoding', undefined);
    }
  });

  it('tells what a formatter made of it', async () => {
    const path = put('format.txt', 'one\n');
    const formatter = languages.registerDocumentFormattingEditProvider(
      { language: 'plaintext', scheme: 'file' },
      {
        provideDocumentFormattingEdits: (document) =>
          document.getText().includes('FORMATTED') ? [] : [TextEdit.insert(document.positionAt(0), 'FORMATTED\n')],
      },
    );
    await set('editor', 'formatOnSave', true);
    try {
      await show(path);
      const done = await files.replace(path, 'one\n', 'two\n');
      assert.deepEqual(done, { kind: 'done', saved: true, text: 'FORMATTED\ntwo\n' });
      assert.equal(onDisk(path), 'FORMATTED\ntwo\n');
    } finally {
      formatter.dispose();
      await set('editor', 'formatOnSave', undefined);
    }
  });

  it('finds its ripgrep', () => {
    const found = files.ripgrep().filter((place) => existsSync(place));
    assert.ok(found.length > 0, files.ripgrep().join('\n'));
  });
});

const cell = (source: string, more: object = {}) => ({
  cell_type: 'code',
  execution_count: 1,
  metadata: {},
  outputs: [{ name: 'stdout', output_type: 'stream', text: [`ran ${source}\n`] }],
  source: [source],
  ...more,
});
const notebook = (cells: readonly object[]): string =>
  `${JSON.stringify({ cells, metadata: { language_info: { name: 'python' } }, nbformat: 4, nbformat_minor: 2 }, null, 1)}\n`;

describe('notebooks as the window has them', () => {
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'window-notebooks-')));
  });
  afterEach(async () => {
    await commands.executeCommand('workbench.action.files.saveAll');
    await commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const open = async (cells: readonly object[]) => {
    const path = put(`n${cells.length}-${Date.now()}.ipynb`, notebook(cells));
    const document = await workspace.openNotebookDocument(Uri.file(path));
    await window.showNotebookDocument(document);
    const held = await files.held(path);
    assert.equal(held?.text, notebook(cells));
    return { path, document, before: held?.text ?? '' };
  };
  const outputs = (path: string): readonly (readonly unknown[])[] =>
    JSON.parse(onDisk(path)).cells.map((one: { outputs?: unknown[] }) => one.outputs ?? []);

  it('changes the text of one cell; every output stays', async () => {
    const cells = [cell('a = 1'), cell('b = 2')];
    const { path, document, before: text } = await open(cells);
    const done = await files.replace(path, text, notebook([cells[0] ?? {}, { ...cells[1], source: ['b = 3'] }]));
    assert.equal(done.kind, 'done');
    assert.deepEqual(
      document.getCells().map((one) => one.document.getText()),
      ['a = 1', 'b = 3'],
    );
    assert.deepEqual(
      document.getCells().map((one) => one.outputs.length),
      [1, 1],
    );
    assert.equal(document.isDirty, false);
    assert.match(onDisk(path), /b = 3/);
    assert.deepEqual(
      outputs(path).map(({ length }) => length),
      [1, 1],
    );
  });

  it('puts a cell between others, which keep their outputs', async () => {
    const cells = [cell('a = 1'), cell('b = 2')];
    const { path, document, before: text } = await open(cells);
    const next = notebook([cells[0] ?? {}, { cell_type: 'markdown', metadata: {}, source: ['# New'] }, cells[1] ?? {}]);
    assert.equal((await files.replace(path, text, next)).kind, 'done');
    assert.deepEqual(
      document.getCells().map((one) => one.document.getText()),
      ['a = 1', '# New', 'b = 2'],
    );
    assert.deepEqual(
      outputs(path).map(({ length }) => length),
      [1, 0, 1],
    );
  });

  it('sees what is not saved, and what was changed since', async () => {
    const { path, document, before: text } = await open([cell('a = 1')]);
    const edit = new WorkspaceEdit();
    const uri = document.cellAt(0).document.uri;
    edit.replace(uri, new Range(0, 0, 0, 1), 'z');
    assert.ok(await workspace.applyEdit(edit));
    const held = await files.held(path);
    assert.equal(held?.isDirty, true);
    assert.match(held?.text ?? '', /z = 1/);
    assert.deepEqual(await files.replace(path, text, text.replace('a = 1', 'c')), { kind: 'changed' });
    const done = await files.replace(path, held?.text ?? '', (held?.text ?? '').replace('z = 1', 'z = 2'));
    assert.deepEqual([done.kind, done.kind === 'done' && done.saved], ['done', false]);
    assert.equal(document.cellAt(0).document.getText(), 'z = 2');
    assert.match(onDisk(path), /a = 1/);
  });

  it('writes no outputs, and nothing beside the cells', async () => {
    const { path, before: text } = await open([cell('a = 1')]);
    assert.equal((await files.replace(path, text, text.replace('ran a', 'never ran'))).kind, 'refused');
    assert.equal(
      (await files.replace(path, text, text.replace('"nbformat_minor": 2', '"nbformat_minor": 5'))).kind,
      'refused',
    );
    assert.equal((await files.replace(path, text, '{')).kind, 'refused');
    assert.equal(onDisk(path), text);
  });
});
