import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { BinaryProblem } from '../model/index.ts';
import { listProcesses } from '../node/index.ts';
import type { DiscoveryInputs } from './candidates.ts';
import { listCandidates } from './candidates.ts';
import { discoverCodex } from './discover.ts';
import { codexScript, noPlaces, programFolder } from './testing/program-folder.ts';

describe.skipIf(process.platform === 'win32')('on a real disk', () => {
  const folder = programFolder();
  const look = (more: Partial<DiscoveryInputs>) => discoverCodex({ ...noPlaces, ...more });
  const setting = (path: string) => ({ value: path, source: 'codexLanes.codex.path' });

  type Row = readonly [name: string, make: () => string, problem: BinaryProblem, detail: string | RegExp];
  const rows: readonly Row[] = [
    ['nothing there', () => '/nowhere/codex', 'not-found', '/nowhere/codex (codexLanes.codex.path) does not exist'],
    ['a file in the way of its folder', () => folder.file('f', '') && folder.at('f/codex'), 'not-found', /not exist$/],
    ['a relative path', () => 'bin/codex', 'not-found', /is not an absolute path$/],
    ['a link to nothing', () => linked('gone'), 'not-found', /does not exist$/],
    ['a folder', () => made('codex'), 'is-folder', /is a folder, not a program$/],
    ['a link to a folder', () => linked(made('codex')), 'is-folder', /is a folder, not a program$/],
    [
      'a file without the x bit',
      () => folder.file('codex', 'text', 0o644),
      'not-executable',
      /not an executable file$/,
    ],
    ['an empty file', () => folder.file('codex', ''), 'not-codex', /answered --version with nothing$/],
    // The system has a shell read it, as any shell would.
    ['bytes that are no program', () => folder.file('codex', '\u007fELF\0'), 'not-codex', /exit code \d+/],
    ['a script without its interpreter', () => folder.file('codex', '#!/no/sh\n'), 'not-executable', /be started/],
    ['a failure', () => script('echo "no way" >&2; exit 3'), 'not-codex', /exit code 3 and "no way"$/],
    ['a failure without a word', () => script('exit 1'), 'not-codex', /exit code 1 and nothing$/],
    ['a crash', () => script('kill -SEGV $$'), 'not-codex', /SIGSEGV/],
    ['silence', () => script('exit 0'), 'not-codex', /is not Codex: it answered --version with nothing$/],
    ['another program', () => script('echo git version 2.39'), 'not-codex', /with "git version 2.39"$/],
    ['a version without a name', () => script('echo 1.2.3'), 'not-codex', /with "1.2.3"$/],
    [
      'garbage',
      () => script(String.raw`printf 'a\033[2Jb\007\342\200\256c%0200d' 7`),
      'not-codex',
      /with "a\\u\{1b\}\[2Jb\\u\{7 202e\}c0+…"$/,
    ],
    [
      'a key in its output',
      () => script(`echo s${'k-'}abcdefghijklmnop1234`),
      'not-codex',
      /with "\[redacted:api-key\]"/,
    ],
    [
      'a flood',
      () => script('while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done'),
      'not-codex',
      /printed too much$/,
    ],
    ['no answer', () => script('sleep 500'), 'no-answer', /did not answer --version: no answer within 0.5 s$/],
    ['a launcher alone', () => launcher(), 'incomplete', /platform package is missing; reinstall @openai\/codex$/],
  ];
  const script = (lines: string): string => folder.file('codex', `#!/bin/sh\n${lines}\n`);
  const made = (name: string): string => {
    mkdirSync(folder.at(name));
    return folder.at(name);
  };
  const linked = (to: string): string => {
    symlinkSync(to, folder.at('link'));
    return folder.at('link');
  };
  const launcher = (): string => {
    folder.file('lib/node_modules/@openai/codex/package.json', '{"name":"@openai/codex"}');
    return folder.file('lib/node_modules/@openai/codex/bin/codex.js', '#!/usr/bin/env node\n');
  };

  test.each(rows)('%s is named, and nothing else is tried', async (name, make, problem, detail) => {
    // The flood needs its time to reach the limit on a busy machine.
    const patience = name === 'no answer' ? 500 : 30_000;
    folder.file('path/codex', codexScript('9.9.9'));
    const named = { setting: setting(make()), env: { PATH: `${folder.at('path')}:/usr/bin:/bin` } };
    const fact = await look({ ...named, versionPatience: patience });
    expect(fact).toMatchObject({ kind: 'missing', problem });
    if (fact.kind !== 'missing') return;
    expect(fact.detail).toMatch(detail);
    expect(fact.detail.length).toBeLessThan(400);
  });

  test.each([['codex-cli 0.169.0'], ['codex-cli 0.200.0-alpha.3 (abc)'], ['codex 1.0.0'], ['codex-exec 0.20.0']])(
    '%s is taken as printed, also behind a word of a wrapper',
    async (line) => {
      const path = folder.file('codex', `#!/bin/sh\necho welcome\necho '${line}'\necho bye\n`);
      expect(await look({ setting: setting(path) })).toMatchObject({
        identity: { path, source: 'setting', version: line },
      });
    },
  );

  test('a program that hangs is gone with what it started', async () => {
    const note = folder.at('pid');
    const path = folder.file('codex', `#!/bin/sh\nsleep 500 & echo $! >${note}.new; mv ${note}.new ${note}; wait\n`);
    const asked = look({ setting: setting(path), env: { PATH: process.env.PATH }, versionPatience: 2000 });
    await vi.waitFor(() => expect(existsSync(note)).toBe(true), { timeout: 10_000 });
    expect(await asked).toMatchObject({ problem: 'no-answer' });
    const pid = Number(readFileSync(note, 'utf8'));
    expect(listProcesses().some((row) => row.pid === pid)).toBe(false);
  });

  test('the program sees no secret of the environment', async () => {
    const path = folder.file('codex', '#!/bin/sh\nenv >"$HOME/seen"\necho codex-cli 1.0.0\n');
    const env = {
      PATH: process.env.PATH,
      HOME: folder.root(),
      CODEX_API_KEY: 'planted-key-one',
      OPENAI_API_KEY: 'planted-key-two',
      MY_TOKEN: 'planted-token',
    };
    await look({ setting: setting(path), env });
    const seen = readFileSync(folder.at('seen'), 'utf8');
    expect(seen).toContain('HOME=');
    expect(seen).not.toMatch(/planted/);
  });

  test('one that is replaced while it is asked is asked again', async () => {
    folder.file('next', codexScript('2.0.0'));
    const path = folder.file('codex', `#!/bin/sh\nmv "${folder.at('next')}" "$0"\necho codex-cli 1.0.0\n`);
    const fact = await look({ setting: setting(path), env: { PATH: process.env.PATH } });
    expect(fact).toMatchObject({ identity: { version: 'codex-cli 2.0.0' } });
  });

  test('one that takes itself away is not found', async () => {
    const path = folder.file('codex', `#!/bin/sh\nrm "$0"\necho codex-cli 1.0.0\n`);
    const fact = await look({ setting: setting(path), env: { PATH: process.env.PATH } });
    expect(fact).toMatchObject({ problem: 'not-found', detail: expect.stringContaining('does not exist any more') });
  });

  test('the order: setting, env, managed, login-shell PATH, PATH', async () => {
    const place = 'data/codex/node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex';
    folder.file(place, codexScript('3.0.0'));
    for (const [path, version] of [
      ['setting/codex', '1.0.0'],
      ['env/codex', '2.0.0'],
      ['shell/codex', '4.0.0'],
      ['path/codex', '5.0.0'],
    ] as const) {
      folder.file(path, codexScript(version));
    }
    const all: Partial<DiscoveryInputs> = {
      setting: setting(folder.at('setting/codex')),
      env: { HOME: folder.root(), CODEX_CLI_PATH: '~/env/codex', PATH: `relative:${folder.at('path')}` },
      dataHome: folder.at('data'),
      loginShellPath: async () => folder.at('shell'),
    };
    const candidates = await listCandidates({ ...noPlaces, ...all });
    expect(candidates.map(({ source, input, outcome }) => [source, input, outcome])).toMatchObject([
      ['setting', 'codexLanes.codex.path', { identity: { version: 'codex-cli 1.0.0' } }],
      ['env', 'CODEX_CLI_PATH', { identity: { version: 'codex-cli 2.0.0', path: folder.at('env/codex') } }],
      ['managed', 'managed', { identity: { version: 'codex-cli 3.0.0' } }],
      ['system-path', 'login-shell PATH', { identity: { version: 'codex-cli 4.0.0' } }],
      ['system-path', 'PATH', { identity: { version: 'codex-cli 5.0.0' } }],
    ]);
    const bare = { ...all, setting: null, env: { PATH: folder.at('path') } };
    const found = async (inputs: Partial<DiscoveryInputs>) => {
      const fact = await look(inputs);
      return fact.kind === 'found' ? fact.identity : fact;
    };
    expect(await found(all)).toMatchObject({ source: 'setting' });
    expect(await found({ ...all, setting: null })).toMatchObject({ source: 'env' });
    expect(await found(bare)).toMatchObject({ source: 'managed', path: folder.at(place) });
    expect(await found({ ...bare, dataHome: null })).toMatchObject({ path: folder.at('shell/codex') });
    expect(await found({ ...bare, dataHome: null, loginShellPath: async () => null })).toMatchObject({
      path: folder.at('path/codex'),
    });
    expect(await found({})).toEqual({
      kind: 'missing',
      problem: 'not-found',
      detail: 'No program named codex was found on PATH',
    });
  });

  test('on PATH the unusable ones are passed over and named; a project’s own is never taken; a twin comes once', async () => {
    const broken = folder.file('a/codex', '#!/bin/sh\nexit 1\n');
    mkdirSync(folder.at('b/codex'), { recursive: true });
    symlinkSync(folder.at('a'), folder.at('twin'));
    folder.file('p/node_modules/.bin/codex', codexScript('6.6.6'));
    const path = ['p/node_modules/.bin', 'a', 'twin', 'b'].map(folder.at).join(':');
    expect(await look({ env: { PATH: path } })).toEqual({
      kind: 'missing',
      problem: 'not-codex',
      detail: `${broken} answered --version with exit code 1 and nothing; ${folder.at('b/codex')} is a folder, not a program`,
    });
    const good = folder.file('c/codex', codexScript('2.0.0'));
    const more = { ...noPlaces, env: { PATH: `${path}:${folder.at('c')}` } };
    expect(await discoverCodex(more)).toMatchObject({ identity: { path: good, source: 'system-path' } });
    const listed = await listCandidates(more);
    expect(listed.map(({ outcome }) => (outcome.kind === 'usable' ? 'usable' : outcome.problem))).toEqual([
      'not-codex',
      'is-folder',
      'usable',
    ]);
  });

  test('a managed installation without its program is named, and what lies further up is not ours', async () => {
    folder.file('data/codex/node_modules/@openai/codex/package.json', '{"name":"@openai/codex"}');
    folder.file('data/codex/node_modules/@openai/codex/bin/codex.js', '#!/usr/bin/env node\n');
    const dataHome = folder.at('data');
    expect(await look({ dataHome })).toMatchObject({ problem: 'incomplete' });
    const [listed] = await listCandidates({ ...noPlaces, dataHome });
    expect(listed).toMatchObject({ source: 'managed', outcome: { problem: 'incomplete' } });
  });

  test('on Windows a shim that is named leads to the program behind it', async () => {
    const text = '"%_prog%"  "%dp0%\\node_modules\\@openai\\codex\\bin\\codex.js" %*\r\n';
    const shim = folder.file('npm/codex.cmd', text, 0o644);
    const named = { setting: setting(shim), platform: 'win32', arch: 'x64' } as const;
    expect(await look(named)).toMatchObject({ problem: 'incomplete', detail: expect.stringContaining(shim) });
    folder.file('npm/node_modules/@openai/codex/package.json', '{"name":"@openai/codex"}');
    const place = 'npm/node_modules/@openai/codex-win32-x64/vendor/x86_64-pc-windows-msvc/bin/codex.exe';
    const path = folder.file(place, codexScript('4.0.0'));
    expect(await look(named)).toMatchObject({ identity: { path, source: 'setting', version: 'codex-cli 4.0.0' } });
  });
});
