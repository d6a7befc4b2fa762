import { transportCapabilities } from '../../model/index.ts';
import type { Lane } from '../../ports/index.ts';
import { approvalPolicy } from './converse.ts';
import type { AppServerLaneDeps, LaneMemory } from './lane-deps.ts';
import { runAppServer } from './run.ts';

export { historyOf } from './history.ts';
export { otherProviderOf } from './other-provider.ts';
export { AppServerReplay } from './replay.ts';

/** The native lane over `codex app-server`: streams, asks, is steered; one server for all threads of a window. */
export function createAppServerLane(deps: AppServerLaneDeps): Lane {
  const memory: LaneMemory = { noticed: new Map(), holds: false, keepers: new Set(), running: 0 };
  return {
    id: 'codex-native',
    transport: 'app-server',
    approvalPolicy,
    capabilities: transportCapabilities['app-server'],
    run: (turn, io) => runAppServer(deps, memory, turn, io),
  };
}
