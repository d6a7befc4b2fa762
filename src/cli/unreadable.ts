import { isAbsolute } from 'node:path';
import { messageOf } from '../model/index.ts';
import { codeOf } from '../node/index.ts';
import { UsageError } from './command.ts';

/** Why a file that was named can't be read, and what to do: the system's own words name neither. */
export function unreadable(path: string, error: unknown): UsageError {
  return new UsageError(`${path} can’t be read: ${whyNot(path, error)}.`, { cause: error });
}

function whyNot(path: string, error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return isAbsolute(path)
        ? 'it does not exist. Check the path'
        : `it does not exist. A path counts from ${process.cwd()}: check it, or give the whole path`;
    case 'EACCES':
    case 'EPERM':
      return 'this user has no right to. Change its permissions, or name a copy that may be read';
    case 'EISDIR':
      return 'it is a folder. Name a file in it';
    default:
      return `the system says ${code === '' ? messageOf(error) : code}. Try again, or name a copy of it`;
  }
}
