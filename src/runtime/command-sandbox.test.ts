import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runShort } from '../node/index.ts';
import type { CommandSandbox, Confining, Log } from '../ports/index.ts';
import { childEnvironment } from './child-environment.ts';
import { createCommandSandbox } from './command-sandbox.ts';
import { binaryOfPackage } from './platform-binary.ts';

// The real program: what its sandbox lets through and what it does not is measured here, not assumed.

const codex = await binaryOfPackage(
  join(import.meta.dirname, '../../node_modules/@openai/codex'),
  process.platform,
  process.arch,
);
const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const own = childEnvironment({ env: process.env, platform: process.platform });

let folder: string;
let work: string;
let outside: string;
beforeEach(() => {
  // Not below /tmp, where every command may write.
  folder = realpathSync(mkdtempSync('/var/tmp/lanes-sandbox-'));
  [work, outside] = [join(folder, 'work'), join(folder, 'outside')];
  for (const one of [join(work, '.git'), outside]) mkdirSync(one, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function find(path: string | null, env = own): () => Promise<CommandSandbox> {
  const identity = { path: path ?? '', source: 'setting', version: 'codex-cli 0' } as const;
  return createCommandSandbox({
    program: async () => (path === null ? null : { identity, pin: null }),
    home: async () => join(folder, 'data'),
    environment: async () => env,
    log,
  });
}

async function run(script: string, how: Partial<Confining> = {}, env = own) {
  const sandbox = await find(codex)();
  if (sandbox.kind === 'none') throw new Error(sandbox.why);
  const start = sandbox.confine(
    { file: '/bin/sh', args: ['-c', script], env },
    { mode: 'workspace-write', root: work, addDirs: [], ...how },
  );
  return runShort(start.file, start.args, { env: start.env, cwd: work, timeoutMs: 20_000 });
}

describe.skipIf(codex === null || process.platform !== 'linux')('the sandbox of the real Codex', () => {
  test('lets a command write in its folder, and nowhere else', async () => {
    const script = `touch in ${outside}/out .git/x .vscode/x .codex/x; echo done`;
    expect((await run(script)).stdout).toContain('done');
    expect(['in', '.git/x', '.vscode/x', '.codex/x'].map((name) => existsSync(join(work, name)))).toEqual([
      ...[true, false, false, false],
    ]);
    expect(existsSync(join(outside, 'out'))).toBe(false);
  });

  test('lets it write in an added folder too, whatever that is called', async () => {
    const odd = join(folder, `o"d'd \\ name`);
    mkdirSync(odd);
    await run('touch "$ODD/in"', { addDirs: [odd] }, { ...own, ODD: odd });
    expect(existsSync(join(odd, 'in'))).toBe(true);
  });

  test('read-only: lets it write nothing', async () => {
    expect((await run('touch in; cat .git/HEAD; ls', { mode: 'read-only' })).stdout).toBe('');
    expect(existsSync(join(work, 'in'))).toBe(false);
  });

  test('a link out of the folder leads nowhere that could be written', async () => {
    await run(`ln -s ${outside} link; touch link/out`);
    expect(existsSync(join(work, 'link'))).toBe(true);
    expect(existsSync(join(outside, 'out'))).toBe(false);
  });

  test('runs no program of the workspace outside itself, whatever the PATH says', async () => {
    mkdirSync(join(work, 'bin'));
    const program = `#!/bin/sh\n/usr/bin/touch ${outside}/out-$(/usr/bin/basename $0)\nexec /bin/cat\n`;
    for (const name of ['cat', 'bwrap', 'sh', 'env']) writeFileSync(join(work, 'bin', name), program, { mode: 0o755 });
    const { stdout } = await run('echo said', {}, { ...own, PATH: `${join(work, 'bin')}:${own.PATH}` });
    expect(stdout).toBe('said');
    expect(readdirSync(outside)).toEqual([]);
  });

  test('keeps it off the network, this machine’s own too', async () => {
    const reached: string[] = [];
    const server = createServer(({ remoteAddress }) => void reached.push(String(remoteAddress)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const connect = `require('node:net').connect(${port}, '127.0.0.1', () => process.exit(0)).on('error', () => process.exit(3))`;
    const script = `"${process.execPath}" -e "${connect}"`;
    expect((await run(script)).exitCode).toBe(3);
    expect(reached).toEqual([]);
    const free = await runShort('/bin/sh', ['-c', script], { env: own, timeoutMs: 20_000 });
    expect(free.exitCode).toBe(0);
    server.close();
  });

  test('the command sees the user’s Codex home, or none; never ours', async () => {
    const { CODEX_HOME: _, ...none } = own;
    expect((await run('printenv CODEX_HOME || echo none', {}, none)).stdout).toBe('none');
    expect((await run('echo "$CODEX_HOME"', {}, { ...none, CODEX_HOME: '/theirs' })).stdout).toBe('/theirs');
  });

  test('a project’s own configuration opens nothing', async () => {
    rmSync(join(work, '.codex'), { recursive: true, force: true });
    mkdirSync(join(work, '.codex'));
    const config = `default_permissions=":danger-full-access"\nsandbox_mode="danger-full-access"\n[permissions.lanes.filesystem]\n${JSON.stringify(outside)}="write"\n`;
    writeFileSync(join(work, '.codex/config.toml'), config);
    await run(`touch ${outside}/out in`);
    expect(existsSync(join(work, 'in'))).toBe(true);
    expect(existsSync(join(outside, 'out'))).toBe(false);
  });

  test('its end is the command’s end', async () => {
    expect((await run('exit 7')).exitCode).toBe(7);
  });
});

/** A program that does as it is told: it must not be believed. */
function program(script: string): string {
  const path = join(folder, 'codex');
  writeFileSync(path, `#!/bin/sh\necho x >> ${folder}/starts\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe.skipIf(process.platform === 'win32')('a build', () => {
  test.each([
    ['knows no such words', 'echo "unexpected argument" >&2; exit 2'],
    ['says yes and does nothing', 'exit 0'],
    ['runs all without a sandbox', 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"'],
    [
      'can’t read-only',
      'case "$*" in *read-only*) ;; *) while [ "$1" != -- ]; do shift; done; shift; exec "$@";; esac',
    ],
  ])('that %s has none', async (_, script) => {
    expect(await find(program(script))()).toMatchObject({ kind: 'none', why: expect.stringContaining('codex-cli 0') });
  });

  test('is tried once, until another file is in its place', async () => {
    const starts = join(folder, 'starts');
    const honest = `[ "$2" = -P ] || exit 2; case "$*" in *read-only*|*beside*) exit 1;; esac; while [ "$1" != -- ]; do shift; done; shift; exec "$@"`;
    const sandbox = find(program(honest));
    expect((await sandbox()).kind).toBe('there');
    rmSync(starts);
    expect((await sandbox()).kind).toBe('there');
    expect(existsSync(starts)).toBe(false);
    program('exit 3');
    expect((await sandbox()).kind).toBe('none');
    rmSync(starts);
    expect((await sandbox()).kind).toBe('none');
    expect(existsSync(starts)).toBe(false);
  });

  test('that is not there has none, and neither has one that is pinned', async () => {
    expect((await find(null)()).kind).toBe('none');
    const identity = { path: '/x', source: 'setting', version: 'codex-cli 0' } as const;
    const pinned = createCommandSandbox({
      program: async () => ({
        identity,
        pin: { reason: 'three starts failed', since: '2026-01-01T00:00:00.000Z' } as never,
      }),
      home: async () => folder,
      environment: async () => own,
      log,
    });
    expect((await pinned()).kind).toBe('none');
  });
});
