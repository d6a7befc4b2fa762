import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type {
  ExecutableIdentity,
  NativeCredentialFact,
  TurnError,
  TurnErrorCode,
  Worktree,
} from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import { codeOf } from '../../node/index.ts';
import type { LaneTurn } from '../../ports/index.ts';
import type { turnOptionWords } from '../abilities.ts';
import { findWorktree } from '../git-worktree.ts';
import type { NativeRuntime } from '../native-runtime.ts';
import { testedVersion } from '../tested-version.ts';

export type Ready = {
  readonly program: ExecutableIdentity;
  readonly cwd: string;
  /** The worktree of the thread that it goes on with, of which nobody had told; null = there was none to find. */
  readonly foundWorktree: Worktree | null;
};
type Refused = { readonly error: TurnError };

/** A thread id of Codex. Anything else would be taken for a name, and an unknown name silently starts a new thread. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What can be known before anything is started. */
export async function checkReady(
  runtime: NativeRuntime,
  turn: LaneTurn,
  transport: 'exec' | 'app-server',
): Promise<Ready | Refused> {
  const { binary, credential } = runtime;
  if (binary.kind !== 'found') {
    const detail = binary.kind === 'missing' ? binary.detail : '';
    return problem('runtime_missing', 'The Codex CLI was not found.', 'Install Codex, or set its path.', detail);
  }
  // Another window may have pinned it since the lane was decided.
  if (runtime.pin !== null) {
    const hint = 'Lift the pin in the Runtime view, or use another build of Codex.';
    const { error } = problem('lane_disabled', `Codex native is disabled: ${runtime.pin.reason}.`, hint);
    return { error: { ...error, actions: ['liftPin', 'useApi'] } };
  }
  if (runtime.config.kind === 'broken') {
    const { at, issue, code = 'config_invalid' } = runtime.config;
    return problem(code, `Codex’s configuration can’t be used: ${issue}.`, configHints[at]);
  }
  if (credential.fact.kind === 'none' || credential.fact.kind === 'issue') {
    if (credential.vaultOnly === true) return noKeyInVault(credential.fact);
    const message = credential.fact.kind === 'issue' ? `${credential.fact.issue}.` : 'Codex is not signed in.';
    return problem(
      'authentication_required',
      message,
      'Sign in with `codex login`, or store a key for the native lane.',
    );
  }
  for (const id of [turn.nativeThreadId, turn.forkOf]) {
    if (id === null || uuid.test(id)) continue;
    const message = 'This thread’s id is not one of Codex, so it can’t be resumed.';
    return problem('resume_not_found', message, 'Start a new thread.', id);
  }
  const folder = await checkFolders(turn);
  if ('error' in folder) return folder;
  const image = turn.attachments.find(({ kind, path }) => kind === 'image' && path.includes(','));
  if (image !== undefined && transport === 'exec') {
    // 0.169 takes the comma for the end of a name, and goes on without the image.
    const message = `Codex takes no image with a comma in its path: ${image.path}.`;
    return problem('bad_request', message, 'Rename it or its folder, or paste the image.');
  }
  const missing = transport === 'app-server' ? await missingImage(turn) : null;
  if (missing !== null) return missing;
  const option = (await checkSchema(turn)) ?? (await checkOptions(runtime, binary.identity, turn, transport));
  if (option !== null) return option;
  const place = await placeOf(runtime, turn, folder.cwd);
  return 'error' in place ? place : { program: binary.identity, ...place };
}

function noKeyInVault(fact: Extract<NativeCredentialFact, { readonly kind: 'none' | 'issue' }>): Refused {
  const store = 'Store a key with “Set Key for Codex Native”';
  const byKey = `${store}, with codexLanes.native.auth set to api-key; or set codexLanes.native.credentials to direct.`;
  const [message, hint] =
    fact.kind === 'issue'
      ? [`${fact.issue}.`, byKey]
      : fact.login !== undefined
        ? ['A ChatGPT login is refused: codexLanes.native.credentials is vault-only.', byKey]
        : ['No key is stored for Codex native, and codexLanes.native.credentials is vault-only.', `${store}.`];
  const { error } = problem('authentication_required', message, hint);
  const justStore = fact.kind === 'none' && fact.login === undefined;
  const actions = justStore ? ['setNativeKey', 'useApi'] : ['chooseNativeAuth', 'setNativeKey', 'useApi'];
  return { error: { ...error, actions } };
}

/** A thread that was to run in a worktree of its own is not gone on with in the user's folder: that would change their files. */
async function placeOf(
  { codexHome, env }: NativeRuntime,
  { newWorktree, nativeThreadId }: LaneTurn,
  cwd: string,
): Promise<Pick<Ready, 'cwd' | 'foundWorktree'> | Refused> {
  if (!newWorktree || nativeThreadId === null) return { cwd, foundWorktree: null };
  const search = findWorktree({ codexHome, env, nativeThreadId, origin: cwd });
  const [found, why] = await search.then(
    (worktree) => [worktree, ''] as const,
    (error: unknown) => [null, messageOf(error)] as const,
  );
  if (found !== null) return { cwd: found.path, foundWorktree: found };
  const message = 'This thread was to run in a worktree of its own, which was not found.';
  const hint = 'Switch the worktree off in the thread’s options to go on in its folder, or start a new thread.';
  return problem('folder_missing', message, hint, why);
}

