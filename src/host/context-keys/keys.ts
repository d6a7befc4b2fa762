/** The context keys that menus and the walkthrough may ask for. */
export const contextKeys = [
  // The chat of the side bar is taken away for a moment, so that the editor gives it another frame.
  'codexLanes.chatLost',
  'codexLanes.turnRunning',
  'codexLanes.awaitingApproval',
  'codexLanes.lane',
  // The chat in the side bar was used last: what the palette offers is about its thread.
  'codexLanes.inSideBar',
  // Of the thread that the chat used last shows.
  'codexLanes.canContinue',
  'codexLanes.hasWorktree',
  'codexLanes.canCompact',
  'codexLanes.canReview',
  // What the walkthrough counts as done.
  'codexLanes.promptSent',
  'codexLanes.changeReviewed',
  'codexLanes.apiReady',
  'codexLanes.nativeReady',
  // Whether there is anything to lift.
  'codexLanes.pinned',
] as const;

export type ContextKey = (typeof contextKeys)[number];
