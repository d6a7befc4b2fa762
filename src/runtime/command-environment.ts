import type { Environment } from './child-environment.ts';
import { childEnvironment } from './child-environment.ts';
import type { Network } from './network.ts';

export type CommandEnvironmentOptions = {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** Setting `codexLanes.native.env`: what the user wants commands to see. */
  readonly names: readonly string[];
  readonly network: Pick<Network, 'env'>;
  /** Every key that this process has seen: a variable with one in it stays out, whatever its name. */
  readonly keys: readonly string[];
};

/**
 * The environment of a command that a lane of ours runs: what a Codex process would get, without what pays. Nobody answers a
 * command, so whatever would ask at a terminal or page its output is told not to.
 */
export function commandEnvironment(options: CommandEnvironmentOptions): Readonly<Record<string, string>> {
  const { env, platform, names, network, keys } = options;
  const child = childEnvironment({ env, platform, names, network: network.env });
  const known = keys.filter((key) => key !== '');
  const own = Object.entries(child).filter(([, value]) => !known.some((key) => value.includes(key)));
  return { ...Object.fromEntries(own), ...quiet };
}

const quiet = { TERM: 'dumb', NO_COLOR: '1', PAGER: 'cat', GIT_PAGER: 'cat', GIT_TERMINAL_PROMPT: '0' } as const;
