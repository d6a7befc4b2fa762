import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { messageOf } from '../model/index.ts';
import { codeOf } from '../node/index.ts';
import type { Environment } from './child-environment.ts';
import { codexHome, codexHomeProblem } from './codex-home.ts';

/** Whom Codex would ask, as its own configuration says. */
export type CodexProvider = {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string | null;
  /** The environment variable that holds its key; null = it needs none. */
  readonly envKey: string | null;
  /** Whether Codex's own login (or an API key) is needed. */
  readonly needsLogin: boolean;
  readonly builtIn: boolean;
};

export type CodexConfig = {
  readonly path: string;
  readonly model: string | null;
  readonly provider: CodexProvider;
  /** Folders with a `trust_level` of either kind, as they are written. */
  readonly decidedFolders: ReadonlySet<string>;
};

export type CodexConfigRead =
  | { readonly kind: 'read'; readonly config: CodexConfig }
  | {
      readonly kind: 'broken';
      readonly at: 'file' | 'folder';
      /** Names the file and where in it, or what is wrong with the folder that CODEX_HOME names. */
      readonly issue: string;
      /** Absent: `config_invalid`. */
      readonly code?: 'provider_unknown';
    };

/** Providers that Codex knows without a table, beside `openai`, and that need no login of its own (`oss`: before 0.169). */
const withoutLogin: ReadonlySet<string> = new Set(['ollama', 'lmstudio', 'oss', 'amazon-bedrock']);

/** Reads the `config.toml` that Codex would read. A missing file is an empty one, as for Codex itself. Never throws. */
export async function readCodexConfig(env: Environment, platform: NodeJS.Platform): Promise<CodexConfigRead> {
  const issue = await codexHomeProblem(env, platform);
  if (issue !== null) return { kind: 'broken', at: 'folder', issue };
  const path = join(codexHome(env, platform), 'config.toml');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      return { kind: 'broken', at: 'file', issue: `${path} can't be read: ${messageOf(error)}` };
    text = '';
  }
  return parseCodexConfig(path, text);
}

export function parseCodexConfig(path: string, text: string): CodexConfigRead {
  let root: Record<string, unknown>;
  try {
    // Codex takes whole numbers of 64 bits.
    root = parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    // Only the reason: the rest of the message quotes the file, which may hold a secret.
    const reason = messageOf(error).split('\n', 1)[0] ?? '';
    const where = error instanceof TomlError ? `:${error.line}:${error.column}` : '';
    return { kind: 'broken', at: 'file', issue: `${path}${where}: ${reason.replace(/^Invalid TOML document: /, '')}` };
  }
  const id = stringIn(root, 'model_provider') ?? 'openai';
  const table = tableIn(tableIn(root, 'model_providers') ?? {}, id);
  if (table === null && id !== 'openai' && !withoutLogin.has(id)) {
    const issue = `${path}: model_provider "${id}" has no [model_providers.${id}] table`;
    return { kind: 'broken', at: 'file', issue, code: 'provider_unknown' };
  }
  const provider = providerOf(id, table, root);
  return { kind: 'read', config: { path, model: stringIn(root, 'model'), provider, decidedFolders: decidedIn(root) } };
}

function decidedIn(root: Record<string, unknown>): ReadonlySet<string> {
  const projects = tableIn(root, 'projects') ?? {};
  const decided = Object.keys(projects).filter((folder) => {
    const project = tableIn(projects, folder);
    return project !== null && stringIn(project, 'trust_level') !== null;
  });
  return new Set(decided);
}

function providerOf(id: string, table: Record<string, unknown> | null, root: Record<string, unknown>): CodexProvider {
  if (table === null) {
    const openai = id === 'openai';
    const baseUrl = openai ? stringIn(root, 'openai_base_url') : null;
    return { id, name: openai ? 'OpenAI' : id, baseUrl, envKey: null, needsLogin: openai, builtIn: true };
  }
  return {
    id,
    name: stringIn(table, 'name') ?? id,
    baseUrl: stringIn(table, 'base_url'),
    envKey: stringIn(table, 'env_key'),
    needsLogin: table.requires_openai_auth === true,
    builtIn: false,
  };
}

/** For the user: the provider's name and host, or null for the built-in one at its usual address. */
export function providerEndpoint(provider: CodexProvider): string | null {
  const host = hostOf(provider.baseUrl);
  if (provider.builtIn) return host;
  return host === null ? provider.name : `${provider.name} · ${host}`;
}

function hostOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).host : null;
}

function stringIn(table: Record<string, unknown>, key: string): string | null {
  const value = table[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

function tableIn(table: Record<string, unknown>, key: string): Record<string, unknown> | null {
  const value = table[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
