import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../model/index.ts';
import { codeOf, writeFileAtomic } from '../node/index.ts';
import type { Log } from '../ports/index.ts';
import type { Environment } from './child-environment.ts';
import { readCodexConfig } from './codex-config.ts';
import { codexHome } from './codex-home.ts';
import { repositoryOf } from './git-repository.ts';

/** Which folders Codex's configuration decides about, and which of the others the user has been told of. */
export type FolderTrustMemory = {
  /**
   * The folder that Codex may mark as trusted when a turn may write in `cwd`: the root of its git repository, of the main
   * one for a worktree, else `cwd` itself. Null = the configuration decides about it already, the user was told of it, or
   * the configuration can't be read (the turn then says so). Never rejects.
   *
   * Measured: the app-server of 0.169 writes `[projects."<root>"] trust_level = "trusted"` when a thread starts with
   * workspace-write or danger-full-access, unless the root or `cwd` has an entry, of either kind. `codex exec` of 0.117
   * and 0.169 writes none.
   */
  readonly toMark: (cwd: string) => Promise<string | null>;
  /** Keeps that the user was told of `folder`. Never rejects: what can't be stored is remembered until the process ends. */
  readonly told: (folder: string) => Promise<void>;
};

export type FolderTrustDeps = {
  /** The environment that Codex would run with now: it names its home. */
  readonly env: () => Environment;
  /** Makes our data home. */
  readonly home: () => Promise<string>;
  readonly log: Log;
};

const fileName = 'told-folders.json';
const format = 'codex-lanes/told-folders';
const version = 1;
const newerSchema = z.object({ format: z.literal(format), version: z.number().int().gt(version) });
const fileSchema = z.object({
  format: z.literal(format),
  version: z.literal(version),
  /** Each with the Codex home whose configuration it was about. */
  told: z.array(z.object({ codexHome: z.string(), folder: z.string() })),
});
type Told = z.infer<typeof fileSchema>['told'];

export function createFolderTrust({ env, home, log }: FolderTrustDeps): FolderTrustMemory {
  const known: { codexHome: string; folder: string }[] = [];
  const isKnown = (told: Told, folder: string): boolean =>
    told.some((one) => one.folder === folder && one.codexHome === codexHome(env()));

  /** Null: a newer release wrote it, so it is left alone. What can't be read is asked about again. */
  const read = async (): Promise<Told | null> => {
    try {
      const value: unknown = JSON.parse(await readFile(join(await home(), fileName), 'utf8'));
      if (newerSchema.safeParse(value).success) return null;
      return fileSchema.parse(value).told;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') log.warn(`${fileName} can't be read and counts as empty: ${messageOf(error)}`);
      return [];
    }
  };

  return {
    toMark: async (cwd) => {
      const real = await realpath(cwd).catch(() => cwd);
      const folder = await projectRoot(real);
      if (isKnown(known, folder)) return null;
      const config = await readCodexConfig(env(), process.platform);
      if (config.kind === 'broken') return null;
      const { decidedFolders } = config.config;
      const decided = [folder, real, cwd].some((one) => decidedFolders.has(one));
      if (!decided && !isKnown((await read()) ?? [], folder)) return folder;
      // Asked about once is enough: what was decided is not looked up again before each prompt.
      known.push({ codexHome: codexHome(env()), folder });
      return null;
    },
    told: async (folder) => {
      known.push({ codexHome: codexHome(env()), folder });
      try {
        // Another window may have written since; what both write at once is asked about once more.
        const before = await read();
        if (before === null) return;
        const others = before.filter((one) => !isKnown([one], folder));
        const told = [...others, { codexHome: codexHome(env()), folder }];
        const content = { format, version, told } satisfies z.infer<typeof fileSchema>;
        await writeFileAtomic(join(await home(), fileName), `${JSON.stringify(content, null, 2)}\n`);
      } catch (error) {
        log.warn(`${fileName} could not be written: ${messageOf(error)}`);
      }
    },
  };
}

/** The root that Codex keeps trust by. `folder` is a real path. */
async function projectRoot(folder: string): Promise<string> {
  const found = await repositoryOf(folder);
  return found === null ? folder : (found.main ?? found.root);
}
