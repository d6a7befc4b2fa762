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
  /** What its table holds or names as a credential beside `env_key`; null = nothing. Never a value. */
  readonly ownCredential: string | null;
  /** Headers that its table adds. */
  readonly headerNames: readonly string[];
  /** Parameters that its table adds to each address. */
  readonly queryNames: readonly string[];
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
      readonly at: 'file' | 'folder' | 'profile';
      /** Names the file and where in it, or what is wrong with the folder that CODEX_HOME names. */
      readonly issue: string;
      /** Absent: `config_invalid`. */
      readonly code?: 'provider_unknown';
    };

/** Providers that Codex knows without a table, beside `openai`, and that need no login of its own (`oss`: before 0.169). */
const withoutLogin: ReadonlySet<string> = new Set(['ollama', 'lmstudio', 'oss', 'amazon-bedrock']);

/**
 * Reads the `config.toml` that Codex would read, with the profile's file on top. A missing `config.toml` is an empty one,
 * as for Codex itself; a profile without its file is broken, where 0.169 goes on without a word. Never throws.
 */
export async function readCodexConfig(
  env: Environment,
  platform: NodeJS.Platform,
  profile: string | null = null,
): Promise<CodexConfigRead> {
  const issue = await codexHomeProblem(env, platform);
  if (issue !== null) return { kind: 'broken', at: 'folder', issue };
  const home = codexHome(env, platform);
  const path = join(home, 'config.toml');
  const base = await textOf(path);
  if ('issue' in base) return { kind: 'broken', at: 'file', issue: base.issue };
  if (profile === null) return parseCodexConfig(path, base.text ?? '');
  if (!isProfileName(profile)) {
    return { kind: 'broken', at: 'profile', issue: `"${profile}" can't be the name of a profile` };
  }
  const layer = join(home, `${profile}.config.toml`);
  const own = await textOf(layer);
  if ('issue' in own) return { kind: 'broken', at: 'profile', issue: own.issue };
  if (own.text === null) {
    return { kind: 'broken', at: 'profile', issue: `the profile "${profile}" has no file: ${layer} does not exist` };
  }
  return parseCodexConfig(path, base.text ?? '', { path: layer, text: own.text });
}

/** As Codex takes it for the name of a file; nothing that leads out of its folder, nothing that looks like a flag. */
function isProfileName(name: string): boolean {
  return /^\w[\w.-]*$/.test(name);
}

/** Null = there is no such file. */
async function textOf(path: string): Promise<{ readonly text: string | null } | { readonly issue: string }> {
  try {
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? { text: null } : { issue: `${path} can't be read: ${messageOf(error)}` };
  }
}

/** `layer`: a file whose settings come before those of the first. */
export function parseCodexConfig(
  path: string,
  text: string,
  layer?: { readonly path: string; readonly text: string },
): CodexConfigRead {
  const base = tablesOf(path, text);
  if ('issue' in base) return { kind: 'broken', at: 'file', issue: base.issue };
  const own = layer === undefined ? null : tablesOf(layer.path, layer.text);
  if (own !== null && 'issue' in own) return { kind: 'broken', at: 'profile', issue: own.issue };
  return configIn(path, own === null ? base.root : layered(base.root, own.root));
}

type Tables = { readonly root: Record<string, unknown> };

function tablesOf(path: string, text: string): Tables | { readonly issue: string } {
  try {
    // Codex takes whole numbers of 64 bits.
    return { root: parse(text, { integersAsBigInt: 'asNeeded' }) };
  } catch (error) {
    // Only the reason: the rest of the message quotes the file, which may hold a secret.
    const reason = messageOf(error).split('\n', 1)[0] ?? '';
    const where = error instanceof TomlError ? `:${error.line}:${error.column}` : '';
    return { issue: `${path}${where}: ${reason.replace(/^Invalid TOML document: /, '')}` };
  }
}

/** Table by table, as Codex lays one file over another. */
function layered(base: Record<string, unknown>, top: Record<string, unknown>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(top)) {
    const below = tableIn(base, key);
    const above = tableIn(top, key);
    merged[key] = below !== null && above !== null ? layered(below, above) : value;
  }
  return merged;
}

/**
 * Older builds take settings of a table that `profile` names before all others, those of arguments too; 0.169 refuses that
 * word. Whoever pays must be the one whom such a build asks.
 */
function withNamedProfile(root: Record<string, unknown>): Record<string, unknown> {
  const named = tableIn(tableIn(root, 'profiles') ?? {}, stringIn(root, 'profile') ?? '');
  if (named === null) return root;
  const asked = ['model', 'model_provider'].filter((key) => named[key] !== undefined);
  return { ...root, ...Object.fromEntries(asked.map((key) => [key, named[key]])) };
}

function configIn(path: string, file: Record<string, unknown>): CodexConfigRead {
  const root = withNamedProfile(file);
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
    const ownCredential = id === 'amazon-bedrock' ? 'that of AWS' : null;
    const name = openai ? 'OpenAI' : id;
    const added = { headerNames: [], queryNames: [] };
    return { id, name, baseUrl, envKey: null, needsLogin: openai, builtIn: true, ownCredential, ...added };
  }
  return {
    id,
    name: stringIn(table, 'name') ?? id,
    baseUrl: stringIn(table, 'base_url'),
    envKey: stringIn(table, 'env_key'),
    needsLogin: table.requires_openai_auth === true,
    builtIn: false,
    ownCredential: credentialFields.find((field) => table[field] !== undefined) ?? null,
    headerNames: ['http_headers', 'env_http_headers'].flatMap((field) => Object.keys(tableIn(table, field) ?? {})),
    queryNames: Object.keys(tableIn(table, 'query_params') ?? {}),
  };
}

/** A token in the file itself, a program that prints one, the signature of AWS (0.169). */
const credentialFields = ['experimental_bearer_token', 'auth', 'aws'];

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
