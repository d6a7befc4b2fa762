import { expect, test } from 'vitest';
import { loginInFile, loginInStatus } from './own-login.ts';

test('auth.json and login status', () => {
  const claims = Buffer.from(JSON.stringify({ email: 'a@b.c' })).toString('base64url');
  const tokens = JSON.stringify({ auth_mode: 'chatgpt', tokens: { id_token: `x.${claims}.y` } });
  expect(loginInFile('/a', tokens)).toMatchObject({ kind: 'chatgpt', label: 'a@b.c' });
  const key = JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-test-abcdefghijkl' });
  expect(loginInFile('/a', key)).toMatchObject({ kind: 'api-key', label: '…ijkl' });
  expect(JSON.stringify(loginInFile('/a', '{"OPENAI_API_KEY":"sk-leak'))).not.toContain('sk-leak');
  const said = { stdout: '', failure: null, problem: null };
  const status = 'API key configured - sk-test-***lmnop\nAuthentication is checked when you send a request.';
  expect(loginInStatus({ ...said, exitCode: 0, stderr: status })).toMatchObject({ label: '…mnop' });
  expect(loginInStatus({ ...said, exitCode: 1, stderr: 'Not logged in' })).toEqual({ kind: 'none' });
  expect(loginInStatus({ ...said, exitCode: 0, stderr: 'Logged in using ChatGPT' })).toMatchObject({
    kind: 'chatgpt',
  });
});
