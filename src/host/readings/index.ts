import { Emitter } from '../../base/index.ts';
import type { Readings } from '../../model/index.ts';
import { noReadings } from '../../model/index.ts';
import type { Core } from '../core/index.ts';
import type { Log } from '../ports.ts';

/** What Codex's app-server and the endpoint said of account, limits and models. Nothing, while the core is not loaded. */
export type ReadingsSource = {
  readonly current: () => Readings;
  /** Asks for them: a program may be started, so only where the user wants to know. Never rejects. */
  readonly read: () => Promise<Readings>;
  readonly onChange: (call: () => void) => () => void;
};

export function createReadings(core: Core, log: Log): ReadingsSource & { readonly dispose: () => void } {
  const changes = new Emitter<void>((error) => log.error('A listener of the readings failed', error));
  let stop = () => {};
  core.onLoaded(({ runtime }) => {
    stop = runtime.onReadings(() => changes.fire());
  });
  return {
    current: () => core.loaded()?.runtime.readings() ?? noReadings,
    read: async () => {
      try {
        return await (await core.get()).runtime.read();
      } catch (error) {
        log.error('Account and limits were not read', error);
        return noReadings;
      }
    },
    onChange: (call) => changes.on(call),
    dispose: () => stop(),
  };
}
