export { codeOf, renamePatiently, syncFolder, writeFileAtomic } from './atomic-file.ts';
export { claimFormat, type DataHomeOptions, dataHomePath, type Environment, openDataHome } from './data-home.ts';
export { newId } from './id.ts';
export { liveProcesses, type Purpose } from './live-processes.ts';
export { acquireLock, isLocked, type Lock, type LockHolder, type LockOptions } from './lock.ts';
export { processRecords } from './process-records.ts';
export { reap } from './reap.ts';
export {
  type Child,
  type ChildEnd,
  type ChildExit,
  type ChildKillStep,
  type ChildOptions,
  spawnChild,
} from './spawn.ts';
export { listProcesses, type ProcessRow } from './spawn-processes.ts';
export { runShort, type ShortRun, type ShortRunFailure, type ShortRunOptions } from './spawn-short.ts';
export { systemClock } from './system-clock.ts';
