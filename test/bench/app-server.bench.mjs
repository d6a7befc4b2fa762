// The native lane over `codex app-server`. First text: from the moment at which the endpoint writes its first delta to the
// first piece of text that the core has stored and told, beside a client that does nothing but speak JSON-RPC to the same
// program with the same endpoint. Memory: 200 turns in one thread, over one server, and turns of several threads over it.
import { readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { projectCodex } from '../tools/platform.mjs';
import { bareEnvironment, configureCodex, notMeasurable, openApp, openBenchFolder, submit } from './app.mjs';
import { openClient } from './app-server-client.mjs';
import { openDeltas } from './deltas.mjs';
import { measureInPairs } from './interleaved.mjs';

export const name = 'app-server';

/** Milliseconds. */
const goals = { first: 20, more: 5 };
const memoryGoals = { heapKB: 30, descriptors: 4 };
const prompt = 'hello';

export async function run({ short = false } = {}) {
  const codex = projectCodex();
  const note = notMeasurable() ?? (codex && process.platform === 'linux' ? undefined : 'needs Linux and Codex');
  if (note) return [{ metric: 'first delta to first text', value: undefined, unit: 'ms', note }];
  const folder = openBenchFolder();
  const deltas = await openDeltas();
  try {
    configureCodex(folder, deltas.url);
    return [...(await firstText(folder, deltas, codex, short ? 10 : 30)), ...(await memory(folder, deltas, short))];
  } finally {
    deltas.close();
    folder.remove();
  }
}

const interactive = { nativeInteractive: { value: true, source: 'bench' } };
const open = (folder, deltas) =>
  openApp({
    folder,
    lane: 'codex-native',
    url: deltas.url,
    settings: { ...interactive, nativeTransport: 'app-server' },
  });

async function firstText(folder, deltas, codex, pairs) {
  const app = open(folder, deltas);
  const client = await openClient({ codex, cwd: folder.workspace, env: bareEnvironment(folder) });
  try {
    const late = async (turn) => (await turn()) - (await deltas.firstAt());
    const result = await measureInPairs({
      ours: () => late(() => firstOfApp(app, folder.workspace)),
      bare: () => late(() => client.firstText(prompt)),
      pairs,
      warmUp: 3,
    });
    return [
      {
        metric: `first delta to first text: more than a bare client, median of ${pairs} pairs`,
        value: result.extra,
        unit: 'ms',
        interval: result.interval,
        pairs,
        goal: goals.more,
      },
      {
        metric: 'first delta to first text',
        value: result.ours,
        unit: 'ms',
        baseline: result.bare,
        ratio: result.ours / result.bare,
        goal: goals.first,
      },
    ];
  } finally {
    await client.close();
    await app.close();
  }
}

/** The system's monotonic clock in milliseconds, which is the same in every process. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Runs a turn on a new thread; when its first text was told. */
async function firstOfApp(app, cwd) {
  let firstAt;
  await turnOf(app, app.threads.create(cwd), ({ kind, text }) => {
    if (kind === 'assistant_text' && text !== '') firstAt ??= now();
  });
  return firstAt;
}

async function turnOf(app, thread, onEvent = () => {}) {
  let forget = () => {};
  const ended = new Promise((resolve, reject) => {
    forget = app.threads.onEvents((id, events) => {
      if (id !== thread) return;
      for (const event of events) onEvent(event);
      const bad = events.find(({ kind }) => kind === 'turn_failed' || kind === 'turn_interrupted');
      if (bad) reject(new Error(`the turn did not complete: ${JSON.stringify(bad)}`));
      else if (events.some(({ kind }) => kind === 'receipt')) resolve(undefined);
    });
  });
  await submit(app, thread, prompt);
  await ended.finally(forget);
}

/** After this many turns everything that is made once is there. */
const settled = 40;

async function memory(folder, deltas, short) {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  const app = open(folder, deltas);
  const serverOf = () => app.runtime.processes().find(({ kind }) => kind === 'server')?.pid;
  try {
    const turns = short ? settled + 20 : 200;
    const thread = app.threads.create(folder.workspace);
    for (let turn = 0; turn < settled; turn += 1) await turnOf(app, thread);
    const server = serverOf();
    const before = sample(gc, server);
    for (let turn = settled; turn < turns; turn += 1) await turnOf(app, thread);
    const after = sample(gc, server);
    if (serverOf() !== server) throw new Error('the server was not the same one throughout');
    const others = Array.from({ length: 4 }, () => app.threads.create(folder.workspace));
    for (let round = 0; round < 5; round += 1) await Promise.all(others.map((one) => turnOf(app, one)));
    const shared = sample(gc, server);
    const per = (what) => ((after[what] - before[what]) * 1000) / (turns - settled);
    return [
      {
        metric: `heap a turn, ${turns} turns in one thread`,
        value: per('heapMB'),
        unit: 'KB',
        goal: memoryGoals.heapKB,
      },
      {
        metric: 'descriptors more at the end',
        value: after.descriptors - before.descriptors,
        unit: '',
        goal: memoryGoals.descriptors,
      },
      { metric: 'server: memory a turn in one thread', value: per('serverMB'), unit: 'KB' },
      { metric: 'server: memory at the end', value: after.serverMB, unit: 'MB' },
      { metric: 'server: memory after 20 turns of 4 threads at once', value: shared.serverMB, unit: 'MB' },
      {
        metric: 'server: descriptors more at the end',
        value: shared.serverDescriptors - before.serverDescriptors,
        unit: '',
      },
      { metric: 'heap at the end', value: shared.heapMB, unit: 'MB' },
    ];
  } finally {
    await app.close();
  }
}

/** Of this process and of the server, in MB (1,000,000 bytes). */
function sample(gc, server) {
  gc();
  gc();
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server}/status`, 'utf8'))?.[1];
  return {
    heapMB: process.memoryUsage().heapUsed / 1e6,
    descriptors: readdirSync('/proc/self/fd').length,
    serverMB: (Number(rss) * 1024) / 1e6,
    serverDescriptors: readdirSync(`/proc/${server}/fd`).length,
  };
}
