export type { Activity, Digest, EngineDeps, EngineListener } from './deps.ts';
export { Engine } from './engine.ts';
export { type StandingInputs, StatusKeeper, type StatusKeeperDeps } from './status-keeper.ts';
