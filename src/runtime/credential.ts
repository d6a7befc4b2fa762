import type { NativeCredentialFact } from '../model/index.ts';
import type { Secrets, SettingsSnapshot } from '../ports/index.ts';
import type { Environment } from './child-environment.ts';
import { envValue } from './child-environment.ts';
import type { CodexConfigRead } from './codex-config.ts';
import { providerEndpoint } from './codex-config.ts';
import type { OwnLogin } from './own-login.ts';
import { maskKey } from './own-login.ts';

/** What the runtime would pay with. The key itself is only for the child's environment: never log or store this. */
export type NativeCredential = {
  readonly fact: NativeCredentialFact;
  /** Goes into the child as CODEX_API_KEY; null = it needs none of ours. */
  readonly apiKey: string | null;
  /**
   * Passed on only where it matches what is there: measured with 0.169, `forced_login_method` with the other kind of
   * login **signs the user out** (auth.json is deleted), unless CODEX_API_KEY is in the environment.
   */
  readonly forcedLogin: 'api' | 'chatgpt' | null;
};

export type CredentialInputs = {
  readonly nativeAuth: SettingsSnapshot['nativeAuth'];
  readonly config: CodexConfigRead;
  readonly ownLogin: () => Promise<OwnLogin>;
  readonly secrets: Secrets;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
};

/** Reads the credential in the order of `codexLanes.native.auth`. Spends no request. */
export async function readNativeCredential(inputs: CredentialInputs): Promise<NativeCredential> {
  if (inputs.config.kind === 'broken') return issue(inputs.config.issue);
  const { provider } = inputs.config.config;
  if (!provider.needsLogin) {
    const { envKey } = provider;
    if (envKey !== null && envValue(inputs.env, envKey, inputs.platform) === undefined) {
      return issue(`Codex's provider "${provider.name}" needs the environment variable ${envKey}, which is not set`);
    }
    const label = providerEndpoint(provider) ?? provider.name;
    const payer = { kind: 'provider', label, source: envKey ?? 'none' } as const;
    return { fact: { kind: 'present', authMethod: 'provider', payer }, apiKey: null, forcedLogin: null };
  }
  switch (inputs.nativeAuth) {
    case 'auto':
      return (await ownLogin(inputs, 'any')) ?? (await chosenKey(inputs, ['CODEX_API_KEY'])) ?? none;
    case 'chatgpt':
      return (await ownLogin(inputs, 'chatgpt')) ?? none;
    case 'api-key':
      return (await chosenKey(inputs, ['CODEX_API_KEY', 'OPENAI_API_KEY'])) ?? none;
  }
}

const none: NativeCredential = { fact: { kind: 'none' }, apiKey: null, forcedLogin: null };
const issue = (text: string): NativeCredential => ({ ...none, fact: { kind: 'issue', issue: text } });

async function ownLogin(inputs: CredentialInputs, wanted: 'any' | 'chatgpt'): Promise<NativeCredential | null> {
  const login = await inputs.ownLogin();
  switch (login.kind) {
    case 'none':
      return null;
    case 'issue':
      return issue(login.issue);
    case 'chatgpt': {
      const payer = { kind: 'chatgpt', label: login.label, source: login.source } as const;
      const forcedLogin = wanted === 'chatgpt' ? 'chatgpt' : null;
      return { fact: { kind: 'present', authMethod: 'chatgpt', payer }, apiKey: null, forcedLogin };
    }
    case 'api-key': {
      if (wanted === 'chatgpt') return null;
      const payer = { kind: 'api-key', label: login.label, source: login.source } as const;
      return { fact: { kind: 'present', authMethod: 'api_key', payer }, apiKey: null, forcedLogin: null };
    }
  }
}

async function chosenKey(inputs: CredentialInputs, names: readonly string[]): Promise<NativeCredential | null> {
  const stored = inputs.secrets.reachable ? await inputs.secrets.get({ kind: 'native-key' }) : undefined;
  if (stored) return ofKey(stored, 'stored key');
  for (const name of names) {
    const value = envValue(inputs.env, name, inputs.platform);
    if (value !== undefined) return ofKey(value, name);
  }
  return null;
}

function ofKey(apiKey: string, source: string): NativeCredential {
  const payer = { kind: 'api-key', label: maskKey(apiKey), source } as const;
  return { fact: { kind: 'present', authMethod: 'api_key', payer }, apiKey, forcedLogin: 'api' };
}
