import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { listProcesses } from '../node/index.ts';
import { loginShellPath } from './login-shell-path.ts';
import { programFolder } from './testing/program-folder.ts';

test('there is none on Windows, and none without a shell', async () => {
  expect(await loginShellPath({ env: { SHELL: '/bin/sh' }, platform: 'win32' })).toBeNull();
  expect(await loginShellPath({ env: {}, platform: 'linux' })).toBeNull();
});

describe.skipIf(process.platform === 'win32')('a shell', () => {
  const folder = programFolder();
  /** A shell that runs the given profile before what it is asked. */
  const shell = (profile: string): string =>
    folder.file('shell', `#!/bin/sh\n[ "$1" = -ilc ] || exit 9\n${profile}\neval "$2"\n`);
  const path = (SHELL: string, patience = 30_000) =>
    loginShellPath({ env: { SHELL, PATH: '/usr/bin:/bin', HOME: folder.root() }, platform: 'linux', patience });

  test.each([
    ['adds to it', 'PATH="/opt/codex bin:$PATH"; export PATH', '/opt/codex bin:/usr/bin:/bin'],
    ['prints a greeting', 'echo "hello PATH=/wrong"; trap "echo bye" EXIT', '/usr/bin:/bin'],
    ['fails at the end', 'trap "exit 3" EXIT', '/usr/bin:/bin'],
    ['ends before it is asked', 'exit 0', null],
    ['empties it', 'PATH=', null],
  ])('whose profile %s', async (_name, profile, expected) => expect(await path(shell(profile))).toBe(expected));

  test('that is not there', async () => expect(await path(folder.at('none'))).toBeNull());

  test('that hangs is gone with what it started', async () => {
    const note = folder.at('pid');
    const asked = path(shell(`sleep 500 & echo $! >${note}.new; mv ${note}.new ${note}; wait`), 1500);
    await vi.waitFor(() => expect(existsSync(note)).toBe(true), { timeout: 10_000 });
    expect(await asked).toBeNull();
    const pid = Number(readFileSync(note, 'utf8'));
    expect(listProcesses().some((row) => row.pid === pid)).toBe(false);
  });

  test('that the machine has', async () => {
    const found = await loginShellPath({
      env: { SHELL: '/bin/bash', PATH: '/marker/bin:/usr/bin:/bin', HOME: folder.root() },
      platform: 'linux',
    });
    expect(found?.split(':').length).toBeGreaterThan(1);
  });
});
