import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { afterEach, expect, test } from 'vitest';
import { loadStrings, stringKeys, t } from './strings.ts';

afterEach(() => loadStrings(undefined));

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
  expect([...new Set(used)].sort()).toEqual([...stringKeys].sort());
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

test('a translated table goes over the English one, arguments and gaps included', () => {
  loadStrings('{"exitCode":"Ende {0}","stop":3}');
  expect([t('exitCode', 2), t('stop'), t('warningFrom', 'a')]).toEqual(['Ende 2', 'Stop', 'a: {1}']);
  loadStrings('no JSON');
  expect(t('exitCode', 2)).toBe('exit 2');
});
