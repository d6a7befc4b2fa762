export type { TurnGrants } from './approvals.ts';
export type { Activity, EngineDeps, EngineListener, FolderTrust } from './deps.ts';
export { Engine, type ForkResult } from './engine.ts';
export { matchGrant } from './grants.ts';
export { type StandingInputs, StatusKeeper, type StatusKeeperDeps } from './status-keeper.ts';
export type { Idle, IdleThread } from './thread-actor.ts';
