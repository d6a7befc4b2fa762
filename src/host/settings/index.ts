import type { ExtensionContext } from 'vscode';
import { l10n, workspace } from 'vscode';
import { Emitter } from '../../base/index.ts';
import type { LaneSelection } from '../../model/index.ts';
import type { Environment, Log, Settings, SettingsSnapshot } from '../ports.ts';
import { readNetwork } from './read-network.ts';
import type { RawSetting } from './read-settings.ts';
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
  const { network, problems } = readNetwork(rawIn('http'), l10n.t);
  const snapshot = readSettings({
    t: l10n.t,
    env,
    network,
    workspaceLane: extension.workspaceState.get(laneKey),
    raw: rawIn('codexLanes'),
  });
  return { ...snapshot, problems: [...snapshot.problems, ...problems] };
}

/** Settings of a section as the editor holds them. */
function rawIn(section: string): (name: string) => RawSetting {
  const configuration = workspace.getConfiguration(section);
  return (name) => {
    const value: unknown = configuration.get(name);
    const found = configuration.inspect(name);
    const set = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
    // A policy of an organisation shows in the value alone.
    const byPolicy = JSON.stringify(value) !== JSON.stringify(found?.defaultValue);
    return { value, isSet: byPolicy || set.some((given) => given !== undefined) };
  };
}
