/** The context keys that menus and the walkthrough may ask for. */
export const contextKeys = [
  'codexLanes.turnRunning',
  'codexLanes.awaitingApproval',
  'codexLanes.lane',
  // Of the thread that the chat shows.
  'codexLanes.canContinue',
  'codexLanes.hasWorktree',
  // What the walkthrough counts as done.
  'codexLanes.statusChecked',
  'codexLanes.practiceOn',
  'codexLanes.promptSent',
  'codexLanes.apiReady',
  'codexLanes.nativeReady',
  // Whether there is anything to lift.
  'codexLanes.pinned',
] as const;

export type ContextKey = (typeof contextKeys)[number];
