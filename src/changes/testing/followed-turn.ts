import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Baseline, FileChange } from '../../model/index.ts';
import { runShort, systemClock } from '../../node/index.ts';
import type { ChangesOfTurn } from '../../ports/index.ts';
import { createChanges } from '../index.ts';

export const patience = { timeout: 30_000 };
/** Of one test: what lies beside the folder, and the folder of the turns. */
export let root: string;
export let work: string;

/** To be called once a test file. */
export function eachInItsOwnFolder(): void {
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'changes-')));
    work = join(root, 'work');
    mkdirSync(work);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
}

const environment = {
  PATH: process.env.PATH ?? '',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};
export const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@y', '-c', 'protocol.file.allow=always', ...args], {
    cwd,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
export const write = (path: string, text: string | Uint8Array): void => writeFileSync(join(work, path), text);
/** As long ago as a user takes to type a prompt. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 120));

type Options = {
  readonly trusted?: boolean;
  readonly noGit?: boolean;
  readonly sandbox?: ChangesOfTurn['sandbox'];
  readonly cwd?: string;
  readonly waits?: boolean;
  /** Done in the turn, without a word, before the change. */
  readonly first?: () => void;
  /** The user's own git configuration; default: none. */
  readonly config?: string;
};

export function keeper({ trusted = true, noGit = false, config = '/dev/null' }: Options = {}) {
  return createChanges({
    git: async () =>
      noGit
        ? null
        : (cwd, args, options = {}) =>
            runShort('git', ['-c', 'core.quotePath=false', ...args], {
              cwd,
              timeoutMs: 20_000,
              maxOutput: 16 * 1024 * 1024,
              ...options,
              env: { ...environment, GIT_CONFIG_GLOBAL: config, ...options.env },
            }),
    trusted: () => trusted,
    home: async () => join(root, 'data'),
    clock: systemClock,
    log: { debug: () => {}, info: () => {}, warn: (text) => expect.fail(text), error: () => {} },
  });
}

/** A turn that does `act`, and what is said of `changes` and of the rest. */
export async function turn(act: () => void, changes: readonly FileChange[], options: Options = {}) {
  await settle();
  const kept = keeper(options);
  const followed = kept.begin({
    cwd: options.cwd ?? work,
    sandbox: options.sandbox ?? 'danger-full-access',
    madeFrom: null,
    ...(options.waits === true ? { waits: true } : {}),
  });
  // What the start looks like is known before a program could have begun: no model answers in this time.
  await followed.look();
  options.first?.();
  const paths = changes.map(({ path }) => path);
  await followed.before(paths);
  act();
  const explained = changes.length === 0 ? { baselines: [], changes: [] } : await followed.after(changes);
  const rest = await followed.end(new AbortController().signal);
  const contentOf = async ({ blob }: Pick<Baseline, 'blob'>): Promise<string | null> =>
    blob === null ? null : ((await kept.read(blob))?.toString('latin1') ?? 'gone');
  const baselines = await Promise.all(
    explained.baselines.map(async (baseline) => [baseline.grade, baseline.gap ?? (await contentOf(baseline))] as const),
  );
  const unsaid = await Promise.all(
    rest.changes.map(async (change) => ({
      path: change.path.slice(work.length + 1),
      change: change.change,
      before: [change.grade, change.gap ?? (await contentOf(change))],
      diff: change.diff,
      by: change.by,
    })),
  );
  const { more, unseen, overlooked } = rest;
  return { baselines, changes: explained.changes, unsaid, more, unseen, overlooked };
}

export function repository(): void {
  git(work, 'init', '-q', '-b', 'main');
  write('.gitignore', '*.log\n');
  write('clean.txt', 'one\ntwo\n');
  write('dirty.txt', 'committed\n');
  write('staged.txt', 'committed\n');
  write('gone.txt', 'committed\n');
  write('from.txt', 'moved along\n');
  mkdirSync(join(work, 'sub dir'));
  write('sub dir/ü.txt', 'named\n');
  git(work, 'add', '-A');
  git(work, 'commit', '-qm', 'x');
  write('dirty.txt', 'mine\n');
  write('staged.txt', 'mine, staged\n');
  git(work, 'add', 'staged.txt');
  write('untracked.txt', 'mine, new\n');
  write('ignored.log', 'mine, ignored\n');
  rmSync(join(work, 'gone.txt'));
  git(work, 'mv', 'from.txt', 'to.txt');
}

export const at = (path: string): string => join(work, path);
