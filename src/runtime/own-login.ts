import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { maskKey, messageOf } from '../model/index.ts';
import type { ShortRun } from '../node/index.ts';
import { codeOf } from '../node/index.ts';
import { quoteOutput, safeLine } from './safe-output.ts';

const source = 'Codex login';

/** Codex's own login, as far as it can be read without a request. */
export type OwnLogin =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'api-key' | 'chatgpt';
      readonly label: string;
      readonly source: string;
      /** What no transcript may hold, should a command print the login file. */
      readonly secrets: readonly string[];
    }
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
    if (codeOf(error) !== 'ENOENT') return { kind: 'issue', issue: `Codex's login can't be read: ${messageOf(error)}` };
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
  const held = typeof tokens === 'object' && tokens !== null ? (tokens as Record<string, unknown>) : null;
  const values = [key, held?.id_token, held?.access_token, held?.refresh_token];
  const secrets = values.filter((value) => typeof value === 'string').filter((value) => value !== '');
  // As 0.169 decides it: without a mode, a key wins over tokens beside it.
  if (typeof key === 'string' && key !== '' && mode !== 'chatgpt') {
    return { kind: 'api-key', label: maskKey(key), source, secrets };
  }
  if (held === null) return { kind: 'none' };
  return { kind: 'chatgpt', label: accountIn(held) ?? 'ChatGPT account', source, secrets };
}

/** `codex login status` says everything on stderr (0.169); stdout is read too, for other versions. */
export function loginInStatus(run: ShortRun): OwnLogin {
  if (run.failure !== null) {
    return { kind: 'issue', issue: `Codex did not say whether it is signed in: ${safeLine(run.problem ?? '', 200)}` };
  }
  const refused = configRefusal(run);
  if (refused !== null) return { kind: 'issue', issue: refused };
  const text = `${run.stderr}\n${run.stdout}`;
  // 1: not signed in; 2: how its command line refuses a word that it does not know.
  if (run.exitCode === 1 || run.exitCode === 2) return { kind: 'none' };
  if (run.exitCode !== 0) {
    const said = `exit code ${run.exitCode} and ${quoteOutput(run.stderr || run.stdout)}`;
    return { kind: 'issue', issue: `Codex did not say whether it is signed in: it answered with ${said}` };
  }
  if (/ChatGPT/i.test(text)) return { kind: 'chatgpt', label: 'ChatGPT account', source, secrets: [] };
  const key = /API key\b.*?(\S{4})\s*$/im.exec(text);
  return key === null ? { kind: 'none' } : { kind: 'api-key', label: `…${key[1]}`, source, secrets: [] };
}

/**
 * Why Codex does not take its configuration, as any command of it says; null = it does, or says nothing of it. Valid TOML
 * may still be refused (`model = 5`), and only Codex knows its rules.
 */
export function configRefusal(run: ShortRun): string | null {
  const said = /^Error loading config[^:\n]*: *(\S.*)$/m.exec(run.stderr)?.[1];
  // A quoted value of the file may be a secret.
  return run.exitCode === 0 || said === undefined ? null : safeLine(said.trim().replace(/"[^"]*"/g, '"…"'), 300);
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
