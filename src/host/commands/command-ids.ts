/** Commands of the manifest: what the palette, menus and the walkthrough may run. A test compares both lists. */
export const commandIds = [
  'codexLanes.selectLane',
  'codexLanes.useApiLane',
  'codexLanes.useNativeLane',
  'codexLanes.useAuto',
  'codexLanes.newThread',
  'codexLanes.sendPrompt',
  'codexLanes.stopTurn',
  'codexLanes.refreshStatus',
  'codexLanes.showLog',
  'codexLanes.setApiKey',
  'codexLanes.clearApiKey',
  'codexLanes.setNativeKey',
  'codexLanes.clearNativeKey',
  'codexLanes.unlockNative',
  'codexLanes.liftPin',
  'codexLanes.installCodex',
  'codexLanes.useBinary',
  'codexLanes.runDoctor',
  'codexLanes.explain',
  'codexLanes.endProcess',
  'codexLanes.practice.toggle',
] as const;

export type CommandId = (typeof commandIds)[number];
