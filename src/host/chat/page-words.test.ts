import { beforeEach, expect, test, vi } from 'vitest';
import type { Uri } from 'vscode';
import type { HostLog } from '../log/index.ts';
import { readPageWords, translationFor } from './page-words.ts';

const editor = vi.hoisted(() => ({ language: 'en', file: '', text: '{}', logged: 0 }));
vi.mock('vscode', () => ({
  env: {
    get language() {
      return editor.language;
    },
  },
  Uri: { joinPath: (...parts: readonly string[]) => parts.join('/') },
  workspace: {
    fs: {
      readFile: async (file: string) => {
        editor.file = file;
        return new TextEncoder().encode(editor.text);
      },
    },
  },
}));
const log = { error: () => (editor.logged += 1) } as unknown as HostLog;
const built = 'dist/webview' as unknown as Uri;

beforeEach(() => Object.assign(editor, { language: 'en', file: '', text: '{}', logged: 0 }));

test.each([
  ['en', 'en', 'en'],
  ['en-GB', 'en', 'en-GB'],
  ['de', 'de', 'de'],
  ['de-AT', 'de', 'de-AT'],
  ['fr', 'en', 'en'],
  ['den', 'en', 'en'],
  ['qps-ploc', 'en', 'en'],
  ['', 'en', 'en'],
])('an editor in %s shows the words of %s, tagged %s', (language, words, tag) => {
  expect(translationFor(language)).toEqual({ words, tag, direction: 'ltr' });
});

test('the table of the language is read from the extension’s folder', async () => {
  Object.assign(editor, { language: 'de', text: '{"send":"Senden"}' });
  expect(await readPageWords(built, log)).toEqual({ tag: 'de', direction: 'ltr', strings: { send: 'Senden' } });
  expect([editor.file, editor.logged]).toEqual(['dist/webview/words/de.json', 0]);
});

test('a table that can’t be read is told to the log, and the page comes all the same', async () => {
  editor.text = '{';
  expect(await readPageWords(built, log)).toEqual({ tag: 'en', direction: 'ltr', strings: {} });
  expect(editor.logged).toBe(1);
});
