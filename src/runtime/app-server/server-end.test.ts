import { expect, test } from 'vitest';
import type { ChildExit } from '../../node/index.ts';
import { endOf } from './server-end.ts';

const exit: ChildExit = { exitCode: null, signal: null, startError: null, stderrTail: '' };
const noise =
  'WARNING: proceeding, even though we could not create PATH aliases: Refusing\n' +
  '\u001b[2m2026-11-21T02:05:13Z\u001b[0m \u001b[31mERROR\u001b[0m codex_app_server: Codex could not find bubblewrap on PATH.\n';

test.each<[Partial<ChildExit>, boolean, string]>([
  [{ exitCode: 0 }, true, "Codex's app-server was closed."],
  [{ exitCode: 0 }, false, "Codex's app-server ended by itself, with exit code 0."],
  [{ signal: 'SIGSEGV', stderrTail: noise }, false, "Codex's app-server was ended by SIGSEGV."],
  [
    { exitCode: 101, stderrTail: `thread panicked\n\u001b[31mat line 3 \u0007\u001b[0m\n${noise}\n` },
    false,
    "Codex's app-server ended by itself, with exit code 101. Its last words: at line 3 \\u{7}",
  ],
  [
    { exitCode: 1, stderrTail: 'Error: /x/config.toml:1:9: invalid type: string "my password", expected a map\n' },
    false,
    'Codex\'s app-server ended by itself, with exit code 1. Its last words: Error: /x/config.toml:1:9: invalid type: string "…", expected a map',
  ],
  [{ startError: 'spawn codex ENOENT' }, false, "Codex's app-server could not be started: spawn codex ENOENT"],
  [{}, false, "Codex's app-server does not react any more."],
])('%j', (raw, asked, words) => {
  expect(endOf({ ...exit, ...raw }, { asked, secrets: [] })).toMatchObject({ asked, words });
});

test('no secret and no token is in what is kept', () => {
  const stderrTail = 'key my.secret and sk-abcdefghijklmnopqrstuvwx\n';
  const end = endOf({ ...exit, exitCode: 1, stderrTail }, { asked: false, secrets: ['my.secret', ''] });
  expect(end.stderr).toBe('key [redacted] and [redacted:api-key]\n');
  expect(end.words).toContain('key [redacted] and [redacted:api-key]');
});