const configHints = {
  file: 'Correct Codex’s config.toml.',
  folder: 'Create the folder, or unset CODEX_HOME.',
  profile: 'Correct the profile’s file, or choose another profile.',
} as const;

/** Else the system would say of the program what is wrong with a folder, or each command would fail for it. */
async function checkFolders({ cwd, addDirs }: LaneTurn): Promise<{ readonly cwd: string } | Refused> {
  if (cwd === null) return problem('folder_missing', 'Codex needs a folder to work in.', 'Open a folder first.');
  switch (await folderState(cwd)) {
    case 'missing': {
      const hint = 'Open a folder that exists, and start a new thread there.';
      return problem('folder_missing', 'The folder of this thread does not exist.', hint, cwd);
    }
    case 'closed':
      return problem('folder_missing', 'The folder of this thread can’t be entered.', 'Check its permissions.', cwd);
    case 'open':
      break;
  }
  for (const folder of addDirs) {
    if (isAbsolute(folder) && (await folderState(folder)) === 'open') continue;
    // 0.169 starts all the same, and then every command fails.
    const message = `The additional folder ${folder} does not exist or can’t be entered.`;
    return problem('folder_missing', message, 'Create the folder, or take it out of the additional folders.', folder);
  }
  return { cwd };
}

async function folderState(path: string): Promise<'open' | 'closed' | 'missing'> {
  try {
    if (!(await stat(path)).isDirectory()) return 'missing';
    await access(path, constants.X_OK);
    return 'open';
  } catch (error) {
    return codeOf(error) === 'EACCES' ? 'closed' : 'missing';
  }
}

/** 0.169 goes on without it, and without a word. */
async function missingImage({ attachments }: LaneTurn): Promise<Refused | null> {
  for (const { kind, path } of attachments) {
    if (
      kind !== 'image' ||
      (await access(path, constants.R_OK)
        .then(() => true)
        .catch(() => false))
    )
      continue;
    return problem('bad_request', `The image ${path} can’t be read.`, 'Attach it again, or send without it.');
  }
  return null;
}

/** Larger is no schema for an answer, in bytes. */
const largestSchema = 1024 * 1024;

async function checkSchema({ outputSchema }: LaneTurn): Promise<Refused | null> {
  if (outputSchema === null) return null;
  const why = await schemaProblem(outputSchema);
  if (why === null) return null;
  const hint = 'Correct the file, or start without a schema for the answer.';
  return problem('config_invalid', `The schema for the answer can’t be used: ${outputSchema} ${why}.`, hint);
}

async function schemaProblem(path: string): Promise<string | null> {
  if (!isAbsolute(path)) return 'is not an absolute path';
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > largestSchema) return `has ${size} bytes, and ${largestSchema} are the most`;
    text = await readFile(path, 'utf8');
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'does not exist' : `can’t be read (${codeOf(error) || messageOf(error)})`;
  }
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? null : 'holds no JSON object';
  } catch (error) {
    // Where, not what: the rest of the message quotes the file.
    const where = /at position \d+(?: \(line \d+ column \d+\))?/.exec(messageOf(error))?.[0];
    return where === undefined ? 'is not JSON' : `is not JSON (${where})`;
  }
}

type OptionWord = (typeof turnOptionWords)[number];

/** What a turn needs that some builds lack, in words for the user. */
function wanted(turn: LaneTurn): readonly { readonly word: OptionWord; readonly what: string }[] {
  return [
    ...(turn.nativeThreadId === null && turn.forkOf !== null
      ? [{ word: 'fork', what: 'branch off a thread' } as const]
      : []),
    ...(turn.newWorktree && turn.nativeThreadId === null
      ? [{ word: '--worktree', what: 'run in a worktree of its own' } as const]
      : []),
    ...(turn.addDirs.length > 0 ? [{ word: '--add-dir', what: 'take additional folders' } as const] : []),
    ...(turn.outputSchema !== null ? [{ word: '--output-schema', what: 'take a schema for its answer' } as const] : []),
    ...(turn.profile !== null ? [{ word: '-p', what: 'take a profile from a file of its own' } as const] : []),
  ];
}

/** An option that this build lacks is refused in words: Codex itself would end with its usage. */
async function checkOptions(
  runtime: NativeRuntime,
  program: ExecutableIdentity,
  turn: LaneTurn,
  transport: 'exec' | 'app-server',
): Promise<Refused | null> {
  if (turn.newWorktree && turn.ephemeral) {
    const message = 'A thread that Codex does not keep can’t run in a worktree of its own.';
    return problem('bad_request', message, 'Let Codex keep the thread, or start it without a worktree.');
  }
  // These are words of the command line.
  const options = transport === 'exec' ? wanted(turn) : [];
  if (options.length === 0) return null;
  const lacking = (await runtime.abilities())?.missingTurnOptions ?? [];
  const missing = options.filter(({ word }) => lacking.includes(word));
  if (missing.length === 0) return null;
  const message = `${program.version} can’t ${missing.map(({ what }) => what).join(' and can’t ')}.`;
  const hint = `Install Codex ${testedVersion}, or do without it.`;
  return problem('bad_request', message, hint, missing.map(({ word }) => word).join(' '));
}

function problem(code: TurnErrorCode, message: string, hint: string, detail = ''): Refused {
  return { error: { code, message, hint, retryable: false, ...(detail === '' ? {} : { detail }) } };
}
