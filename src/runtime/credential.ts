import type { CredentialInput, NativeCredentialFact } from '../model/index.ts';
import { maskKey } from '../model/index.ts';
import type { Secrets, SettingsSnapshot } from '../ports/index.ts';
import type { Environment } from './child-environment.ts';
import { envValue } from './child-environment.ts';
import type { CodexConfigRead, CodexProvider } from './codex-config.ts';
import { providerEndpoint } from './codex-config.ts';
import type { OwnLogin } from './own-login.ts';
import { wayTo } from './vault/provider-way.ts';

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
  /** Vault-only: the stored key pays, and Codex never holds it. For whoever opens its way; null = {@link apiKey} says it all. */
  readonly vault: { readonly key: string; readonly upstream: string } | null;
  /** Nothing but the stored key is looked for. */
  readonly vaultOnly?: true;
};

export type CredentialInputs = {
  readonly nativeAuth: SettingsSnapshot['nativeAuth'];
  /** Left out: `direct`. */
  readonly nativeCredentials?: SettingsSnapshot['nativeCredentials'];
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
  if (inputs.nativeCredentials === 'vault-only') return inVaultOnly(provider, inputs);
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

const none: Credential = { fact: { kind: 'none' }, apiKey: null, forcedLogin: null, secrets: [], vault: null };
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
      return { state: 'present', tail, credential: { ...none, fact, forcedLogin: 'chatgpt', secrets } };
    }
    case 'api-key': {
      // Codex is signed in, and not in the way that the user asked for.
      if (chatgptOnly) return { state: 'not-consulted', tail: login.label, credential: null };
      const payer = { kind: 'api-key', label: login.label, source: login.source } as const;
      const fact = { kind: 'present', authMethod: 'api_key', payer } as const;
      const { label: tail, secrets } = login;
      return { state: 'present', tail, credential: { ...none, fact, secrets } };
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
  return { state: 'present', tail: label, credential: { ...none, fact, apiKey, forcedLogin: 'api' } };
}

const setting = 'codexLanes.native.credentials is vault-only';

/**
 * The stored key pays and nothing else does: where Codex would pay with a ChatGPT login, nobody is billed to a key unasked. A
 * key in a login file of Codex or in the environment is told, and not used.
 */
async function inVaultOnly(provider: CodexProvider, inputs: CredentialInputs): Promise<NativeCredential> {
  const way = wayTo(provider);
  if (way.kind === 'keyless') return ofProvider(provider, inputs);
  if (way.kind === 'issue') return { ...issue(way.issue), vaultOnly: true, inputs: leftOut(places) };
  const [login, stored] = await Promise.all([inputs.ownLogin(), storedKey(inputs.secrets)]);
  const held = ownLogin(login, false);
  const refusal = provider.needsLogin ? refusedLogin(login, inputs.nativeAuth) : null;
  const found = refusal ?? ofVault(stored, way.upstream);
  // Only beside CODEX_API_KEY: a provider with a variable of its own has none, and the user would be signed out.
  const credential = provider.envKey === null ? found : { ...found, forcedLogin: null };
  const used = credential.vault !== null;
  return {
    ...credential,
    vaultOnly: true,
    // What Codex keeps of its own may be printed by a command all the same.
    secrets: [...credential.secrets, ...(held.credential?.secrets ?? [])],
    inputs: [
      { name: 'Codex login', state: held.state, tail: held.tail },
      { name: 'stored key', state: used ? 'used' : stored.state, tail: stored.tail },
      ...leftOut(['CODEX_API_KEY', 'OPENAI_API_KEY']),
    ],
  };
}

/** Null: nobody is to pay with a login. */
function refusedLogin(login: OwnLogin, auth: CredentialInputs['nativeAuth']): Credential | null {
  if (auth === 'api-key') return null;
  if (auth === 'chatgpt' || login.kind === 'chatgpt') {
    return { ...none, fact: { kind: 'none', only: 'stored key', login: 'chatgpt' } };
  }
  return login.kind === 'issue' ? issue(login.issue) : null;
}

function ofVault(stored: Finding, upstream: string): Credential {
  if (stored.state === 'unreachable') {
    return issue(`${setting}, and the key store of the editor can't be reached from here`);
  }
  const given = stored.credential;
  if (given === null || given.apiKey === null) return { ...none, fact: { kind: 'none', only: 'stored key' } };
  const { apiKey: key } = given;
  // The platform's own message would quote the header, and with it the key.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    return issue('The stored key holds what no key can have, a space or a line break perhaps: store it anew');
  }
  return { ...given, apiKey: null, secrets: [key], vault: { key, upstream } };
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
    vault: null,
    inputs: [...own, ...rest],
  };
}
