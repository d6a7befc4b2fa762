import { Emitter } from '../../base/index.ts';
import type { LiveProcess } from '../../model/index.ts';
import type { Core } from '../core/index.ts';
import type { Log } from '../ports.ts';

export { pidOf } from './process-id.ts';

/** The living processes of ours. While the core is not loaded there is none. */
export type Processes = {
  readonly current: () => readonly LiveProcess[];
  readonly onChange: (call: () => void) => () => void;
};

export function createProcesses(core: Core, log: Log): Processes & { readonly dispose: () => void } {
  const changes = new Emitter<void>((error) => log.error('A listener of the processes failed', error));
  let stop = () => {};
  core.onLoaded(({ runtime }) => {
    stop = runtime.onProcesses(() => changes.fire());
  });
  return {
    current: () => core.loaded()?.runtime.processes() ?? [],
    onChange: (call) => changes.on(call),
    dispose: () => stop(),
  };
}
