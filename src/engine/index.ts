export type { Activity, EngineDeps, EngineListener, FolderTrust } from './deps.ts';
export { Engine } from './engine.ts';
export { type StandingInputs, StatusKeeper, type StatusKeeperDeps } from './status-keeper.ts';
