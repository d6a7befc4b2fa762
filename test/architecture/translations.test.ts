import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textsForTranslators } from './host-words.ts';
import type { Table } from './translations.ts';
import { translationProblems } from './translations.ts';

const tableOf = (path: string): Table => JSON.parse(readFileSync(join(import.meta.dirname, '../..', path), 'utf8'));
const none = new Set<string>();

test.each<[string, Table, Table, string]>([
  ['a word that is missing', { a: 'Send' }, {}, 'a: not translated'],
  ['one too many', {}, { a: 'Senden' }, 'a: no such words'],
  ['one that was forgotten', { a: 'Send' }, { a: 'Send' }, 'a: left in English'],
  ['an argument that got lost', { a: 'Exit {0}' }, { a: 'Ende' }, 'a: other arguments'],
  ['an argument that is another', { a: 'Exit {0}' }, { a: 'Ende {1}' }, 'a: other arguments'],
  ['a command that is another', { a: '[Go](command:x.y)' }, { a: '[Los](command:x.z)' }, 'a: other arguments'],
  ['a blank', { a: 'Send' }, { a: ' ' }, 'a: blank'],
  ['typewriter quotes', { a: 'The “x”' }, { a: 'Das "x"' }, 'a: typewriter quotes'],
  ['no plural forms', { a: { one: 'x', other: 'xs' } }, { a: 'y' }, 'a: plural forms in one language'],
  ['a form too few', { a: { one: 'x', other: 'xs' } }, { a: { other: 'y' } }, 'a: has the forms other; de has one'],
])('%s is found', (_, source, translated, problem) => {
  expect(translationProblems(source, translated, 'de', none)).toContainEqual(expect.stringContaining(problem));
});

test('what is the same in both has to be named', () => {
  expect(translationProblems({ a: 'Plan' }, { a: 'Plan' }, 'de', new Set(['Plan']))).toEqual([]);
  expect(translationProblems({ a: '{0} · {1}' }, { a: '{0} · {1}' }, 'de', none)).toEqual([]);
});

/** Words that are the same in German: the field's own, kept names and signs. */
const ofTheField = ['Auto', 'Chat', 'Lane', 'Plan', 'Prompt {0}', 'Proxy', 'Runtime', 'Sandbox', 'Thread', 'Transport'];
const more = ['Turns', 'Version', 'Worktree', 'API offline', 'Auto → API', 'Auto → API offline', 'Lane: {0}. {1}'];
const names = ['API', 'Codex CLI', 'Codex Doctor', 'Codex Lanes', 'Lanes for Codex', 'OpenAI API', 'PATH', 'doctor'];
const commands = ['codex app-server', 'codex exec', 'codex plugin'];
const spelledAlike = ['Alt', 'Details ({0})', 'In {0}', 'Phase {0}: {1}', 'Runtime: {0}', '{0} min {1} s', '{0} s'];
const same = new Set([...ofTheField, ...more, ...names, ...commands, ...spelledAlike]);

test('the page is German throughout', () => {
  expect(translationProblems(tableOf('webview/words/en.json'), tableOf('webview/words/de.json'), 'de', same)).toEqual(
    [],
  );
});

test('what the host says is German throughout', () => {
  const english = Object.fromEntries(textsForTranslators().map((text) => [text, text]));
  expect(translationProblems(english, tableOf('l10n/bundle.l10n.de.json'), 'de', same)).toEqual([]);
});

test('the manifest is German throughout', () => {
  expect(translationProblems(tableOf('package.nls.json'), tableOf('package.nls.de.json'), 'de', same)).toEqual([]);
});

/** Words that the glossary has another one for, and forms of address: German speaks of things, not to somebody. */
const notOurs =
  /\b(Züge?|Fäden|Faden|Spur|Gate|Quittung|Eingabeaufforderung|Arbeitsbaum|Ihre?[mnrs]?|Sie bitte|bitte)\b/;

test('the same thing has the same name everywhere', () => {
  const files = ['webview/words/de.json', 'l10n/bundle.l10n.de.json', 'package.nls.de.json'];
  const texts = files.flatMap((file) =>
    Object.values(tableOf(file)).flatMap((words) => (typeof words === 'string' ? [words] : Object.values(words))),
  );
  expect(notOurs.test('Alle Züge auflisten')).toBe(true);
  expect(texts.filter((text) => notOurs.test(text))).toEqual([]);
});

test('no word is excused that is nowhere', () => {
  const tables = [tableOf('webview/words/en.json'), tableOf('package.nls.json')].flatMap(Object.values);
  const all = new Set([...tables, ...textsForTranslators()]);
  expect([...same].filter((text) => !all.has(text))).toEqual([]);
});
