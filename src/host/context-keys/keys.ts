/** The context keys that menus may ask for. */
export const contextKeys = ['codexLanes.turnRunning', 'codexLanes.awaitingApproval', 'codexLanes.lane'] as const;

export type ContextKey = (typeof contextKeys)[number];
