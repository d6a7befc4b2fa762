import type { BinaryFact, CrashPin, NativeFacts, NetworkFacts } from '../model/index.ts';
import { uncheckedNative } from '../model/index.ts';
import { runShort } from '../node/index.ts';
import type { Clock, Secrets, SettingsSnapshot } from '../ports/index.ts';
import type { CliFacts, CliReader } from './abilities.ts';
import type { BinaryFinder } from './binary-finder.ts';
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
import { readOwnLogin } from './own-login.ts';
import { isOlder, testedVersion } from './tested-version.ts';

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
  /** For a turn: a known, untouched program serves while it is looked for again. */
  readonly atOnce?: boolean;
  readonly clock: Clock;
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
  /** Values that no transcript may hold, whatever a command prints. */
  readonly secrets: readonly string[];
};

/** Finds the program, reads Codex's configuration and what it would pay with. Spends no request. */
export async function resolveNativeRuntime(inputs: NativeRuntimeInputs): Promise<NativeRuntime> {
  const { settings, env, finder, platform = process.platform } = inputs;
  const home = codexHome(env, platform);
  const [found, config] = await Promise.all([
    finder.find(discoveryInputs(inputs), { atOnce: inputs.atOnce === true }),
    readCodexConfig(home),
  ]);
  const { fact } = found;
  const status =
    fact.kind !== 'found'
      ? null
      : () =>
          runShort(fact.identity.path, ['login', 'status'], {
            env: childEnvironment({ env, platform }),
            timeoutMs: loginStatusPatience,
          });
  const credential = await readNativeCredential({
    nativeAuth: settings.nativeAuth,
    config,
    ownLogin: () => readOwnLogin(home, status),
    secrets: inputs.secrets,
    env,
    platform,
  });
  const provider = config.kind === 'read' ? config.config.provider : null;
  const network = await nativeNetwork(inputs);
  const providerKey = provider?.envKey ?? null;
  const childEnv = childEnvironment({
    env,
    platform,
    names: settings.nativeEnv,
    providerKey,
    network: network.env,
    apiKey: credential.apiKey,
  });
  const keyNames = [
    ...(credential.apiKey === null ? [] : ['CODEX_API_KEY']),
    ...(providerKey === null ? [] : [providerKey]),
  ];
  return {
    binary: fact,
    stale: found.stale,
    pin: fact.kind === 'found' ? ((await inputs.pins?.pinOf(fact.identity)) ?? null) : null,
    credential,
    config,
    endpoint: provider === null ? null : providerEndpoint(provider),
    network: network.facts,
    env: childEnv,
    // One that the user named is meant for the commands too.
    ownKeys: keyNames.filter((name) => name === 'CODEX_API_KEY' || !settings.nativeEnv.includes(name)),
    secrets: [...network.secrets, ...keyNames.flatMap((name) => envValue(childEnv, name, platform) ?? [])],
  };
}

/** What a search for Codex is made from. */
export function discoveryInputs(inputs: NativeRuntimeInputs): DiscoveryInputs {
  const { settings, env, dataHome, platform = process.platform, arch = process.arch } = inputs;
  const shellPath = inputs.loginShellPath ?? (() => loginShellPath(env, platform));
  return { setting: settings.codexPath, env, platform, arch, dataHome, loginShellPath: shellPath };
}

/** How a process of the native lane, or one that installs it, reaches the network. */
export async function nativeNetwork(inputs: NativeRuntimeInputs): Promise<Network> {
  const { settings, env, platform = process.platform } = inputs;
  const certificates = settings.network.systemCertificates ? ((await inputs.certificates?.()) ?? null) : null;
  return networkOf({ settings: settings.network, env, platform, certificates });
}

/** The facts of the native lane for the status document. In an untrusted workspace nothing is started, nothing is read. */
export async function probeNative(inputs: NativeRuntimeInputs & { readonly trusted: boolean }): Promise<NativeFacts> {
  const checkedAt = new Date(inputs.clock.now()).toISOString();
  if (!inputs.trusted) return { ...uncheckedNative, checkedAt };
  const runtime = await resolveNativeRuntime(inputs);
  const provider = runtime.config.kind === 'read' ? runtime.config.config.provider : null;
  const cli = await askCli(runtime, inputs);
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

async function askCli({ binary }: NativeRuntime, inputs: NativeRuntimeInputs): Promise<CliFacts | null> {
  if (binary.kind !== 'found' || inputs.cli === undefined) return null;
  const { env, platform = process.platform } = inputs;
  return inputs.cli(binary.identity.path, childEnvironment({ env, platform }));
}

function notesOf(runtime: NativeRuntime): readonly string[] {
  const notes: string[] = [];
  if (runtime.stale) notes.push('the last check failed, an earlier one is shown');
  if (runtime.binary.kind === 'found' && isOlder(runtime.binary.identity.version, testedVersion)) {
    notes.push(`${runtime.binary.identity.version} is older than the tested ${testedVersion}`);
  }
  return notes;
}
