// The surroundings of one scenario: folders of its own, the practice endpoint, and nothing of the machine's user.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { root } from '../tools/platform.mjs';
import { StepError } from '../tools/step.mjs';
import { recordRequests } from './endpoint.mjs';
import { normaliser } from './normalise.mjs';

/** Not in the system's temporary folder: Codex warns there, and its sandbox leaves it writable. */
const rooms = [root, join(homedir(), '.cache/codex-lanes')]
  .map((folder) => join(folder, 'out/signoff/rooms'))
  .find((folder) => [tmpdir(), '/tmp'].every((temporary) => !folder.startsWith(`${temporary}${sep}`)));

/** A key that opens nothing; the record shows its tail. */
export const plantedKey = 'sk-signoff-planted-key-0000';

/**
 * @param {{ codex: string, oldCodex: string }} programs
 */
export async function openRoom(programs) {
  if (rooms === undefined)
    throw new StepError('Neither the project nor the home folder is outside the temporary folder.');
  mkdirSync(rooms, { recursive: true });
  const dir = realpathSync(mkdtempSync(join(rooms, 'room-')));
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'signoff-')));
  const folders = { home: join(dir, 'home'), workspace: join(dir, 'workspace'), codexHome: join(dir, 'codex-home') };
  const dataHome = join(dir, 'data-home');
  const empty = join(dir, 'empty');
  for (const path of [...Object.values(folders), dataHome, empty]) mkdirSync(path, { mode: 0o700 });
  // Enough for Codex to take the folder for a git repository of its own: an empty `.git` is not.
  mkdirSync(join(folders.workspace, '.git'));
  writeFileSync(join(folders.workspace, '.git/HEAD'), 'ref: refs/heads/main\n');

  const { startPractice, practiceCodexConfig } = createRequire(import.meta.url)(join(root, 'dist/practice.cjs'));
  const practice = await startPractice({ pace: 'instant', workspaces: [dir, temporary] });
  const endpoint = await recordRequests(practice.url);
  const commands = [];
  const { normal, learn } = normaliser([
    ...[programs.codex, realpathSync(programs.codex)].map((path) => [path, '<codex>']),
    ...[programs.oldCodex, realpathSync(programs.oldCodex)].map((path) => [path, '<codex-0.117.0>']),
    [folders.home, '<home>'],
    [folders.workspace, '<workspace>'],
    [folders.codexHome, '<codex-home>'],
    [dataHome, '<data-home>'],
    [empty, '<empty>'],
    [dir, '<room>'],
    [temporary, '<temporary>'],
    [realpathSync(tmpdir()), '<tmp>'],
    [root, '<repository>'],
    [plantedKey, '<key>'],
  ]);
  const { workspace, codexHome, home } = folders;
  return {
    ...programs,
    dir,
    home,
    workspace,
    codexHome,
    dataHome,
    /** Outside every folder that a sandbox leaves writable; holds no program. */
    empty,
    /** In the system's temporary folder, and in no git repository. */
    temporary,
    url: endpoint.url,
    /** What the endpoint was asked, in order. */
    requests: endpoint.requests,
    /** Lines for the record. */
    commands,
    normal,
    learn,
    /**
     * Points the Codex of this room at the endpoint.
     * @param {(config: string) => string} [change]
     */
    configure: (change = (config) => config, folder = codexHome) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'config.toml'), change(practiceCodexConfig(endpoint.url)));
    },
    close: async () => {
      await endpoint.close();
      await practice.close();
      for (const path of [dir, temporary]) {
        rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      }
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof openRoom>>} Room */
