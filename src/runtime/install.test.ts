import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { InstallOutcome, InstallProgress } from '../model/index.ts';
import { acquireLock, listProcesses, systemClock } from '../node/index.ts';
import type { InstallInputs } from './install.ts';
import { installCodex, npmFailure } from './install.ts';
import { npmBeside } from './npm.ts';
import { codexPackage, testedVersion } from './tested-version.ts';
import { codexScript, programFolder } from './testing/program-folder.ts';

describe.skipIf(process.platform === 'win32')('with an npm of the test', () => {
  const folder = programFolder();
  const program = 'node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex';
  const machine = { platform: 'linux', arch: 'x64' } as const;

  /** An npm that does `lines`, with the prefix in $prefix, after it has noted its arguments and its environment. */
  const npm = (lines: string): void => {
    folder.file(
      'bin/npm',
      `#!/bin/sh
if [ "$1" = --version ]; then echo 11.9.9; exit 0; fi
env >'${folder.at('env')}'; echo "$@" >'${folder.at('args')}'
prefix="$3"
${lines}
`,
    );
  };
  const places = (version: string): string => `
mkdir -p "$prefix/${program}"; rmdir "$prefix/${program}"
mkdir -p "$prefix/node_modules/@openai/codex"; echo '{"name":"@openai/codex"}' >"$prefix/node_modules/@openai/codex/package.json"
cat >"$prefix/${program}" <<'END'
${codexScript(version)}END
chmod +x "$prefix/${program}"`;
  const progress: InstallProgress[] = [];
  const run = (more: Partial<InstallInputs> = {}): Promise<InstallOutcome> => {
    progress.length = 0;
    return installCodex({
      dataHome: folder.at('data'),
      env: { PATH: [folder.at('bin'), '/usr/bin', '/bin'].join(delimiter), HOME: folder.root() },
      clock: systemClock,
      onProgress: (step) => progress.push(step),
      signal: new AbortController().signal,
      loginShellPath: async () => null,
      ...machine,
      ...more,
    });
  };
  const inData = (): readonly string[] => readdirSync(folder.at('data')).toSorted();
  const running = (pid: number): boolean => listProcesses().some((row) => row.pid === pid);
  const outcomeOfOld = (): string => readFileSync(folder.at(`data/codex/${program}`), 'utf8');

  test('the tested version comes into the data home, with its progress; nothing else is left', async () => {
    npm(`echo 'npm http fetch GET 200 https://me:pw@registry.example/codex 12ms' >&2; echo; echo 'added 2 packages'
${places(testedVersion)}`);
    const path = folder.at(`data/codex/${program}`);
    expect(await run()).toEqual({
      kind: 'installed',
      identity: { path, source: 'managed', version: `codex-cli ${testedVersion}` },
    });
    expect(existsSync(path)).toBe(true);
    expect(inData()).toEqual(['codex']);
    expect(progress.map(({ step }) => step).filter((step, i, all) => step !== all[i - 1])).toEqual([
      'checking-npm',
      'installing',
      'verifying',
    ]);
    const said = progress.map(({ detail }) => detail);
    expect(said).toContain('npm 11.9.9');
    expect(said).toContain('fetch GET 200 https://registry.example/codex 12ms');
    expect(said).toContain('added 2 packages');
    const args = readFileSync(folder.at('args'), 'utf8').trim().split(' ');
    expect(args.at(-1)).toBe(`${codexPackage}@${testedVersion}`);
    expect(args).toEqual(expect.arrayContaining(['install', '--ignore-scripts', '--no-save', '--global=false']));
  });

  test('a silent npm gives a sign of life each second', async () => {
    const clock = { at: 0, beat: (): void => undefined };
    const go = folder.at('go');
    npm(`echo quiet; while [ ! -e '${go}' ]; do sleep 0.01; done; exit 1`);
    const done = run({
      clock: {
        now: () => 0,
        monotonic: () => clock.at,
        after: (_ms, call) => {
          clock.beat = call;
          return () => undefined;
        },
      },
    });
    await vi.waitFor(() => expect(progress.at(-1)?.detail).toBe('quiet'), { timeout: 10_000 });
    clock.at = 12_500;
    clock.beat();
    expect(progress.at(-1)).toEqual({ step: 'installing', detail: 'quiet (12 s)' });
    mkdirSync(go);
    expect(await done).toMatchObject({ kind: 'failed' });
  });

  test('npm sees its own configuration and the whole PATH, and no key', async () => {
    npm('exit 1');
    const env = {
      PATH: `${folder.at('bin')}:/usr/bin:/bin`,
      HOME: folder.root(),
      npm_config_registry: 'http://r',
      CODEX_API_KEY: 'plant-1',
      OPENAI_API_KEY: 'plant-2',
      OTHER_TOKEN: 'plant-3',
    };
    await run({ env, loginShellPath: async () => '/shell/bin' });
    const seen = readFileSync(folder.at('env'), 'utf8');
    expect(seen).toContain('npm_config_registry=http://r\n');
    expect(seen).toContain(`PATH=/shell/bin:${env.PATH}\n`);
    expect(seen).not.toContain('plant-');
  });

  test('npm that only the login shell knows is found', async () => {
    npm(places(testedVersion));
    const found = await run({ env: { PATH: '/usr/bin:/bin' }, loginShellPath: async () => folder.at('bin') });
    expect(found).toMatchObject({ kind: 'installed' });
  });

  test('no npm is said, with what helps', async () => {
    expect(await run({ env: { PATH: folder.at('nothing') } })).toEqual({
      kind: 'failed',
      why: 'npm was not found',
      hint: expect.stringMatching(/Node\.js.*Use This Binary/),
    });
    folder.file('bin/npm', '#!/bin/sh\necho "env: node: No such file" >&2; exit 127\n');
    // Not the machine's own, which would be the next to try.
    expect(await run({ env: { PATH: folder.at('bin') } })).toMatchObject({
      why: expect.stringMatching(/npm does not work \(exit code 127, "env: node: No/),
    });
    expect(inData()).toEqual([]);
  });

  test.each([
    ['npm fails', "echo 'npm error code ENOSPC' >&2; exit 1", /^npm failed \(ENOSPC\)/, /disk space/],
    ['npm is killed', 'kill -9 $$', /^npm was ended by SIGKILL/, /terminal/],
    ['nothing was installed', 'exit 0', /no Codex for linux-x64/, /optional packages/],
    ['another version came', places('0.1.0'), /installed codex-cli 0\.1\.0 instead of/, /registry/],
    ['it does not start', places('x').replace('codex-cli x', 'boom'), /is not Codex.*"boom"/, /again/],
  ])('%s: it is named, nothing is left and the earlier installation lives', async (_name, lines, why, hint) => {
    folder.file(`data/codex/${program}`, codexScript('0.0.9'));
    npm(`mkdir -p "$prefix/half"\n${lines}`);
    expect(await run()).toEqual({
      kind: 'failed',
      why: expect.stringMatching(why),
      hint: expect.stringMatching(hint),
    });
    expect(inData()).toEqual(['codex']);
    expect(outcomeOfOld()).toBe(codexScript('0.0.9'));
  });

  test('an earlier installation is replaced; what a crash left is taken away', async () => {
    folder.file(`data/codex/${program}`, codexScript('0.0.9'));
    folder.file('data/codex/old-file', '');
    folder.file('data/codex.new-crash/x', '');
    folder.file('data/codex.old-crash/x', '');
    npm(places(testedVersion));
    expect(await run()).toMatchObject({ kind: 'installed' });
    expect(outcomeOfOld()).toBe(codexScript(testedVersion));
    expect(existsSync(folder.at('data/codex/old-file'))).toBe(false);
    expect(inData()).toEqual(['codex']);
  });

  test('cancelled: npm and what it started are gone, nothing is left and the earlier installation lives', async () => {
    folder.file(`data/codex/${program}`, codexScript('0.0.9'));
    const note = folder.at('pid');
    npm(
      `mkdir -p "$prefix/half"; trap '' INT; sleep 500 & echo $! >${note}.new; mv ${note}.new ${note}; wait; sleep 500`,
    );
    const stop = new AbortController();
    const done = run({ signal: stop.signal });
    await vi.waitFor(() => expect(existsSync(note)).toBe(true), { timeout: 10_000 });
    stop.abort();
    expect(await done).toEqual({ kind: 'cancelled' });
    expect(running(Number(readFileSync(note, 'utf8')))).toBe(false);
    expect(inData()).toEqual(['codex']);
    expect(outcomeOfOld()).toBe(codexScript('0.0.9'));
  });

  test('cancelled before it began, nothing is started', async () => {
    npm(places(testedVersion));
    expect(await run({ signal: AbortSignal.abort() })).toEqual({ kind: 'cancelled' });
    expect(existsSync(folder.at('args'))).toBe(false);
  });

  test('two at once: the second is told of the first', async () => {
    npm(places(testedVersion));
    mkdirSync(folder.at('data'));
    const lock = await acquireLock(folder.at('data/codex.lock'), { what: 'x', label: 'another window' });
    expect(await run()).toMatchObject({ kind: 'failed', why: expect.stringContaining('another window') });
    expect(existsSync(folder.at('args'))).toBe(false);
    lock.release();
    expect(await run()).toMatchObject({ kind: 'installed' });
  });

  test('a data home that can’t be made is said', async () => {
    npm(places(testedVersion));
    const dataHome = join(folder.file('file', ''), 'data');
    expect(await run({ dataHome })).toMatchObject({ kind: 'failed', why: expect.stringContaining('ENOTDIR') });
  });
});

test.each([
  [
    'the code and its words',
    'npm http fetch\nnpm error code E404\nnpm error 404 Not Found - GET https://u:p@r.example/x - not there\nnpm error 404\nnpm error A complete log of this run can be found in: /h/.npm/_logs/x\n',
    1,
    'npm failed (E404): 404 Not Found - GET https://r.example/x - not there: 404',
    /does not have this package/,
  ],
  ['an old npm', 'npm ERR! code ETIMEDOUT\nnpm ERR! errno ETIMEDOUT\n', 1, 'npm failed (ETIMEDOUT)', /network/],
  ['an unknown code', 'npm error code EODD\n', 1, 'npm failed (EODD)', /in a terminal/],
  ['no word', '', 7, 'npm failed (7)', /in a terminal/],
])('npm’s failure: %s', (_name, stderrTail, exitCode, why, hint) => {
  expect(npmFailure({ exitCode, signal: null, stderrTail })).toEqual({
    kind: 'failed',
    why,
    hint: expect.stringMatching(hint),
  });
});

test('on Windows npm’s own script is given to the Node.js beside it', () => {
  const folder = join('C:', 'Program Files', 'nodejs');
  expect(npmBeside(folder)).toEqual({
    node: join(folder, 'node.exe'),
    script: join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  });
});

// 170 MB from the registry: only where somebody asks for it.
describe.skipIf(process.env.CODEX_LANES_REAL_INSTALL !== '1')('with the real npm', () => {
  const folder = programFolder();
  test('Codex is installed and answers', { timeout: 600_000 }, async () => {
    const details: string[] = [];
    const outcome = await installCodex({
      dataHome: folder.at('data'),
      env: { ...process.env, HOME: folder.root() },
      clock: systemClock,
      onProgress: ({ detail }) => details.push(detail),
      signal: new AbortController().signal,
    });
    expect(outcome).toMatchObject({ kind: 'installed', identity: { version: `codex-cli ${testedVersion}` } });
    expect(details.length).toBeGreaterThan(3);
  });
});
