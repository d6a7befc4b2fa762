import type { GateFacts } from '../model/index.ts';
import { gatePhaseOf } from './gate-phases.ts';

type Sourced<T> = { readonly value: T; readonly source: string };

/** What the gates are read from: settings with where they were set, and the environment of the process. */
export type GateInputs = {
  readonly nativeUnlock: Sourced<boolean>;
  readonly nativeEnabled: Sourced<boolean>;
  readonly pluginsUnlock: Sourced<boolean>;
  readonly nativeInteractive: Sourced<boolean>;
  readonly nativeTransport: GateFacts['transport'];
  readonly apiTools: boolean;
  readonly trusted: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** The gates as they stand now. An unlock is a setting's or an environment variable's; the setting is named first. */
export function gateFactsOf(inputs: GateInputs): GateFacts {
  const { nativeUnlock, nativeEnabled, pluginsUnlock, nativeInteractive, nativeTransport, apiTools, trusted, env } =
    inputs;
  const native = unlockOf(nativeUnlock, env, 'CODEX_LANES_NATIVE_UNLOCK');
  const plugins = unlockOf(pluginsUnlock, env, 'CODEX_LANES_PLUGINS_UNLOCK');
  return {
    phase: gatePhaseOf(env.CODEX_LANES_GATE_PHASE),
    unlocked: native.open,
    unlockSource: native.source,
    trusted,
    switchedOffBy: nativeEnabled.value ? null : nativeEnabled.source,
    pluginsUnlocked: plugins.open,
    pluginsUnlockSource: plugins.source,
    interactive: nativeInteractive.value,
    interactiveSource: nativeInteractive.source,
    transport: nativeTransport,
    apiTools,
  };
}

function unlockOf(
  setting: Sourced<boolean>,
  env: GateInputs['env'],
  variable: string,
): { readonly open: boolean; readonly source: string } {
  if (setting.value) return { open: true, source: setting.source };
  return env[variable] === '1' ? { open: true, source: variable } : { open: false, source: setting.source };
}
