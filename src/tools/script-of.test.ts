import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scriptsOf } from './script-of.ts';
import { simpleCommands } from './shell-words.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'scripts-')));
  write('package.json', JSON.stringify({ scripts }));
  write('tools/check.mjs', '1');
  write('x.sh', '#!/bin/sh\nnode tools/check.mjs\n');
  write('Makefile', 'all:\n\ttrue\n');
  write('justfile', 'all:\n  true\n');
  write('a.py', '1');
  write('sub/package.json', JSON.stringify({ scripts: { test: 'true' } }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const scripts = {
  pretest: 'npm run build',
  test: 'node tools/check.mjs && vitest run',
  build: 'tsc -p .',
  lint: 'biome check',
  loop: 'npm run loop',
  postinstall: 'node a.py',
};

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const namesOf = async (command: string, cwd = folder) => (await scriptsOf(command, cwd)).map(({ name }) => name);
const [packageTest, packageBuild] = ['package.json: test', 'package.json: build'];
const ofTest = [packageTest, packageBuild, 'tools/check.mjs'];

test.each([
  ['npm test', ofTest],
  ['npm t -- --watch', ofTest],
  ['npm run test', ofTest],
  ['npm --silent run-script test', ofTest],
  ['CI=1 env npm test 2>&1 | tail -5', ofTest],
  ['yarn test', ofTest],
  ['pnpm lint', ['package.json: lint']],
  ['pnpm run lint && yarn build', ['package.json: lint', packageBuild]],
  ['bun run build; bun a.py', [packageBuild, 'a.py']],
  ['timeout 60 npm test', ofTest],
  ['timeout -k 5s 1m nice -n 5 npm test', ofTest],
  ['env -u CI FOO=1 npm test', ofTest],
  ['sudo -u me npm test', ofTest],
  ['if true; then npm test; else npm run lint; fi', [...ofTest, 'package.json: lint']],
  ['for x in 1 2; do npm test; done', ofTest],
  ['npm -w sub test', ['sub/package.json: test']],
  ['npm run test --workspace=sub', ['sub/package.json: test']],
  ['pnpm --filter ./sub test', ['sub/package.json: test']],
  ['yarn workspace sub test', ['sub/package.json: test']],
  ['npm run gone', ['package.json: gone']],
  ['npm run loop', ['package.json: loop']],
  ['npm ci', ['package.json: postinstall', 'a.py']],
  ['npm --prefix sub test', ['sub/package.json: test']],
  ['cd sub && npm test', ['sub/package.json: test']],
  ['make', ['Makefile: (default)']],
  ['make -j4 all clean CC=gcc', ['Makefile: all', 'Makefile: clean']],
  ['just all', ['justfile: all']],
  ['./x.sh', ['x.sh', 'tools/check.mjs']],
  ['bash x.sh', ['x.sh', 'tools/check.mjs']],
  ["bash -lc 'npm run build'", [packageBuild]],
  ['. ./x.sh', ['x.sh', 'tools/check.mjs']],
  ['node --test tools/check.mjs', ['tools/check.mjs']],
  ['python3 a.py --fast', ['a.py']],
  ['npx tsx tools/check.mjs', ['tools/check.mjs']],
  ['npm exec -- tsx tools/check.mjs', ['tools/check.mjs']],
  ['ls -la; git status', []],
  ['echo "npm test"', []],
  ["echo 'a;' # npm test", []],
  ['cat x.sh', []],
  ['npm view typescript', []],
])('%s', async (command, names) => {
  expect(await namesOf(command)).toEqual(names);
});

test('the nearest package.json counts, told from where the command runs', async () => {
  mkdirSync(join(folder, 'src/deep'), { recursive: true });
  expect(await namesOf('npm run build', join(folder, 'src/deep'))).toEqual([join(folder, packageBuild)]);
});

test.each([
  ['the script', () => write('package.json', JSON.stringify({ scripts: { ...scripts, test: 'rm -rf /' } })), true],
  ['what runs before it', () => write('package.json', JSON.stringify({ scripts: { ...scripts, pretest: 'x' } })), true],
  [
    'what comes after it',
    () => write('package.json', JSON.stringify({ scripts: { ...scripts, posttest: 'x' } })),
    true,
  ],
  ['a file that it runs', () => write('tools/check.mjs', '2'), true],
  ['another script', () => write('package.json', JSON.stringify({ scripts: { ...scripts, lint: 'x' } })), false],
  ['another file', () => write('a.py', '2'), false],
])('%s changes', async (_, change, isSeen) => {
  const before = await scriptsOf('npm test', folder);
  change();
  const after = await scriptsOf('npm test', folder);
  if (isSeen) expect(after).not.toEqual(before);
  else expect(after).toEqual(before);
});

test('a package.json that is broken, huge or gone stops nothing', async () => {
  write('package.json', '{');
  expect(await namesOf('npm test')).toEqual([packageTest]);
  write('package.json', ' '.repeat(6 * 1024 * 1024));
  expect(await namesOf('npm test')).toEqual([packageTest]);
  rmSync(join(folder, 'package.json'));
  expect(await namesOf('npm run x; make -f gone')).toEqual([]);
});

test('words of a shell: quotes, lines that go on, operators, redirections', () => {
  expect(simpleCommands(`a "b c" 'd"e' f\\ g \\\n h && i|j >out 2>&1 & (k; l)`)).toEqual([
    ['a', 'b c', 'd"e', 'f g', 'h'],
    ['i'],
    ['j', '>out', '1'],
    ['k'],
    ['l'],
  ]);
  expect(simpleCommands("'open")).toEqual([['open']]);
});

// The kernel's log has no end for whoever may read it, and an environment is none that a grant is to know.
test.runIf(process.platform === 'linux')('a file of the kernel’s is not waited for, and not read', async () => {
  write('none.sh', '');
  const [empty] = await scriptsOf('bash none.sh', folder);
  const found = await scriptsOf('bash /proc/kmsg; bash /proc/self/environ', folder);
  expect(found.filter(({ digest }) => digest !== empty?.digest)).toEqual([]);
});
