import { expect, test } from 'vitest';
import type { ShortRun } from '../node/index.ts';
import type { OwnLogin } from './own-login.ts';
import { loginInFile, loginInStatus } from './own-login.ts';

test('auth.json and login status', () => {
  const claims = Buffer.from(JSON.stringify({ email: 'a@b.c' })).toString('base64url');
  const tokens = JSON.stringify({ auth_mode: 'chatgpt', tokens: { id_token: `x.${claims}.y` } });
  expect(loginInFile('/a', tokens)).toMatchObject({ kind: 'chatgpt', label: 'a@b.c' });
  const key = JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-test-abcdefghijkl' });
  expect(loginInFile('/a', key)).toMatchObject({ kind: 'api-key', label: '…ijkl' });
  const held = { id_token: `x.${claims}.y`, access_token: 'access-value', refresh_token: '', account_id: 'account' };
  const both = loginInFile('/a', JSON.stringify({ OPENAI_API_KEY: 'sk-test-abcdefghijkl', tokens: held }));
  // Measured with 0.169: it bills the key.
  expect(both).toMatchObject({ kind: 'api-key', label: '…ijkl' });
  expect(both).toMatchObject({ secrets: ['sk-test-abcdefghijkl', held.id_token, 'access-value'] });
  expect(loginInFile('/a', JSON.stringify({ tokens: held }))).toMatchObject({ kind: 'chatgpt' });
  expect(JSON.stringify(loginInFile('/a', '{"OPENAI_API_KEY":"sk-leak'))).not.toContain('sk-leak');
  const said = { stdout: '', failure: null, problem: null };
  const status = 'API key configured - sk-test-***lmnop\nAuthentication is checked when you send a request.';
  expect(loginInStatus({ ...said, exitCode: 0, stderr: status })).toMatchObject({ label: '…mnop' });
  expect(loginInStatus({ ...said, exitCode: 1, stderr: 'Not logged in' })).toEqual({ kind: 'none' });
  expect(loginInStatus({ ...said, exitCode: 0, stderr: 'Logged in using ChatGPT' })).toMatchObject({
    kind: 'chatgpt',
  });
});

test.each<[string, Partial<ShortRun>, OwnLogin]>([
  ['not signed in', { stderr: 'Not logged in' }, { kind: 'none' }],
  ['no such command', { exitCode: 2, stderr: "error: unrecognized subcommand 'login'" }, { kind: 'none' }],
  [
    'a configuration that it refuses, without the value',
    {
      stderr: 'WARNING: x\nError loading configuration: /h/config.toml:1:9: invalid type: string "s3cret", expected u',
    },
    { kind: 'issue', issue: '/h/config.toml:1:9: invalid type: string "…", expected u' },
  ],
  [
    'no answer',
    { exitCode: null, failure: 'no-answer', problem: 'no answer within 5 s' },
    { kind: 'issue', issue: 'Codex did not say whether it is signed in: no answer within 5 s' },
  ],
  [
    'a panic',
    { exitCode: 101, stderr: 'thread main panicked' },
    {
      kind: 'issue',
      issue: 'Codex did not say whether it is signed in: it answered with exit code 101 and "thread main panicked"',
    },
  ],
])('login status says: %s', (_name, run, expected) => {
  expect(loginInStatus({ exitCode: 1, stdout: '', stderr: '', failure: null, problem: null, ...run })).toEqual(
    expected,
  );
});
