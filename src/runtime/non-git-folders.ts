import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../model/index.ts';
import { codeOf, writeFileAtomic } from '../node/index.ts';
import type { Log } from '../ports/index.ts';
import { repositoryOf } from './git-repository.ts';

/**
 * The folders outside Git in which the user lets Codex run. Measured with 0.169: `codex exec` refuses to run where neither
 * the folder nor one above it has a `.git` (a file, or a folder with a HEAD), whatever the sandbox and whether its
 * configuration trusts the folder or not. For 0.117 an empty `.git` will do.
 */
export type NonGitFolders = {
  /** The folder to ask about before a turn in `cwd`; null = it is under Git, allowed already or not there. Never rejects. */
  readonly toAllow: (cwd: string) => Promise<string | null>;
  readonly isAllowed: (cwd: string) => Promise<boolean>;
  /** Keeps a yes. Never rejects: what can't be stored is remembered until the process ends. */
  readonly allow: (folder: string) => Promise<void>;
};

export type NonGitFoldersDeps = {
  /** Makes our data home. */
  readonly home: () => Promise<string>;
  readonly log: Log;
};

const fileName = 'non-git-folders.json';
const fileSchema = z.object({
  format: z.literal('codex-lanes/non-git-folders'),
  version: z.literal(1),
  folders: z.array(z.string()),
});

export function createNonGitFolders({ home, log }: NonGitFoldersDeps): NonGitFolders {
  const known = new Set<string>();

  const read = async (): Promise<readonly string[]> => {
    try {
      return fileSchema.parse(JSON.parse(await readFile(join(await home(), fileName), 'utf8'))).folders;
    } catch (error) {
      // What can't be read is asked about again.
      if (codeOf(error) !== 'ENOENT') log.warn(`${fileName} can't be read and counts as empty: ${messageOf(error)}`);
      return [];
    }
  };
  const has = async (folder: string): Promise<boolean> => known.has(folder) || (await read()).includes(folder);

  return {
    toAllow: async (cwd) => {
      const folder = await realpath(cwd).catch(() => null);
      if (folder === null || (await repositoryOf(folder)) !== null) return null;
      return (await has(folder)) ? null : folder;
    },
    isAllowed: async (cwd) => has(await realpath(cwd).catch(() => cwd)),
    allow: async (folder) => {
      known.add(folder);
      try {
        // Another window may have written since; what both write at once is asked about once more.
        const folders = [...new Set([...(await read()), folder])];
        const content = { format: 'codex-lanes/non-git-folders', version: 1, folders } satisfies z.infer<
          typeof fileSchema
        >;
        await writeFileAtomic(join(await home(), fileName), `${JSON.stringify(content, null, 2)}\n`);
      } catch (error) {
        log.warn(`${fileName} could not be written: ${messageOf(error)}`);
      }
    },
  };
}
