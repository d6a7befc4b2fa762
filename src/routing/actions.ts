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
  'installCodex',
  'useBinary',
  'runDoctor',
  'explain',
  'setNativeKey',
  'clearNativeKey',
  'liftPin',
  'enableNative',
  'chooseNativeAuth',
  'unlockPlugins',
  'openWalkthrough',
  'compactThread',
  'forgetEndpoint',
  'openInteractive',
  'chooseTransport',
  'openApiTools',
  'openBudgets',
  'showUsage',
] as const;

export type ActionId = (typeof actionIds)[number];

/** An action as an editor command; some are commands of the editor itself. */
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
  installCodex: { command: 'codexLanes.installCodex' },
  useBinary: { command: 'codexLanes.useBinary' },
  runDoctor: { command: 'codexLanes.runDoctor' },
  explain: { command: 'codexLanes.explain' },
  setNativeKey: { command: 'codexLanes.setNativeKey' },
  clearNativeKey: { command: 'codexLanes.clearNativeKey' },
  liftPin: { command: 'codexLanes.liftPin' },
  enableNative: { command: 'workbench.action.openSettings', args: ['codexLanes.native.enabled'] },
  chooseNativeAuth: { command: 'workbench.action.openSettings', args: ['codexLanes.native.auth'] },
  unlockPlugins: { command: 'workbench.action.openSettings', args: ['codexLanes.plugins.unlock'] },
  openWalkthrough: { command: 'codexLanes.openWalkthrough' },
  compactThread: { command: 'codexLanes.compactThread' },
  forgetEndpoint: { command: 'codexLanes.forgetEndpoint' },
  showUsage: { command: 'codexLanes.showUsage' },
  openInteractive: { command: 'workbench.action.openSettings', args: ['codexLanes.native.interactive'] },
  openBudgets: { command: 'workbench.action.openSettings', args: ['codexLanes.api.max'] },
  openApiTools: { command: 'workbench.action.openSettings', args: ['codexLanes.api.tools'] },
  chooseTransport: { command: 'workbench.action.openSettings', args: ['codexLanes.native.transport'] },
};

export function actionOf(id: ActionId): Action {
  const { command, args = [] } = commands[id];
  return { command, args, label: copy(`action.${id}`) };
}
