import { access, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { CrashPin, ExecutableIdentity } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { ShortRun } from '../node/index.ts';
import { runShort } from '../node/index.ts';
import type { CommandSandbox, Confining, Log, ProgramStart } from '../ports/index.ts';
import type { Environment } from './child-environment.ts';
import { envValue } from './child-environment.ts';
import { markOf } from './file-mark.ts';

/** Longest wait for one try, in milliseconds. Measured with 0.169: 90 to 180. */
const patience = 10_000;

/** The words by which a profile of permissions is named: 0.169 first, then 0.138. */
const profileWords = ['-P', '--permissions-profile'] as const;
type ProfileWord = (typeof profileWords)[number];

/** Of the profile that we hand over; none of Codex's own begins without a colon. */
const name = 'lanes';

export type CommandSandboxDeps = {
  /** Null: the workspace is not trusted, or there is no program. Else the program, and its pin. */
  readonly program: () => Promise<{ readonly identity: ExecutableIdentity; readonly pin: CrashPin | null } | null>;
  /** Makes our data home. */
  readonly home: () => Promise<string>;
  /** The environment of a try. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
  readonly log: Log;
  readonly platform?: NodeJS.Platform;
};

/**
 * Codex's sandbox for commands that a lane of ours runs. Whether a build has it is tried, in an empty folder of ours: it must
 * let a file be written where it should, and nowhere else. What came of it is remembered until another file is in the
 * program's place. It never reads the user's own Codex home: profiles of theirs could open what ours shut.
 */
export function createCommandSandbox(deps: CommandSandboxDeps): () => Promise<CommandSandbox> {
  let kept: { readonly key: string; readonly answer: Promise<CommandSandbox> } | null = null;
  return async () => {
    try {
      const found = await deps.program();
      if (found === null) return { kind: 'none', why: 'Codex, whose sandbox would hold it, was not found.' };
      if (found.pin !== null) return { kind: 'none', why: 'The Codex here fails to start.' };
      const { identity } = found;
      const key = JSON.stringify([identity.path, identity.version, await markOf(identity.path)]);
      if (kept?.key !== key) {
        const answer = tried(identity, deps);
        kept = { key, answer };
        // A try that went wrong for want of a folder or of time says nothing of the build.
        answer.catch(() => {
          if (kept?.answer === answer) kept = null;
        });
      }
      return await kept.answer;
    } catch (error) {
      deps.log.warn(`whether commands can run in Codex’s sandbox could not be found out: ${messageOf(error)}`);
      return { kind: 'none', why: 'Whether Codex’s sandbox works here could not be found out.' };
    }
  };
}

async function tried(identity: ExecutableIdentity, deps: CommandSandboxDeps): Promise<CommandSandbox> {
  const { platform = process.platform } = deps;
  const codexHome = join(await deps.home(), 'sandbox', 'codex-home');
  await mkdir(codexHome, { recursive: true, mode: 0o700 });
  const said: string[] = [];
  for (const word of profileWords) {
    const confine = confinerOf({ file: identity.path, word, codexHome }, platform);
    const problem = await problemOf(confine, deps);
    if (problem === null) return { kind: 'there', confine };
    said.push(problem);
  }
  deps.log.info(`commands run without a sandbox: ${said.join(' · ')}`);
  return { kind: 'none', why: `The sandbox of ${identity.version} does not work here.` };
}

type Confiner = (start: ProgramStart, how: Confining) => ProgramStart;

/** Null = the sandbox lets through what it should, and nothing else that was tried. */
async function problemOf(confine: Confiner, deps: CommandSandboxDeps): Promise<string | null> {
  const { environment, platform = process.platform } = deps;
  const folder = await realpath(await mkdtemp(join(await deps.home(), 'sandbox', 'try-')));
  const env = await environment();
  const [root, added, beside] = [join(folder, 'root'), join(folder, 'added'), join(folder, 'beside')];
  const write = async (path: string, mode: Confining['mode']): Promise<ShortRun & { readonly wrote: boolean }> => {
    const { file, args, ...start } = confine(
      { ...writerOf(path, env, platform), env },
      { mode, root, addDirs: [added] },
    );
    const run = await runShort(file, args, { ...start, cwd: root, timeoutMs: patience });
    if (run.failure === 'no-answer') throw new Error(`a try got ${run.problem}`);
    return { ...run, wrote: await isThere(path) };
  };
  try {
    for (const one of [root, added, beside]) await mkdir(one);
    const inside = await write(join(root, 'inside'), 'workspace-write');
    if (!inside.wrote) return `nothing could be written (${lastLine(inside)})`;
    if (!(await write(join(added, 'inside'), 'workspace-write')).wrote) return 'nothing could be written beside it';
    if ((await write(join(root, 'shut'), 'read-only')).wrote) return 'with read-only something could be written';
    // Folders for what is temporary are open to every command: there this says nothing.
    const outside =
      (await isTemporary(folder, env)) || !(await write(join(beside, 'outside'), 'workspace-write')).wrote;
    return outside ? null : 'something could be written outside';
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

type Program = { readonly file: string; readonly word: ProfileWord; readonly codexHome: string };

function confinerOf({ file, word, codexHome }: Program, platform: NodeJS.Platform): Confiner {
  return (start, { mode, root, addDirs }) => {
    const profile = mode === 'read-only' ? '{extends=":read-only"}' : profileOf(addDirs);
    const inner =
      platform === 'win32' ? [start.file] : ['/usr/bin/env', ...codexHomeOf(start.env.CODEX_HOME), start.file];
    const args = [
      'sandbox',
      word,
      name,
      '-c',
      `permissions.${name}=${profile}`,
      '-C',
      root,
      '--',
      ...inner,
      ...start.args,
    ];
    return {
      ...(platform === 'linux'
        ? { file: '/bin/sh', args: ['-c', throughPipe, 'sandbox', file, ...args] }
        : { file, args }),
      env: { ...start.env, CODEX_HOME: codexHome },
    };
  };
}

/**
 * What Node.js gives a child as its output is a socket. Where the network is off (measured with 0.169 on Linux) a program may
 * not ask what kind of socket that is, and Node.js in there then prints nothing, `npm test` for one. So the output goes
 * through a pipe; the exit code comes back beside it. `cat` runs outside the sandbox, so it is the system's: a folder of the
 * PATH may be the workspace's to fill.
 */
const throughPipe = `exec 4>&1
code=$({ { "$@" 3>&- 4>&-; echo $? >&3; } | PATH=/usr/bin:/bin:/run/current-system/sw/bin cat >&4; } 3>&1)
exit "$code"`;

/** The command gets the one that it would have without a sandbox. */
const codexHomeOf = (own: string | undefined): readonly string[] =>
  own === undefined ? ['-u', 'CODEX_HOME'] : [`CODEX_HOME=${own}`];

/**
 * What Codex keeps from being written in a folder that is open (measured with 0.169: `.git`, `.codex`, `.agents`, `.aws`), and the
 * editor's settings, which can run programs. The network is off.
 */
function profileOf(addDirs: readonly string[]): string {
  const roots = addDirs.map((folder) => `${JSON.stringify(folder)}=true`).join(',');
  return `{extends=":workspace",workspace_roots={${roots}},filesystem={":workspace_roots"={".vscode"="read"}}}`;
}

function writerOf(path: string, env: Environment, platform: NodeJS.Platform): Pick<ProgramStart, 'file' | 'args'> {
  if (platform === 'win32') {
    return { file: envValue(env, 'ComSpec', platform) ?? 'cmd.exe', args: ['/d', '/c', `type nul > "${path}"`] };
  }
  return { file: '/bin/sh', args: ['-c', 'echo > "$1"', 'sh', path] };
}

async function isTemporary(path: string, env: Environment): Promise<boolean> {
  const named = [env.TMPDIR, '/tmp'].flatMap((one) => (one === undefined || one === '' ? [] : [one]));
  const real = await Promise.all(named.map((one) => realpath(one).catch(() => one)));
  return real.some((folder) => path.startsWith(`${folder}${sep}`));
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const lastLine = ({ problem, stderr }: ShortRun): string =>
  problem ?? stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
