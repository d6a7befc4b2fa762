import type { Environment } from '../node/index.ts';
import type { CommandHost, Log, SettingsSnapshot } from '../ports/index.ts';
import type { CrashPins, createBinaryFinder, NativeRuntimeInputs } from '../runtime/index.ts';
import { commandEnvironment, createCommandSandbox, discoveryInputs, nativeNetwork } from '../runtime/index.ts';

export type CommandHostDeps = {
  readonly env: () => Environment;
  readonly settings: () => SettingsSnapshot;
  readonly trusted: () => boolean;
  /** Every key that this process has seen. */
  readonly known: () => readonly string[];
  readonly native: () => NativeRuntimeInputs;
  readonly finder: () => ReturnType<typeof createBinaryFinder>;
  readonly pins: CrashPins;
  /** Makes our data home. */
  readonly home: () => Promise<string>;
  readonly log: Log;
};

/** What the commands of a lane of ours need of this machine: an environment without a key, and Codex's sandbox. */
export function commandHost(deps: CommandHostDeps): CommandHost & { readonly timeoutS: () => number } {
  const environment = async (): Promise<Readonly<Record<string, string>>> =>
    commandEnvironment({
      env: deps.env(),
      platform: process.platform,
      names: deps.settings().nativeEnv,
      network: await nativeNetwork(deps.native()),
      keys: deps.known(),
    });
  return {
    environment,
    sandbox: createCommandSandbox({
      program: async () => {
        if (!deps.trusted()) return null;
        const { fact } = await deps.finder().find(discoveryInputs(deps.native()), { atOnce: true });
        return fact.kind === 'found' ? { identity: fact.identity, pin: await deps.pins.pinOf(fact.identity) } : null;
      },
      home: deps.home,
      environment,
      log: deps.log,
    }),
    timeoutS: () => deps.settings().apiCommandTimeoutS,
  };
}
