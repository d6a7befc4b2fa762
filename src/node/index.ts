export { codeOf, syncFolder, writeFileAtomic } from './atomic-file.ts';
export { claimFormat, type DataHomeOptions, dataHomePath, type Environment, openDataHome } from './data-home.ts';
export { newId } from './id.ts';
export { acquireLock, type Lock, type LockHolder, type LockOptions } from './lock.ts';
export { isRunning, processStart } from './process-start.ts';
export { sha256 } from './sha256.ts';
export { systemClock } from './system-clock.ts';
