export { type Command, readCommand, UsageError, usage } from './command.ts';
export { doctorWords } from './doctor-words.ts';
export { normalizeFile } from './normalize-file.ts';
export { readRows } from './read-rows.ts';
export { statusWords } from './status-words.ts';
export { surroundings } from './surroundings.ts';
export { isReaderGone, writeOut } from './write-out.ts';
