// What it costs a send to know what stands in its folder, in a repository of 100,000 files of which 400 are not as they were
// committed: how much later the real Codex sends its first request when its folder is looked at as in a turn (the look
// begins when Codex says that its thread is up), what that takes of our own process, and how long the turn's end takes to
// find what nobody announced.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { BlobStore } from '../../src/changes/blob-store.ts';
import { FollowedTurn } from '../../src/changes/turn-changes.ts';
import { findGit } from '../../src/runtime/index.ts';
import { projectCodex, root } from '../tools/platform.mjs';
import { bareEnvironment, configureCodex, openBenchFolder, openEndpoint } from './app.mjs';
import { measureInPairs, median } from './interleaved.mjs';

export const name = 'changes';

const goals = { send: 20 };
const folders = 200;
const filesEach = 500;
const dirtyFiles = 200;

export async function run({ short }) {
  const metric = 'prompt to the first request of Codex: more, median of the pairs';
  const codex = projectCodex();
  const git = await findGit(process.env);
  const built = existsSync(join(root, 'dist/practice.cjs'));
  const lack = codex === undefined ? 'no Codex for this platform' : git === null ? 'no git' : undefined;
  const note = lack ?? (built ? undefined : 'not built: run `npm run build` first');
  if (note !== undefined) return [{ metric, value: undefined, unit: 'ms', goal: goals.send, note }];
  const folder = openBenchFolder();
  const endpoint = await openEndpoint('instant');
  const listener = await listen(endpoint.url);
  try {
    configureCodex(folder, listener.url);
    makeRepository(folder.workspace);
    const follow = () =>
      new FollowedTurn(
        { git: async () => git, blobs: new BlobStore(async () => folder.dataHome), log: quiet, moment: Date.now() },
        { cwd: folder.workspace, sandbox: 'danger-full-access', madeFrom: null },
      );
    const pairs = short ? 6 : 30;
    const known = [];
    const ended = [];
    let changes = 0;
    const { ours, bare, extra, interval } = await measureInPairs({
      ours: async () => {
        const followed = follow();
        const start = performance.now();
        let look;
        const requestMs = await firstRequest({ codex, folder, listener }, () => {
          look = followed.look().then(() => known.push(performance.now() - start));
        });
        // Nothing of one measurement runs on in the next.
        await look;
        changes += 1;
        writeFileSync(join(folder.workspace, 'folder-1', 'file-1.txt'), `changed ${changes}\n`);
        const from = performance.now();
        await followed.end(new AbortController().signal);
        ended.push(performance.now() - from);
        return requestMs;
      },
      bare: () => firstRequest({ codex, folder, listener }, () => {}),
      pairs,
      warmUp: 2,
    });
    const held = [];
    for (let i = 0; i < 5; i += 1) held.push(await cpuOf(() => follow().look()));
    return [
      {
        metric,
        value: extra,
        unit: 'ms',
        goal: goals.send,
        interval,
        note: `${pairs} pairs; ${folders * filesEach} files, ${2 * dirtyFiles} not as committed`,
      },
      { metric: 'prompt to the first request of Codex', value: ours, unit: 'ms', baseline: bare, ratio: ours / bare },
      { metric: 'the look: processor time of our own process, 400 copies included', value: median(held), unit: 'ms' },
      { metric: 'prompt to when it is known what stood in the folder', value: median(known), unit: 'ms' },
      { metric: 'the end of a turn: what was not announced', value: median(ended), unit: 'ms' },
    ];
  } finally {
    listener.close();
    endpoint.close();
    folder.remove();
  }
}

/** Milliseconds from the start of Codex to the request that it sends; `onThread` when it says that its thread is up. */
async function firstRequest({ codex, folder, listener }, onThread) {
  listener.requestedAt = undefined;
  const start = performance.now();
  const child = spawn(codex, ['exec', '--json', '-s', 'danger-full-access', '-'], {
    cwd: folder.workspace,
    env: bareEnvironment(folder),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end('say: hello');
  let said = '';
  let isUp = false;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    if (isUp || !said.includes('"thread.started"')) return;
    isUp = true;
    onThread();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0 || listener.requestedAt === undefined) throw new Error(`Codex ended with ${code}: ${said}`);
  return listener.requestedAt - start;
}

/** Stands before an endpoint and notes when it is asked. */
async function listen(url) {
  const { origin, pathname } = new URL(url);
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') told.requestedAt ??= performance.now();
    const parts = [];
    for await (const part of request) parts.push(part);
    const answer = await fetch(`${origin}${request.url}`, {
      method: request.method,
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      ...(parts.length > 0 && { body: Buffer.concat(parts) }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const told = {
    url: `http://127.0.0.1:${server.address().port}${pathname}`,
    requestedAt: undefined,
    close: () => server.close(),
  };
  return told;
}

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
  await what();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
