import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { terminalVariables } from './terminal-variables.ts';

const root = join(import.meta.dirname, '../../..');

test.each([
  ['linux', '/x/lanes', '/x/lanes/bin:'],
  ['darwin', '/x/lanes', '/x/lanes/bin:'],
  ['win32', 'C:\\x\\lanes', 'C:\\x\\lanes\\bin;'],
])('%s: the folder of the command comes first on the PATH', (platform, folder, value) => {
  expect(terminalVariables(folder, { path: '/node', platform, arch: 'x64' })).toEqual([
    { name: 'PATH', how: 'prepend', value },
    { name: 'CODEX_LANES_NODE', how: 'replace', value: '/node' },
  ]);
});

test.each(['codex-lanes', 'codex-lanes.cmd'])('%s is shipped', (file) => {
  expect(existsSync(join(root, 'bin', file))).toBe(true);
});

// An installed extension in a folder with a blank in its name; its program says what it was run by and with.
describe.skipIf(process.platform === 'win32')('the script', () => {
  let folder = '';
  beforeAll(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'codex-lanes-bin-')), 'the extension');
    mkdirSync(join(folder, 'dist'), { recursive: true });
    cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
    writeFileSync(
      join(folder, 'dist/codex-lanes.cjs'),
      'console.log(JSON.stringify([process.execPath, process.env.ELECTRON_RUN_AS_NODE ?? null, process.argv.slice(2)]))',
    );
  });
  afterAll(() => rmSync(dirname(folder), { recursive: true, force: true }));

  const run = (env: Record<string, string>) =>
    JSON.parse(execFileSync(join(folder, 'bin/codex-lanes'), ['runtime', 'a b', '--json'], { env, encoding: 'utf8' }));
  const words = ['runtime', 'a b', '--json'];

  test('it runs on the editor’s Node.js', () => {
    expect(run({ PATH: '/usr/bin:/bin', CODEX_LANES_NODE: process.execPath })).toEqual([process.execPath, '1', words]);
  });

  test('an editor that is gone leaves the Node.js on the PATH', () => {
    const bin = join(folder, 'other');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    const env = { PATH: `${bin}:/usr/bin:/bin`, CODEX_LANES_NODE: '/no/such/node' };
    expect(run(env)).toEqual([process.execPath, null, words]);
  });
});
