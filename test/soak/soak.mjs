// `npm run soak`: 500 real turns of the native lane in one process, through the built core, with the real Codex and the
// practice endpoint (in a process of its own). New threads, resumed ones, commands, failures and stops take turns. Memory,
// handles and processes must stay flat; the exit code says so, out/soak/soak.json has every sample.
// `npm run soak -- --turns 150` is a shorter one. It works on what `npm run build` or `npm run package` built.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { configureCodex, openApp, openBenchFolder, openEndpoint, submit } from '../bench/app.mjs';
import { median } from '../bench/interleaved.mjs';
import { reexecOnProjectNode } from '../tools/install.mjs';
import { projectCodex, root } from '../tools/platform.mjs';
import { reportFailure, StepError } from '../tools/step.mjs';

/** What may be left of a turn, as the slope of the samples. A turn that a view shows costs some memory for as long. */
const limits = {
  heapKBPerTurn: 30,
  outsideHeapKBPerTurn: 30,
  handlesPerTurn: 0.01,
  descriptorsPerTurn: 0.01,
  processesLeft: 0,
};
/** A shorter run still warms up: its slopes say nothing. */
const fewest = 150;
/** Turns between two samples. */
const every = 10;
/** The first part of a run fills caches and compiles: its samples say nothing about a leak. */
const settled = 0.2;
/** Turns on one thread before the next one is begun. */
const perThread = 10;

/** What a turn asks for and how it has to end; `stop` is what it is stopped at. */
const kinds = [
  { name: 'text', prompt: 'say: hello', ends: 'turn_completed' },
  { name: 'command', prompt: 'run: echo one two three', ends: 'turn_completed' },
  { name: 'failure 401', prompt: 'fail: 401', ends: 'turn_failed' },
  { name: 'long answer', prompt: 'long answer', ends: 'turn_completed' },
  { name: 'text', prompt: 'say: hello again', ends: 'turn_completed' },
  { name: 'stop', prompt: 'slow command', ends: 'turn_interrupted', stop: 'command_execution' },
  { name: 'text', prompt: 'say: after a stop', ends: 'turn_completed' },
  { name: 'context full', prompt: 'fail: context', ends: 'turn_failed' },
];

async function main() {
  const { values } = parseArgs({ options: { turns: { type: 'string', default: '500' } } });
  const turns = Number(values.turns);
  if (!Number.isInteger(turns) || turns < fewest) throw new StepError(`--turns: a number from ${fewest} on`);
  if (process.platform !== 'linux') throw new StepError('The soak reads /proc, so it needs Linux.');
  if (projectCodex() === undefined) throw new StepError('There is no Codex for this platform.');
  if (!existsSync(join(root, 'dist/core.cjs'))) throw new StepError('Nothing is built: run `npm run build` first.');
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');

  const folder = openBenchFolder();
  const endpoint = await openEndpoint('instant', [folder.workspace]);
  const samples = [];
  const done = [];
  const wrong = [];
  try {
    configureCodex(folder, endpoint.url);
    const app = openApp({ folder, lane: 'codex-native', url: endpoint.url });
    try {
      let threadId;
      for (let turn = 1; turn <= turns; turn += 1) {
        if ((turn - 1) % perThread === 0) threadId = app.threads.create(folder.workspace);
        const kind = kinds[(turn - 1) % kinds.length];
        const ran = await runTurn(app, threadId, kind);
        done.push({ kind: kind.name, ms: ran.ms });
        if (ran.end !== kind.ends)
          wrong.push(`turn ${turn}, ${kind.name}: ${ran.end} ${JSON.stringify(ran.error ?? '')}`);
        if (turn % every === 0) samples.push(await sample(turn, folder, gc));
        if (turn % 50 === 0) console.log(`${turn} turns, rss ${samples.at(-1).rssMB.toFixed(0)} MB`);
      }
    } finally {
      await app.close();
    }
    const left = processesOf(folder.codexHome);
    const result = judge({ turns, samples, done, wrong, left });
    mkdirSync(join(root, 'out/soak'), { recursive: true });
    writeFileSync(join(root, 'out/soak/soak.json'), `${JSON.stringify(result, undefined, 2)}\n`);
    print(result);
    if (result.missed.length > 0) process.exitCode = 1;
  } finally {
    endpoint.close();
    folder.remove();
  }
}

/** One turn to its receipt, stopped at the first event of `kind.stop`. */
async function runTurn(app, threadId, kind) {
  let end;
  let forget = () => {};
  const ended = new Promise((resolve) => {
    forget = app.threads.onEvents((id, events) => {
      if (id !== threadId) return;
      if (kind.stop && events.some((event) => event.kind === kind.stop)) void app.threads.stop(threadId);
      end ??= events.find((event) => /^turn_(completed|failed|interrupted)$/.test(event.kind));
      if (events.some((event) => event.kind === 'receipt')) resolve(undefined);
    });
  });
  const start = performance.now();
  await submit(app, threadId, kind.prompt);
  await ended.finally(forget);
  return { ms: performance.now() - start, end: end?.kind, error: end?.error };
}

