// What it costs a send to know what stands in its folder, in a repository of 100,000 files of which 400 are not as they were
// committed: how much later a program is up that is started beside it (the Codex program where
// there is one), what it takes of our own process, and how long the turn's end takes to find what nobody announced.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlobStore } from '../../src/changes/blob-store.ts';
import { FollowedTurn } from '../../src/changes/turn-changes.ts';
import { systemClock } from '../../src/node/index.ts';
import { findGit } from '../../src/runtime/index.ts';
import { projectCodex } from '../tools/platform.mjs';
import { openBenchFolder } from './app.mjs';
import { measureInPairs, median } from './interleaved.mjs';

export const name = 'changes';

const goals = { send: 20 };
const folders = 200;
const filesEach = 500;
const dirtyFiles = 200;
const pairs = 12;

export async function run() {
  const folder = openBenchFolder();
  try {
    const git = await findGit(process.env);
    if (git === null) return [{ metric: 'a send', value: undefined, unit: 'ms', goal: goals.send, note: 'no git' }];
    makeRepository(folder.workspace);
    const begin = () =>
      new FollowedTurn(
        {
          git: async () => git,
          blobs: new BlobStore(async () => folder.dataHome),
          log: quiet,
          clock: systemClock,
          moment: Date.now(),
        },
        { cwd: folder.workspace, sandbox: 'danger-full-access' },
      );
    const program = projectCodex() ?? process.execPath;
    const held = [];
    const known = [];
    const ended = [];
    // Nothing of one measurement runs on in the next.
    const alone = async (what) => {
      await begun?.started();
      return timed(what);
    };
    const { ours, bare, extra, interval } = await measureInPairs({
      ours: () =>
        alone(async () => {
          begun = begin();
          await upAndGone(program);
        }),
      bare: () => alone(() => upAndGone(program)),
      pairs,
      warmUp: 2,
    });
    for (let i = 0; i < pairs; i += 1) {
      const start = performance.now();
      const { value: turn, cpu } = await cpuOf(async () => {
        const followed = begin();
        await followed.started();
        return followed;
      });
      held.push(cpu);
      known.push(performance.now() - start);
      writeFileSync(join(folder.workspace, 'folder-1', 'file-1.txt'), `changed ${i}\n`);
      const from = performance.now();
      await turn.end(new AbortController().signal);
      ended.push(performance.now() - from);
    }
    const note = `${folders * filesEach} files, ${2 * dirtyFiles} not as committed`;
    return [
      {
        metric: 'a program is up later, beside the look at its folder',
        value: extra,
        unit: 'ms',
        goal: goals.send,
        interval,
        baseline: bare,
        ratio: ours / bare,
        note,
      },
      {
        metric: 'that look, processor time of our own process, copies of 400 files included',
        value: median(held),
        unit: 'ms',
      },
      { metric: 'until it is known what stood in the folder', value: median(known), unit: 'ms' },
      { metric: 'the end of a turn: what was not announced', value: median(ended), unit: 'ms' },
    ];
  } finally {
    folder.remove();
  }
}

/** @type {FollowedTurn | undefined} */
let begun;

function makeRepository(work) {
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@y', '-c', 'gc.auto=0', ...args], {
      cwd: work,
      stdio: 'ignore',
    });
  git('init', '-q');
  for (let at = 0; at < folders; at += 1) {
    const path = join(work, `folder-${at}`);
    mkdirSync(path);
    for (let i = 0; i < filesEach; i += 1) writeFileSync(join(path, `file-${i}.txt`), `file ${at} ${i}\n`);
  }
  git('add', '-A');
  git('commit', '-qm', 'x');
  for (let i = 0; i < dirtyFiles; i += 1) {
    writeFileSync(join(work, `folder-${i % folders}`, 'file-0.txt'), `mine ${i}\n`.repeat(200));
    writeFileSync(join(work, `folder-${i % folders}`, 'new.txt'), `mine, new ${i}\n`.repeat(200));
  }
}

/** Milliseconds of processor time of our process, the programs that it starts left out. */
async function cpuOf(what) {
  const before = process.cpuUsage();
  const value = await what();
  const { user, system } = process.cpuUsage(before);
  return { value, cpu: (user + system) / 1000 };
}

async function timed(what) {
  const start = performance.now();
  await what();
  return performance.now() - start;
}

function upAndGone(program) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['--version'], { stdio: 'ignore' });
    child.once('error', reject);
    child.once('close', resolve);
  });
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
