import { dirname } from 'node:path';
import type { BinaryFact, CliAbilities, CrashPin, NativeFacts, NetworkFacts } from '../model/index.ts';
import { uncheckedNative } from '../model/index.ts';
import type { ShortRun } from '../node/index.ts';
import { runShort } from '../node/index.ts';
import type { Clock, Secrets, SettingsSnapshot } from '../ports/index.ts';
import type { CliFacts, CliReader } from './abilities.ts';
import type { BinaryFinder, FoundBinary } from './binary-finder.ts';
import type { DiscoveryInputs } from './candidates.ts';
import type { Environment } from './child-environment.ts';
import { childEnvironment, envValue } from './child-environment.ts';
import type { CodexConfigRead } from './codex-config.ts';
import { providerEndpoint, readCodexConfig } from './codex-config.ts';
import { codexHome } from './codex-home.ts';
import type { CrashPins } from './crash-pins.ts';
import type { NativeCredential } from './credential.ts';
import { readNativeCredential } from './credential.ts';
import { loginShellPath } from './login-shell-path.ts';
import type { CertificateFile, Network } from './network.ts';
import { networkOf } from './network.ts';
import { configRefusal, readOwnLogin } from './own-login.ts';
import { isOlder, testedVersion } from './tested-version.ts';
import type { VaultAccess } from './vault/vault-access.ts';
import { vaultAccess } from './vault/vault-access.ts';

const loginStatusPatience = 5000;

export type NativeRuntimeInputs = {
  readonly settings: SettingsSnapshot;
  readonly secrets: Secrets;
  readonly env: Environment;
  /** Our data home; null = none. */
  readonly dataHome: string | null;
  readonly finder: BinaryFinder;
  /** Asks a build what it can do; left out: it is not asked. */
  readonly cli?: CliReader;
  /** The memory of failed starts; left out: none is kept. */
  readonly pins?: CrashPins;
  /** The system's certificates as a file, where the editor's settings want them; left out: none. */
  readonly certificates?: () => Promise<CertificateFile | null>;
  /** Configuration profile of Codex that is laid over its configuration; null or left out = none. */
  readonly profile?: string | null;
  /** For a turn: a known, untouched program serves while it is looked for again. */
  readonly atOnce?: boolean;
  readonly clock: Clock;
  /** Ends every question that is still open: nobody wants the answers any more. */
  readonly signal?: AbortSignal | undefined;
  readonly platform?: NodeJS.Platform;
  readonly arch?: string;
  /** Replaces the question to the user's shell. */
  readonly loginShellPath?: () => Promise<string | null>;
};

/** Everything that a native run needs. Holds a key: for the child's environment only. */
export type NativeRuntime = {
  readonly binary: BinaryFact;
  readonly stale: boolean;
  /** Set when this build is not to be started. */
  readonly pin: CrashPin | null;
  readonly credential: NativeCredential;
  readonly config: CodexConfigRead;
  /** Name and host of the configured provider; null = the built-in one. */
  readonly endpoint: string | null;
  readonly network: NetworkFacts;
  /** The environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables of it that hold a key for Codex itself: the commands that it runs must not see them. */
  readonly ownKeys: readonly string[];
  /** Vault-only: how a child gets at its provider without a key; null = it holds what it pays with itself. */
  readonly vault: VaultAccess | null;
  /** Values that no transcript may hold, whatever a command prints. */
  readonly secrets: readonly string[];
  /** Where Codex keeps its configuration, threads and worktrees. */
  readonly codexHome: string;
  /** What the build says it can do, from memory where it was asked before; null = it can't be found out. */
  readonly abilities: () => Promise<CliAbilities | null>;
};

/** Finds the program, reads Codex's configuration and what it would pay with. Spends no request. */
export async function resolveNativeRuntime(inputs: NativeRuntimeInputs): Promise<NativeRuntime> {
  return equip(inputs, await locate(inputs));
}

/** What is there, before anything is read of the user's credentials. */
type Located = {
  readonly found: FoundBinary;
  readonly config: CodexConfigRead;
  /** `codex login status`, started once at most; null = there is no program to ask. */
  readonly loginStatus: (() => Promise<ShortRun>) | null;
};

async function locate(inputs: NativeRuntimeInputs): Promise<Located> {
  const { env, finder, signal, platform = process.platform } = inputs;
  const [found, config] = await Promise.all([
    finder.find(discoveryInputs(inputs), { atOnce: inputs.atOnce === true }),
    readCodexConfig(env, platform, inputs.profile ?? null),
  ]);
  if (found.fact.kind !== 'found') return { found, config, loginStatus: null };
  const { path } = found.fact.identity;
  let asked: Promise<ShortRun> | null = null;
  const loginStatus = (): Promise<ShortRun> => {
    asked ??= runShort(path, ['login', 'status'], {
      env: childEnvironment({ env, platform }),
      timeoutMs: loginStatusPatience,
      // Away from the user's project, whose configuration is not to be read.
      cwd: dirname(path),
      ...(signal === undefined ? {} : { signal }),
    });
    return asked;
  };
  return { found, config, loginStatus };
}

