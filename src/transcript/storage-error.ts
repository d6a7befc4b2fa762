import { isLanesError, LanesError } from '../model/index.ts';
import { codeOf } from '../node/index.ts';

/** What the system refused, in words for the user. `doing` completes "…: <doing> failed". */
export function storageError(error: unknown, doing: string): LanesError {
  if (isLanesError(error)) return error;
  return new LanesError('storage', `${doing} failed: ${reason(codeOf(error))}.`, { cause: error });
}

function reason(code: string): string {
  switch (code) {
    case 'ENOSPC':
      return 'the disk is full';
    case 'EDQUOT':
      return 'your disk quota is used up';
    case 'EROFS':
      return 'the disk is read-only';
    case 'EACCES':
    case 'EPERM':
      return 'the system does not allow it';
    case 'EFBIG':
      return 'the file would be larger than the system allows';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open';
    case '':
      return 'unknown reason';
    default:
      return code;
  }
}
