import type { CredentialInput, NativeCredentialFact } from '../model/index.ts';
import { maskKey } from '../model/index.ts';
import type { Secrets, SettingsSnapshot } from '../ports/index.ts';
import type { Environment } from './child-environment.ts';
import { envValue } from './child-environment.ts';
import type { CodexConfigRead, CodexProvider } from './codex-config.ts';
import { providerEndpoint } from './codex-config.ts';
import type { OwnLogin } from './own-login.ts';

/** What the runtime would pay with. The key itself is only for the child's environment: never log or store this. */
export type NativeCredential = {
  readonly fact: NativeCredentialFact;
  /** Every place that was or could be looked at, in order; safe to show. */
  readonly inputs: readonly CredentialInput[];
  /** Goes into the child as CODEX_API_KEY; null = it needs none of ours. */
  readonly apiKey: string | null;
  /**
   * Passed on only where it matches what is there: measured with 0.169, `forced_login_method` with the other kind of
   * login **signs the user out** (auth.json is deleted), unless CODEX_API_KEY is in the environment.
   */
  readonly forcedLogin: 'api' | 'chatgpt' | null;
  /** Values of Codex's own login, which a command may print. */
  readonly secrets: readonly string[];
};

export type CredentialInputs = {
  readonly nativeAuth: SettingsSnapshot['nativeAuth'];
  readonly config: CodexConfigRead;
  readonly ownLogin: () => Promise<OwnLogin>;
  readonly secrets: Secrets;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
};

const places = ['Codex login', 'stored key', 'CODEX_API_KEY', 'OPENAI_API_KEY'] as const;
type Place = (typeof places)[number];

/** Where each choice of the user looks, in order. What a choice leaves out is not looked at at all. */
const order: Readonly<Record<SettingsSnapshot['nativeAuth'], readonly Place[]>> = {
  auto: ['Codex login', 'stored key', 'CODEX_API_KEY'],
  chatgpt: ['Codex login'],
  // Only here OPENAI_API_KEY: exec does not read it itself, so that a key in the shell is never billed unasked.
  'api-key': ['stored key', 'CODEX_API_KEY', 'OPENAI_API_KEY'],
};

/** Reads the credential in the order of `codexLanes.native.auth`. Spends no request. */
export async function readNativeCredential(inputs: CredentialInputs): Promise<NativeCredential> {
  if (inputs.config.kind === 'broken') return { ...issue(inputs.config.issue), inputs: leftOut(places) };
  const { provider } = inputs.config.config;
  if (!provider.needsLogin) return ofProvider(provider, inputs);
  const consulted = order[inputs.nativeAuth];
  const findings = await Promise.all(consulted.map(async (place) => ({ place, ...(await lookAt(place, inputs)) })));
  const chosen = findings.find((finding) => finding.credential !== null);
  const rows = findings.map((finding) => {
    const used = finding === chosen && finding.credential?.fact.kind === 'present';
    return { name: finding.place, state: used ? 'used' : finding.state, tail: finding.tail } as const;
  });
  const rest = places.filter((place) => !consulted.includes(place));
  return { ...(chosen?.credential ?? none), inputs: [...rows, ...leftOut(rest)] };
}

type Credential = Omit<NativeCredential, 'inputs'>;

/** What is at one place. `credential`: what it would give, or the issue that ends the search; null = go on. */
type Finding = Pick<CredentialInput, 'state' | 'tail'> & { readonly credential: Credential | null };

const none: Credential = { fact: { kind: 'none' }, apiKey: null, forcedLogin: null, secrets: [] };
const issue = (text: string): Credential => ({ ...none, fact: { kind: 'issue', issue: text } });
const absent: Finding = { state: 'absent', tail: null, credential: null };

function leftOut(names: readonly string[]): readonly CredentialInput[] {
  return names.map((name) => ({ name, state: 'not-consulted', tail: null }));
}

async function lookAt(place: Place, inputs: CredentialInputs): Promise<Finding> {
  switch (place) {
    case 'Codex login':
      return ownLogin(await inputs.ownLogin(), inputs.nativeAuth === 'chatgpt');
    case 'stored key':
      return storedKey(inputs.secrets);
    case 'CODEX_API_KEY':
    case 'OPENAI_API_KEY':
      return ofKey(envValue(inputs.env, place, inputs.platform), place);
  }
}

function ownLogin(login: OwnLogin, chatgptOnly: boolean): Finding {
  switch (login.kind) {
    case 'none':
      return absent;
    case 'issue':
      return { state: 'unreachable', tail: null, credential: issue(login.issue) };
    case 'chatgpt': {
      const payer = { kind: 'chatgpt', label: login.label, source: login.source } as const;
      const fact = { kind: 'present', authMethod: 'chatgpt', payer } as const;
      const { label: tail, secrets } = login;
      return { state: 'present', tail, credential: { fact, apiKey: null, forcedLogin: 'chatgpt', secrets } };
    }
    case 'api-key': {
      // Codex is signed in, and not in the way that the user asked for.
      if (chatgptOnly) return { state: 'not-consulted', tail: login.label, credential: null };
      const payer = { kind: 'api-key', label: login.label, source: login.source } as const;
      const fact = { kind: 'present', authMethod: 'api_key', payer } as const;
      const { label: tail, secrets } = login;
      return { state: 'present', tail, credential: { fact, apiKey: null, forcedLogin: null, secrets } };
    }
  }
}

async function storedKey(secrets: Secrets): Promise<Finding> {
  const unreachable: Finding = { state: 'unreachable', tail: null, credential: null };
  if (!secrets.reachable) return unreachable;
  try {
    return ofKey(await secrets.get({ kind: 'native-key' }), 'stored key');
  } catch {
    // A locked keyring: whoever gave the vault has logged why.
    return unreachable;
  }
}

function ofKey(apiKey: string | undefined, source: string): Finding {
  if (apiKey === undefined || apiKey === '') return absent;
  const label = maskKey(apiKey);
  const fact = { kind: 'present', authMethod: 'api_key', payer: { kind: 'api-key', label, source } } as const;
  return { state: 'present', tail: label, credential: { fact, apiKey, forcedLogin: 'api', secrets: [] } };
}

/** A provider of Codex's configuration with a key of its own, or none: no login and no key of ours is looked at. */
function ofProvider(provider: CodexProvider, { env, platform }: CredentialInputs): NativeCredential {
  const { envKey } = provider;
  const rest = leftOut(places.filter((place) => place !== envKey));
  const key = envKey === null ? undefined : envValue(env, envKey, platform);
  if (envKey !== null && key === undefined) {
    const text = `Codex's provider "${provider.name}" needs the environment variable ${envKey}, which is not set`;
    return { ...issue(text), inputs: [{ name: envKey, state: 'absent', tail: null }, ...rest] };
  }
  const payer = {
    kind: 'provider',
    label: providerEndpoint(provider) ?? provider.name,
    source: envKey ?? 'none',
  } as const;
  const own = envKey === null ? [] : [{ name: envKey, state: 'used', tail: maskKey(key ?? '') } as const];
  return {
    fact: { kind: 'present', authMethod: 'provider', payer },
    apiKey: null,
    forcedLogin: null,
    secrets: [],
    inputs: [...own, ...rest],
  };
}
