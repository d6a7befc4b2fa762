import type { ExtensionContext, WorkspaceConfiguration } from 'vscode';
import { l10n, workspace } from 'vscode';
import { Emitter } from '../../base/index.ts';
import type { LaneSelection } from '../../model/index.ts';
import type { Environment, Log, Settings, SettingsSnapshot } from '../ports.ts';
import { readSettings } from './read-settings.ts';

export type LaneSettings = Settings & {
  /** Chooses the lane for this workspace. */
  readonly chooseLane: (lane: LaneSelection) => Promise<void>;
};

const laneKey = 'codexLanes.lane';

/** The Settings port over the editor's configuration and, for the lane, the workspace's own choice. */
export function createSettings(extension: ExtensionContext, env: Environment, log: Log): LaneSettings {
  const changes = new Emitter<void>((error) => log.error('A listener of the settings failed', error));
  let snapshot: SettingsSnapshot | null = null;
  const changed = () => {
    snapshot = null;
    changes.fire();
  };
  extension.subscriptions.push(
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('codexLanes') || event.affectsConfiguration('http')) changed();
    }),
  );
  return {
    get: () => {
      snapshot ??= read(extension, env);
      return snapshot;
    },
    onChange: (call) => changes.on(call),
    chooseLane: async (lane) => {
      await extension.workspaceState.update(laneKey, lane);
      changed();
    },
  };
}

function read(extension: ExtensionContext, env: Environment): SettingsSnapshot {
  const configuration = workspace.getConfiguration('codexLanes');
  return readSettings({
    t: l10n.t,
    env,
    network: networkOf(workspace.getConfiguration('http')),
    workspaceLane: extension.workspaceState.get(laneKey),
    raw: (name) => {
      const found = configuration.inspect(name);
      const isSet = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some(
        (value) => value !== undefined,
      );
      return { value: configuration.get(name), isSet };
    },
  });
}

/** The editor's own network settings; a bad value there counts as not set. */
function networkOf(http: WorkspaceConfiguration): SettingsSnapshot['network'] {
  const proxy: unknown = http.get('proxy');
  const noProxy: unknown = http.get('noProxy');
  return {
    proxy: typeof proxy === 'string' && URL.canParse(proxy) ? proxy : null,
    noProxy: Array.isArray(noProxy) ? noProxy.filter((host) => typeof host === 'string') : [],
    strictSsl: http.get('proxyStrictSSL') !== false,
    systemCertificates: http.get('systemCertificates') !== false,
  };
}
