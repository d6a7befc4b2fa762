import { beforeEach, expect, test, vi } from 'vitest';
import { editedFile, insertText, openCode, registerOutputs, showOutput } from './editor-text.ts';

type Editor = {
  readonly document: { readonly uri: { readonly scheme: string; readonly path: string } };
  readonly selections: readonly string[];
  readonly viewColumn: number;
  readonly edit: (write: (edit: { replace: (at: string, text: string) => void }) => void) => Promise<boolean>;
};
type Fake = {
  activeTextEditor: Editor | undefined;
  visibleTextEditors: readonly Editor[];
  readonly said: string[];
  readonly shown: unknown[];
  readonly written: string[];
  provide: (uri: { path: string }) => string;
};

const fake = vi.hoisted(
  (): Fake => ({
    activeTextEditor: undefined,
    visibleTextEditors: [],
    said: [],
    shown: [],
    written: [],
    provide: () => '',
  }),
);
vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  languages: { getLanguages: async () => ['typescript'] },
  Uri: { from: (parts: object) => parts },
  ViewColumn: { Active: -1 },
  window: {
    get activeTextEditor() {
      return fake.activeTextEditor;
    },
    get visibleTextEditors() {
      return fake.visibleTextEditors;
    },
    showWarningMessage: async (text: string) => void fake.said.push(text),
    showTextDocument: async (document: unknown) => void fake.shown.push(document),
  },
  workspace: {
    registerTextDocumentContentProvider: (
      _scheme: string,
      provider: { provideTextDocumentContent: (uri: { path: string }) => string },
    ) => {
      fake.provide = provider.provideTextDocumentContent;
    },
    openTextDocument: async (what: unknown) => what,
  },
}));

const editorOf = (path: string, { scheme = 'file', writable = true } = {}): Editor => ({
  document: { uri: { scheme, path } },
  selections: ['first', 'second'],
  viewColumn: 2,
  edit: async (write) => {
    write({ replace: (at, text) => fake.written.push(`${at}: ${text}`) });
    return writable;
  },
});

beforeEach(() => {
  fake.activeTextEditor = undefined;
  fake.visibleTextEditors = [];
  for (const list of [fake.said, fake.shown, fake.written]) list.length = 0;
});

test('code goes in place of every selection of the file that is being edited', async () => {
  const editor = editorOf('/w/dates.ts');
  fake.activeTextEditor = editor;
  expect(editedFile()).toBe('dates.ts');
  await insertText('x');
  expect(fake.written).toEqual(['first: x', 'second: x']);
  expect(fake.shown).toEqual([editor.document]);
});

test('the only file in sight is taken where none is active, and of several none', async () => {
  fake.activeTextEditor = editorOf('/log', { scheme: 'output' });
  fake.visibleTextEditors = [editorOf('/w/a.ts'), editorOf('/log', { scheme: 'output' })];
  expect(editedFile()).toBe('a.ts');
  fake.visibleTextEditors = [editorOf('/w/a.ts'), editorOf('/w/b.ts')];
  expect(editedFile()).toBeNull();
  await insertText('x');
  expect(fake.written).toEqual([]);
  expect(fake.said).toHaveLength(1);
});

test('a file that can not be changed is said', async () => {
  fake.activeTextEditor = editorOf('/w/a.ts', { writable: false });
  await insertText('x');
  expect(fake.said).toHaveLength(1);
  expect(fake.shown).toEqual([]);
});

test('code opens as a new file in its language, output as a document to read', async () => {
  await openCode('const a = 1;', 'ts');
  await openCode('x', 'klingon');
  registerOutputs();
  await showOutput('all of it', null);
  expect(fake.shown).toEqual([
    { content: 'const a = 1;', language: 'typescript' },
    { content: 'x' },
    { scheme: 'codex-lanes-output', path: '/Output 1.log' },
  ]);
  expect(fake.provide({ path: '/Output 1.log' })).toBe('all of it');
  expect(fake.provide({ path: '/Output 99.log' })).toContain('not kept any longer');
});
