import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { maskKey, messageOf } from '../model/index.ts';
import type { ShortRun } from '../node/index.ts';

/** Codex's own login, as far as it can be read without a request. */
export type OwnLogin =
  | { readonly kind: 'none' }
  | { readonly kind: 'api-key' | 'chatgpt'; readonly label: string; readonly source: string }
  | { readonly kind: 'issue'; readonly issue: string };

/**
 * Reads `auth.json`; where there is none (the login may lie in the system's keyring) asks `codex login status`, which
 * spends no request. `status` is null when there is no program to ask.
 */
export async function readOwnLogin(home: string, status: (() => Promise<ShortRun>) | null): Promise<OwnLogin> {
  const path = join(home, 'auth.json');
  let text: string | null = null;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!missing) return { kind: 'issue', issue: `Codex's login can't be read: ${messageOf(error)}` };
  }
  if (text !== null) return loginInFile(path, text);
  return status === null ? { kind: 'none' } : loginInStatus(await status());
}

export function loginInFile(path: string, text: string): OwnLogin {
  let auth: unknown;
  try {
    auth = JSON.parse(text);
  } catch {
    // The parser's message would quote the file, and with it a key.
    return { kind: 'issue', issue: `Codex's login file ${path} is not valid JSON. Sign in again with: codex login` };
  }
  if (typeof auth !== 'object' || auth === null) return { kind: 'issue', issue: `Codex's login file ${path} is empty` };
  const { OPENAI_API_KEY: key, auth_mode: mode, tokens } = auth as Record<string, unknown>;
  const hasTokens = typeof tokens === 'object' && tokens !== null;
  const source = 'Codex login';
  if (typeof key === 'string' && key !== '' && mode !== 'chatgpt' && !(hasTokens && mode === undefined)) {
    return { kind: 'api-key', label: maskKey(key), source };
  }
  if (!hasTokens) return { kind: 'none' };
  return { kind: 'chatgpt', label: accountIn(tokens as Record<string, unknown>) ?? 'ChatGPT account', source };
}

/** `codex login status` says everything on stderr (0.169); stdout is read too, for other versions. */
export function loginInStatus(run: ShortRun): OwnLogin {
  const text = `${run.stderr}\n${run.stdout}`;
  if (run.exitCode !== 0) return { kind: 'none' };
  const source = 'Codex login';
  if (/ChatGPT/i.test(text)) return { kind: 'chatgpt', label: 'ChatGPT account', source };
  const key = /API key\b.*?(\S{4})\s*$/im.exec(text);
  return key === null ? { kind: 'none' } : { kind: 'api-key', label: `…${key[1]}`, source };
}

/** The account's address in the identity token. Only read, for the label: Codex verifies it. */
function accountIn(tokens: Record<string, unknown>): string | null {
  const token = typeof tokens.id_token === 'string' ? tokens.id_token.split('.')[1] : undefined;
  if (token === undefined) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    const email = typeof claims === 'object' && claims !== null && 'email' in claims ? claims.email : null;
    return typeof email === 'string' ? email : null;
  } catch {
    return null;
  }
}
