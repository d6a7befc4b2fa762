import type { ExtensionContext } from 'vscode';
import { Emitter } from '../../base/index.ts';
import type { StampedStatus } from '../../model/index.ts';
import type { Core } from '../core/index.ts';
import type { Environment, Log, Settings, Workspace } from '../ports.ts';
import { isStored, statusBeforeCore } from './before-core.ts';

/** The one status that every surface of the editor reads. */
export type StatusSource = {
  readonly current: () => StampedStatus;
  readonly onChange: (call: (status: StampedStatus) => void) => () => void;
  /** Probes both lanes. */
  readonly refresh: () => Promise<StampedStatus>;
  /** Probes again after a key was stored or cleared. */
  readonly keysChanged: () => Promise<StampedStatus>;
};

type Parts = {
  readonly extension: ExtensionContext;
  readonly core: Core;
  readonly settings: Settings;
  readonly workspace: Workspace;
  readonly env: Environment;
  readonly log: Log;
};

const storeKey = 'codexLanes.status';

/** The status as an earlier session kept it; null = there is none that this version can read. */
export function storedStatus({ globalState }: ExtensionContext): StampedStatus | null {
  const stored = globalState.get<unknown>(storeKey);
  return isStored(stored) ? stored : null;
}

export function storeStatus({ globalState }: ExtensionContext, log: Log): (status: StampedStatus) => void {
  return (status) => {
    globalState.update(storeKey, status).then(undefined, (error) => log.error('The status was not stored', error));
  };
}

export function createStatus({ extension, core, settings, workspace, env, log }: Parts): StatusSource {
  const changes = new Emitter<StampedStatus>((error) => log.error('A listener of the status failed', error));
  const current = () =>
    core.loaded()?.status.current() ??
    statusBeforeCore({
      stored: extension.globalState.get(storeKey),
      settings: settings.get(),
      trusted: workspace.trusted(),
      env,
    });
  const announce = () => changes.fire(current());
  core.onLoaded((app) => {
    extension.subscriptions.push({ dispose: app.status.onChange((status) => changes.fire(status)) });
    announce();
  });
  // Also with the core loaded: it may have heard of the change after the surfaces did, and announces itself again.
  extension.subscriptions.push({ dispose: settings.onChange(announce) }, { dispose: workspace.onChange(announce) });
  return {
    current,
    onChange: (call) => changes.on(call),
    refresh: async () => (await core.get()).status.refresh(),
    keysChanged: async () => (await core.get()).status.keysChanged(),
  };
}
