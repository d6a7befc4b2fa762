import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { afterEach, expect, test } from 'vitest';
import { loadStrings, t } from './strings.ts';
import { englishWords } from './testing/english.ts';

afterEach(() => loadStrings(englishWords, 'en'));

const folder = join(process.cwd(), 'webview');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|^testing|\.d\.ts$|^strings\.ts$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));

type Node = {
  readonly type: string;
  readonly value?: unknown;
  readonly name?: unknown;
  readonly callee?: unknown;
  readonly arguments?: unknown;
};

/** Every node of a syntax tree. */
function* nodes(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const part of value) yield* nodes(part);
  else if (typeof value === 'object' && value !== null) {
    if ('type' in value && typeof value.type === 'string') yield value as Node;
    for (const part of Object.values(value)) yield* nodes(part);
  }
}

const trees = sources.map(({ path, text }) => ({ path, all: [...nodes(parseSync(path, text).program)] }));

test('every key is used, and no other', () => {
  const used = trees.flatMap(({ all }) =>
    all
      .filter((node) => node.type === 'CallExpression' && (node.callee as Node).name === 't')
      .flatMap((node) => [...nodes((node.arguments as unknown[])[0])])
      .filter((node) => node.type === 'Literal')
      .map((node) => String(node.value)),
  );
  expect([...new Set(used)].sort()).toEqual(Object.keys(JSON.parse(englishWords)).sort());
});

const shown = ['title', 'placeholder', 'alt', 'aria-label', 'aria-description', 'aria-roledescription', 'label'];

test('no word stands in a view', () => {
  const literal = trees.flatMap(({ path, all }) =>
    all.flatMap((node) => {
      if (node.type === 'JSXText' && /\p{L}/u.test(String(node.value))) return [`${path}: ${node.value}`];
      const value = node.value as Node | null;
      const name = String((node.name as Node | undefined)?.name);
      const isWord = node.type === 'JSXAttribute' && shown.includes(name) && value?.type === 'Literal';
      return isWord && /\p{L}/u.test(String(value.value)) ? [`${path}: ${name}=${value.value}`] : [];
    }),
  );
  expect(literal).toEqual([]);
});

test('no text becomes markup', () => {
  const sink =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|createContextualFragment|\beval\b|new Function/;
  expect(sources.filter(({ text }) => sink.test(text)).map(({ path }) => path)).toEqual([]);
});

test('the editor’s API is taken in one file', () => {
  expect(sources.filter(({ text }) => text.includes('acquireVsCodeApi')).map(({ path }) => path)).toEqual([
    'host-link.ts',
  ]);
});

test('arguments are put in; where one is missing its place is seen', () => {
  expect([t('exitCode', '3221225786'), t('warningFrom', 'a')]).toEqual(['exit 3221225786', 'a: {1}']);
});

test('figures and plural forms are those of the language', () => {
  loadStrings('{"tooManyFiles":{"one":"{0} Datei","other":"{0} Dateien"},"askPayer":"{1} Zeilen"}', 'de-DE');
  const said = [t('tooManyFiles', 1), t('tooManyFiles', 12345), t('askPayer', 'x', 1234.5)];
  expect(said).toEqual(['1 Datei', '12.345 Dateien', '1.234,5 Zeilen']);
});

test('a word that is not there is never a blank', () => {
  loadStrings('no JSON', 'en');
  expect(t('exitCode', 'x')).toBe('exitCode');
  loadStrings(undefined, '');
  expect(t('stop')).toBe('stop');
});
