import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { codexPackage, isOlder, testedVersion } from './tested-version.ts';

const root = join(import.meta.dirname, '../..');
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));

test('package.json and its lock install the tested version', () => {
  expect(json('package.json').devDependencies[codexPackage]).toBe(testedVersion);
  expect(json('package-lock.json').packages[`node_modules/${codexPackage}`].version).toBe(testedVersion);
});

/** Files that may pin a version: what is ours and runs. Captures name the version that they were captured with. */
function* ownFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (['node_modules', 'fixtures', 'golden', 'generated'].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* ownFiles(path);
    else if (/\.(ts|tsx|mjs|cjs|json|sh|yml)$/.test(entry.name)) yield path;
  }
}

/** The version as a value of its own, or asked of a package manager. What a program printed (`codex-cli 1.2.3`) is no pin. */
const pin = new RegExp(`['"\`]${testedVersion.replaceAll('.', '\\.')}['"\`]|@openai/codex@\\d`, 'g');

test('nothing else of ours pins it', () => {
  const pinned = ['src', 'webview', 'test', 'bin', 'docs', '.github']
    .filter((folder) => readdirSync(root).includes(folder))
    .flatMap((folder) => [...ownFiles(folder)])
    .filter((path) => readFileSync(join(root, path), 'utf8').match(pin) !== null)
    .map((path) => relative('', path).split(sep).join('/'));
  expect(pinned).toEqual(['src/runtime/tested-version.ts']);
});

const parts = testedVersion.split('.').map(Number);
const [major = 0, minor = 0, patch = 0] = parts;
test.each([
  [`codex-cli ${testedVersion}`, false],
  [`codex-cli ${major}.${minor - 1}.${patch + 5}`, true],
  [`codex-cli ${major}.${minor + 1}.0`, false],
  [`codex-cli ${major}.${minor}.${patch + 1}-alpha.1`, false],
  [`codex-cli ${major + 1}.0.0`, false],
  ['codex-cli 0.9.0', true],
  ['dev build', false],
])('%s is older than the tested one: %s', (printed, older) => expect(isOlder(printed, testedVersion)).toBe(older));
