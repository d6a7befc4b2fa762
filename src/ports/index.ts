export type * from './clock.ts';
export type * from './lane.ts';
export type * from './log.ts';
export type * from './replay.ts';
export type * from './secrets.ts';
export type * from './settings.ts';
export type * from './transcript.ts';
export type * from './workspace.ts';