async function sample(turn, folder, gc) {
  // What a turn closes is closed a moment after its last event; finalizers run after a collection.
  await pause(50);
  gc();
  await pause(10);
  gc();
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  return {
    turn,
    rssMB: rss / 1e6,
    heapMB: heapUsed / 1e6,
    heapTotalMB: heapTotal / 1e6,
    externalMB: external / 1e6,
    descriptors: readdirSync('/proc/self/fd').length,
    handles: process.getActiveResourcesInfo().length,
    processes: processesOf(folder.codexHome).length,
    dataKB: sizeOf(folder.dataHome) / 1e3,
    codexKB: sizeOf(folder.codexHome) / 1e3,
  };
}

/** Processes that bear this room's Codex home, so whatever Codex or a command of its started; detached ones too. */
function processesOf(codexHome) {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`CODEX_HOME=${codexHome}`);
    } catch {
      // It ended meanwhile.
      return false;
    }
  });
}

function sizeOf(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    try {
      if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
    } catch {
      // A file that went away meanwhile has no size.
    }
  }
  return bytes;
}

/** What each turn adds, by the median of all slopes between two samples (Theil and Sen): a single jump is no slope. */
function slope(samples, read) {
  const slopes = [];
  for (const [index, one] of samples.entries()) {
    for (const other of samples.slice(index + 1)) slopes.push((read(other) - read(one)) / (other.turn - one.turn));
  }
  return median(slopes);
}

function judge({ turns, samples, done, wrong, left }) {
  const steady = samples.filter(({ turn }) => turn > turns * settled);
  const slopes = {
    heapKBPerTurn: slope(steady, ({ heapMB }) => heapMB * 1000),
    // What V8 holds ready for its heap comes and goes by tens of megabytes, whatever is in it.
    outsideHeapKBPerTurn: slope(steady, ({ rssMB, heapTotalMB }) => (rssMB - heapTotalMB) * 1000),
    handlesPerTurn: slope(steady, ({ handles }) => handles),
    descriptorsPerTurn: slope(steady, ({ descriptors }) => descriptors),
    processesLeft: Math.max(left.length, ...samples.map(({ processes }) => processes)),
  };
  const growth = {
    dataKBPerTurn: slope(steady, ({ dataKB }) => dataKB),
    codexKBPerTurn: slope(steady, ({ codexKB }) => codexKB),
  };
  const names = [...new Set(done.map(({ kind }) => kind))];
  const durations = names.map((kind) => {
    const times = done.filter((one) => one.kind === kind).map(({ ms }) => ms);
    times.sort((a, b) => a - b);
    return { kind, turns: times.length, p50: median(times), p95: times[Math.ceil(times.length * 0.95) - 1] };
  });
  const missed = [
    ...Object.entries(limits)
      .filter(([name, limit]) => slopes[name] > limit)
      .map(([name, limit]) => `${name} is ${slopes[name].toFixed(3)}, more than ${limit}`),
    ...wrong,
  ];
  return {
    at: new Date().toISOString(),
    node: process.versions.node,
    turns,
    limits,
    slopes,
    growth,
    durations,
    missed,
    samples,
  };
}

function print({ turns, slopes, growth, durations, missed, samples }) {
  const row = (name, value, limit = '') => console.log(`  ${name.padEnd(34)} ${value.padStart(12)} ${limit}`);
  const [first, last] = [samples[0], samples.at(-1)];
  console.log(`\n${turns} turns`);
  for (const [name, limit] of Object.entries(limits)) row(name, slopes[name].toFixed(3), `at most ${limit}`);
  for (const [name, value] of Object.entries(growth)) row(name, value.toFixed(1));
  row('rss, first and last sample', `${first.rssMB.toFixed(0)}, ${last.rssMB.toFixed(0)} MB`);
  row('heap, first and last sample', `${first.heapMB.toFixed(1)}, ${last.heapMB.toFixed(1)} MB`);
  row('descriptors, first and last sample', `${first.descriptors}, ${last.descriptors}`);
  for (const { kind, turns: count, p50, p95 } of durations) {
    row(`${kind}, ${count} turns: p50, p95`, `${p50.toFixed(0)}, ${p95.toFixed(0)} ms`);
  }
  for (const what of missed) console.log(`MISSED: ${what}`);
  console.log(`\nsoak: ${missed.length === 0 ? 'flat' : 'NOT flat'}; samples in out/soak/soak.json`);
}

/**
 * Runs it again with one arena for malloc: with glibc's arena for each thread the process grows by a third of a megabyte a
 * turn that none of our objects holds (measured: 350 KB a turn against 35), which would hide a leak of ours.
 */
function reexecWithOneArena() {
  if (process.env.MALLOC_ARENA_MAX !== undefined) return false;
  const env = { ...process.env, MALLOC_ARENA_MAX: '1' };
  const child = spawn(process.execPath, [import.meta.filename, ...process.argv.slice(2)], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
  return true;
}

if (!(await reexecOnProjectNode(import.meta.filename)) && !reexecWithOneArena()) await main().catch(reportFailure);
