import type { Copy } from './copy.ts';
import { copy } from './copy.ts';

/** What a surface may offer to do. Closed: a host wires each of them, a test compares both lists. */
export const actionIds = [
  'setApiKey',
  'clearApiKey',
  'unlockNative',
  'selectLane',
  'useApi',
  'useNative',
  'useAuto',
  'refreshStatus',
  'showLog',
  'openCodexPath',
  'manageTrust',
] as const;

export type ActionId = (typeof actionIds)[number];

/** An action as an editor command. The last two are commands of the editor itself. */
export type Action = { readonly command: string; readonly args: readonly string[]; readonly label: Copy };

const commands: Readonly<Record<ActionId, { readonly command: string; readonly args?: readonly string[] }>> = {
  setApiKey: { command: 'codexLanes.setApiKey' },
  clearApiKey: { command: 'codexLanes.clearApiKey' },
  unlockNative: { command: 'codexLanes.unlockNative' },
  selectLane: { command: 'codexLanes.selectLane' },
  useApi: { command: 'codexLanes.useApiLane' },
  useNative: { command: 'codexLanes.useNativeLane' },
  useAuto: { command: 'codexLanes.useAuto' },
  refreshStatus: { command: 'codexLanes.refreshStatus' },
  showLog: { command: 'codexLanes.showLog' },
  openCodexPath: { command: 'workbench.action.openSettings', args: ['codexLanes.codex.path'] },
  manageTrust: { command: 'workbench.trust.manage' },
};

export function actionOf(id: ActionId): Action {
  const { command, args = [] } = commands[id];
  return { command, args, label: copy(`action.${id}`) };
}
