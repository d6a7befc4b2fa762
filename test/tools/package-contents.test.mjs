import { expect, test } from 'vitest';
import { contentProblems } from './package-contents.mjs';

const manifest = {
  icon: 'media/icon.png',
  main: './dist/extension.cjs',
  bin: { 'codex-lanes': './dist/codex-lanes.cjs' },
  contributes: { walkthroughs: [{ steps: [{ media: { markdown: 'media/walkthrough/prompt.md' } }] }] },
};

const whole = [
  'package.json',
  'package.nls.json',
  'package.nls.de.json',
  'l10n/bundle.l10n.de.json',
  'readme.md',
  'changelog.md',
  'LICENSE.txt',
  'bin/codex-lanes',
  'bin/codex-lanes.cmd',
  'dist/THIRD_PARTY_NOTICES.txt',
  'dist/extension.cjs',
  'dist/core.cjs',
  'dist/page-messages.cjs',
  'dist/cli.cjs',
  'dist/codex-lanes.cjs',
  'dist/webview/main.js',
  'dist/webview/main.css',
  'dist/webview/codicon.ttf',
  'dist/webview/words/en.json',
  'dist/webview/words/de.json',
  'dist/webview/chunks/highlight-ABCD1234.js',
  'media/icon.png',
  'media/walkthrough/prompt.md',
  'media/sample-workspace/src/dates.js',
];

const problems = (paths, bytes = 10) => contentProblems(new Map(paths.map((path) => [path, bytes])), manifest);

test('a whole package has no problems', () => expect(problems(whole)).toEqual([]));

test.each([
  'node_modules/execa/index.js',
  'dist/codex',
  'bin/codex',
  'media/node_modules/x/codex.exe',
  'src/model/index.ts',
  'test/tools/check.mjs',
  'dist/extension.cjs.map',
  'dist/webview/main.js.map',
  '.env',
])('%s does not belong there', (path) => {
  expect(problems([...whole, path])).toEqual([`${path} does not belong into the package`]);
});

test.each([
  'LICENSE.txt',
  'readme.md',
  'package.nls.json',
  'package.nls.de.json',
  'l10n/bundle.l10n.de.json',
  'dist/webview/words/de.json',
  'media/icon.png',
  'media/walkthrough/prompt.md',
  'dist/page-messages.cjs',
  'dist/codex-lanes.cjs',
  'bin/codex-lanes',
])('without %s it is not whole', (path) =>
  expect(problems(whole.filter((other) => other !== path))).toEqual([`${path} is missing`]),
);

test('a file of more than a megabyte is reported', () => {
  expect(problems(whole, 1_000_001)).toHaveLength(whole.length);
});