async function equip(inputs: NativeRuntimeInputs, located: Located): Promise<NativeRuntime> {
  const { found, config, loginStatus } = located;
  const { settings, env, platform = process.platform } = inputs;
  const { fact } = found;
  const [credential, network, pin] = await Promise.all([
    readNativeCredential({
      nativeAuth: settings.nativeAuth,
      nativeCredentials: settings.nativeCredentials,
      config,
      ownLogin: () => readOwnLogin(codexHome(env, platform), loginStatus),
      secrets: inputs.secrets,
      env,
      platform,
    }),
    nativeNetwork(inputs),
    fact.kind === 'found' ? (inputs.pins?.pinOf(fact.identity) ?? null) : null,
  ]);
  const provider = config.kind === 'read' ? config.config.provider : null;
  const providerKey = provider?.envKey ?? null;
  const { vault } = credential;
  const vaultOnly = settings.nativeCredentials === 'vault-only';
  const childEnv = childEnvironment({
    env,
    platform,
    names: settings.nativeEnv,
    providerKey,
    // What the user's environment holds for the provider is not what pays.
    ...(vaultOnly ? { kept: { names: providerKey === null ? [] : [providerKey], value: vault?.key ?? null } } : {}),
    network: network.env,
    apiKey: credential.apiKey,
  });
  const keyNames = [
    ...(credential.apiKey === null && (vault === null || providerKey !== null) ? [] : ['CODEX_API_KEY']),
    ...(providerKey === null ? [] : [providerKey]),
  ];
  return {
    binary: fact,
    stale: found.stale,
    pin,
    credential,
    // What keeps Codex from saying who is signed in may be its configuration: then that is to be put right.
    config: credential.fact.kind === 'issue' ? ((await refusedConfig(located)) ?? config) : config,
    endpoint: provider === null ? null : providerEndpoint(provider),
    network: network.facts,
    env: childEnv,
    // One that the user named is meant for the commands too.
    ownKeys: keyNames.filter((name) => vaultOnly || name === 'CODEX_API_KEY' || !settings.nativeEnv.includes(name)),
    vault: vault === null || provider === null ? null : vaultAccess({ ...vault, provider, secrets: inputs.secrets }),
    secrets: [
      ...network.secrets,
      ...credential.secrets,
      ...keyNames.flatMap((name) => envValue(childEnv, name, platform) ?? []),
    ],
    codexHome: codexHome(env, platform),
    abilities: async () => (await askCli(located, inputs))?.abilities ?? null,
  };
}

/** What a search for Codex is made from. */
export function discoveryInputs(inputs: NativeRuntimeInputs): DiscoveryInputs {
  const { settings, env, dataHome, signal, platform = process.platform, arch = process.arch } = inputs;
  const shellPath = inputs.loginShellPath ?? (() => loginShellPath({ env, platform, signal }));
  const places = { setting: settings.codexPath, env, platform, arch, dataHome, loginShellPath: shellPath };
  return signal === undefined ? places : { ...places, signal };
}

/** How a process of the native lane, or one that installs it, reaches the network. */
export async function nativeNetwork(inputs: NativeRuntimeInputs): Promise<Network> {
  const { settings, env, platform = process.platform } = inputs;
  const certificates = settings.network.systemCertificates ? ((await inputs.certificates?.()) ?? null) : null;
  return networkOf({ settings: settings.network, env, platform, certificates });
}

/** The facts of the native lane for the status document. In an untrusted workspace nothing is started, nothing is read. */
export async function probeNative(inputs: NativeRuntimeInputs & { readonly trusted: boolean }): Promise<NativeFacts> {
  if (!inputs.trusted) return uncheckedNative;
  const checkedAt = new Date(inputs.clock.now()).toISOString();
  const located = await locate(inputs);
  const [cli, refused] = await Promise.all([askCli(located, inputs), refusedConfig(located)]);
  const config = refused ?? located.config;
  const runtime = await equip(inputs, { ...located, config });
  const provider = config.kind === 'read' ? config.config.provider : null;
  return {
    ...uncheckedNative,
    checkedAt,
    binary: runtime.binary,
    credential: runtime.credential.fact,
    notes: [...notesOf(runtime), ...(cli?.notes ?? [])],
    abilities: cli?.abilities ?? null,
    models: cli?.models ?? [],
    pin: runtime.pin,
    credentialInputs: runtime.credential.inputs,
    network: runtime.network,
    providerLabel: provider === null || provider.builtIn ? null : provider.name,
  };
}

async function askCli({ found }: Located, inputs: NativeRuntimeInputs): Promise<CliFacts | null> {
  if (found.fact.kind !== 'found' || inputs.cli === undefined) return null;
  const { env, platform = process.platform, signal } = inputs;
  return inputs.cli(found.fact.identity.path, childEnvironment({ env, platform }), signal);
}

/** Codex's own word on a configuration that can be read; null = no objection. A turn hears it from Codex itself. */
async function refusedConfig({ config, loginStatus }: Located): Promise<CodexConfigRead | null> {
  if (config.kind === 'broken' || loginStatus === null) return null;
  const issue = configRefusal(await loginStatus());
  return issue === null ? null : { kind: 'broken', at: 'file', issue };
}

function notesOf(runtime: NativeRuntime): readonly string[] {
  const notes: string[] = [];
  if (runtime.stale) notes.push('the last check failed, an earlier one is shown');
  if (runtime.binary.kind === 'found' && isOlder(runtime.binary.identity.version, testedVersion)) {
    notes.push(`${runtime.binary.identity.version} is older than the tested ${testedVersion}`);
  }
  return notes;
}
