import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { ShortRun } from '../node/index.ts';
import { runShort } from '../node/index.ts';
import { abilitiesIn, createCliReader, neededExecWords, turnOptionWords } from './abilities.ts';
import { readModels } from './cli-models.ts';
import { binaryOfPackage } from './platform-binary.ts';
import { codexScript, programFolder } from './testing/program-folder.ts';

const answer = (stdout: string, more: Partial<ShortRun> = {}): ShortRun => ({
  exitCode: 0,
  stdout,
  stderr: '',
  failure: null,
  problem: null,
  ...more,
});
const help = (name: string): string =>
  readFileSync(new URL(`../../test/fixtures/codex-help/${name}.txt`, import.meta.url), 'utf8');
const all = { missingExecFlags: [], missingTurnOptions: [], plugin: true, appServer: true };

test.each([
  ['0.169', all],
  ['0.117', { ...all, plugin: false, missingTurnOptions: ['fork', '--worktree', '-p'] }],
])('the help of %s as it was captured', (version, expected) => {
  expect(abilitiesIn(answer(help(`${version}-codex`)), answer(help(`${version}-exec`)))).toEqual(expected);
});

test.each(neededExecWords)('a build without %s is told from one with it', (word) => {
  // Only the place where it is defined: the texts of other flags may name it.
  const without = help('0.169-exec')
    .split('\n')
    .filter((line) => !new RegExp(`^ {2,6}(-\\w, )?${word}(\\s|,|$)`).test(line))
    .join('\n');
  expect(abilitiesIn(answer(help('0.169-codex')), answer(without))?.missingExecFlags).toEqual([word]);
});

test('a word in a description is no flag and no command', () => {
  const top =
    'Usage: codex\n\nCommands:\n  exec  Run\n        plugin and more\n\nOptions:\n      --x\n          app-server\n';
  const exec = 'Usage: codex exec\n\nOptions:\n      --x  use --json with it\n          --ephemeral is not this\n';
  expect(abilitiesIn(answer(top), answer(exec))).toEqual({
    missingExecFlags: [...neededExecWords],
    missingTurnOptions: [...turnOptionWords],
    plugin: false,
    appServer: false,
  });
});

test.each([
  ['nothing', answer('')],
  ['garbage', answer('%$§ usage of this\n --json')],
  ['a usage line alone', answer('Usage: codex exec\n')],
  ['a failure', answer(help('0.169-exec'), { exitCode: 2 })],
  ['no answer', answer('', { exitCode: null, failure: 'no-answer', problem: 'no answer within 3 s' })],
])('%s instead of a help is nobody’s ability', (_name, run) => {
  expect(abilitiesIn(answer(help('0.169-codex')), run)).toBeNull();
  expect(abilitiesIn(run, answer(help('0.169-exec')))).toBeNull();
});

test('models: only what a picker shows, in its order; a bad entry is left out; noise around it does no harm', () => {
  const models = [
    { slug: 'late', visibility: 'list' },
    { slug: 'second', display_name: 'Second', description: null, visibility: 'list', priority: 2, future: {} },
    { slug: 'hidden', visibility: 'hide', priority: 0 },
    { slug: 7, visibility: 'list' },
    null,
    { slug: 'first', display_name: '', description: 'Best', visibility: 'list', priority: 1 },
    { slug: 'unlisted' },
  ];
  expect(readModels(answer(`warning\n${JSON.stringify({ models })}\nbye`))).toEqual([
    { id: 'first', label: 'first', description: 'Best' },
    { id: 'second', label: 'Second', description: '' },
    { id: 'late', label: 'late', description: '' },
  ]);
});

test.each([
  ['a failure', answer('{"models":[{"slug":"a","visibility":"list"}]}', { exitCode: 2 })],
  ['no list', answer('{"models":{}}')],
  ['half of it', answer('{"models":[{"slug":"a"')],
  ['nothing', answer('')],
])('models: %s is none', (_name, run) => expect(readModels(run)).toEqual([]));

describe.skipIf(process.platform === 'win32')('asking', () => {
  const folder = programFolder();
  const env = { PATH: process.env.PATH ?? '' };
  const speaking = (plugin: string): string =>
    `#!/bin/sh
case "$*" in
  --help) printf 'Usage: codex\\n\\nCommands:\\n  ${plugin}  x\\n\\nOptions:\\n  -h, --help\\n' ;;
  'exec --help') cat '${join(import.meta.dirname, '../../test/fixtures/codex-help/0.169-exec.txt')}' ;;
  'debug models --bundled') echo '{"models":[{"slug":"m","visibility":"list"}]}' ;;
  *) exit 9 ;;
esac
`;

  test('a build is asked once, and again when another file is in its place', async () => {
    const path = folder.file('codex', speaking('plugin'));
    const run = vi.fn(runShort);
    const read = createCliReader({ run });
    const first = await read(path, env);
    expect(first).toEqual({
      abilities: { ...all, appServer: false },
      models: [{ id: 'm', label: 'm', description: '' }],
      notes: [],
    });
    expect(await read(path, env)).toBe(first);
    expect(run).toHaveBeenCalledTimes(3);
    renameSync(folder.file('new', speaking('app-server')), path);
    expect((await read(path, env)).abilities).toMatchObject({ plugin: false, appServer: true });
    expect(run).toHaveBeenCalledTimes(6);
  });

  test.each([
    [
      'answers only its version',
      codexScript('1.0.0'),
      /^what this Codex can do is not known \(its help could not be read\)$/,
    ],
    ['hangs', '#!/bin/sh\nsleep 500\n', /^what this Codex can do is not known \(no answer within 0\.3 s\)$/],
    ['is gone', null, /^what this Codex can do is not known \(.*ENOENT/],
  ])('one that %s is a note, no failure, and is asked again', async (_name, script, note) => {
    const path = script === null ? folder.at('codex') : folder.file('codex', script);
    const run = vi.fn(runShort);
    const read = createCliReader({ run, patience: script?.includes('sleep') ? 300 : 30_000 });
    for (const calls of [3, 6]) {
      const facts = await read(path, env);
      expect(facts).toMatchObject({ abilities: null, models: [], notes: [expect.stringMatching(note)] });
      expect(run).toHaveBeenCalledTimes(calls);
    }
  });

  test('the installed Codex', async () => {
    const root = join(import.meta.dirname, '../../node_modules/@openai/codex');
    const path = (await binaryOfPackage(root, process.platform, process.arch)) ?? '';
    const facts = await createCliReader()(path, { ...env, HOME: folder.root(), CODEX_HOME: folder.root() });
    expect(facts).toMatchObject({ abilities: all, notes: [] });
    expect(facts.models.length).toBeGreaterThan(3);
    expect(facts.models).toContainEqual(expect.objectContaining({ id: 'gpt-5.5', label: 'GPT-5.5' }));
    expect(facts.models.map(({ id }) => id)).not.toContain('codex-auto-review');
  });
});
