// What reading the stream of `codex exec --json` costs: splitting it into lines alone, beside JSON.parse of the same lines;
// and the whole way from bytes to events (split, JSON.parse, zod, mapping), beside the reader of `@openai/codex-sdk`, rebuilt
// from its own source: `for await` over `readline.createInterface({ crlfDelay: Infinity })`, JSON.parse, no validation. Both get
// the same chunks from a stream in memory, as large as a pipe gives them. The lines are the captures of the real program in
// test/fixtures, and completed commands in their shape with outputs of up to a megabyte, as the real program writes them.
// All times are of the processor.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
// biome-ignore lint/style/noRestrictedImports: the SDK reads with it, and that is what is measured here
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { LfSplitter } from '../../src/base/index.ts';
import { endOfStream, normalize, startState } from '../../src/lanes/exec/normalize.ts';
import { readLine } from '../../src/lanes/exec/wire.ts';
import { turnId } from '../../src/model/index.ts';
import { root } from '../tools/platform.mjs';
import { measureInPairs, median } from './interleaved.mjs';

export const name = 'framing';

/** Of a doubling: linear is 2, quadratic 4; caches and fresh memory take the rest. */
const goals = { ofParse: 0.25, perDoubling: 3, megabytesPerSecond: 100 };
const megabyte = 1_000_000;
const pipe = 64 * 1024;
const pairs = 15;

export async function run() {
  const small = smallEvents();
  const mixes = [
    { mix: 'small events', bytes: repeated(small, 12 * megabyte) },
    { mix: 'both, half of the bytes each', bytes: mixed(small, 24 * megabyte) },
    // No goal for these alone: JSON.parse copies a long string at 2 GB/s, and decoding its bytes takes a third of that time.
    { mix: 'outputs of 4 to 60 KB', bytes: outputs(usual, 24 * megabyte), free: true },
    { mix: 'outputs of 250 KB and 1 MB', bytes: outputs(large, 24 * megabyte), free: true },
  ];
  const rows = [];
  for (const { mix, bytes, free } of mixes) rows.push(await framing(mix, bytes, free));
  rows.push(...(await oneLine()));
  for (const { mix, bytes } of mixes) rows.push(...(await reading(mix, bytes)));
  return rows;
}

async function framing(mix, bytes, free = false) {
  const chunks = cut(bytes);
  const lines = linesOf(chunks);
  const ratios = [];
  const { ours, bare } = await measureInPairs({
    ours: async () => timed(() => countLines(chunks)),
    bare: async () => timed(() => parseAll(lines)),
    pairs,
    warmUp: 3,
    onPair: (pair) => ratios.push(pair.ours / pair.bare),
  });
  return {
    metric: `framing by JSON.parse: ${mix}`,
    value: median(ratios),
    unit: 'ratio',
    ...(!free && { goal: goals.ofParse }),
    note: `${ours.toFixed(1)} ms and ${bare.toFixed(1)} ms for ${(bytes.length / megabyte).toFixed(0)} MB`,
  };
}

/** Time of a line by the time of one half as long. */
async function oneLine() {
  const sizes = [5, 10, 20].map((size) => ({ size, chunks: cut(oneMessage(size * megabyte)) }));
  const times = new Map(sizes.map(({ size }) => [size, []]));
  for (let round = 0; round < 3 + pairs; round += 1) {
    for (const { size, chunks } of sizes) {
      const ms = timed(() => countLines(chunks));
      if (round >= 3) times.get(size).push(ms);
    }
  }
  // The least: what other programs take of the machine only ever adds.
  const of = (size) => Math.min(...times.get(size));
  return [
    { metric: 'framing one line of 20 MB', value: of(20), unit: 'ms' },
    { metric: 'one line of 20 MB by one of 10 MB', value: of(20) / of(10), unit: 'ratio', goal: goals.perDoubling },
    { metric: 'one line of 10 MB by one of 5 MB', value: of(10) / of(5), unit: 'ratio', goal: goals.perDoubling },
  ];
}

/** From a stream to events, and the same stream through the reader of the SDK. */
async function reading(mix, bytes) {
  const chunks = cut(bytes);
  const { ours, bare } = await measureInPairs({
    ours: () => timedAsync(() => toEvents(Readable.from(chunks))),
    bare: () => timedAsync(() => asTheSdk(Readable.from(chunks))),
    pairs,
    warmUp: 3,
  });
  const speed = (ms) => bytes.length / megabyte / (ms / 1000);
  return [
    {
      metric: `bytes to events, validated: ${mix}`,
      value: speed(ours),
      unit: 'MB/s',
      // The goal is set for what a turn really writes; small events alone are the worst case.
      ...(mix !== 'small events' && { least: goals.megabytesPerSecond }),
      baseline: speed(bare),
      ratio: speed(ours) / speed(bare),
    },
  ];
}

async function toEvents(stream) {
  const begin = () => startState({ turnId: turnId('t'), nativeThreadId: null, usageBefore: null });
  let state = begin();
  let events = 0;
  const at = '2026-01-01T00:00:00.000Z';
  const take = (step) => {
    state = step.state;
    events += step.events.length;
  };
  const splitter = new LfSplitter({
    onLine: (line) => {
      const read = readLine(line);
      // Each capture is a run of its own.
      if (read.kind === 'event' && read.event.type === 'thread.started') state = begin();
      take(normalize(state, read, at));
    },
  });
  for await (const chunk of stream) splitter.push(chunk);
  splitter.end();
  take(endOfStream(state));
  if (events === 0) throw new Error('nothing was read');
}

async function asTheSdk(stream) {
  let events = 0;
  const generator = (async function* () {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) yield line;
  })();
  for await (const item of generator) {
    const parsed = JSON.parse(item);
    if (parsed.type !== undefined) events += 1;
  }
  if (events === 0) throw new Error('nothing was read');
}

function countLines(chunks) {
  let lines = 0;
  const splitter = new LfSplitter({
    onLine: () => {
      lines += 1;
    },
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  if (lines === 0) throw new Error('nothing was read');
}

function parseAll(lines) {
  for (const line of lines) JSON.parse(line);
}

function linesOf(chunks) {
  const lines = [];
  const splitter = new LfSplitter({ onLine: (line) => lines.push(line) });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

/** What the real program wrote, capture after capture. */
function smallEvents() {
  const folder = join(root, 'test/fixtures/codex-0.169');
  const names = readdirSync(folder).filter((name) => name.startsWith('exec-') && name.endsWith('.jsonl'));
  return Buffer.concat(names.map((name) => readFileSync(join(folder, name))));
}

function repeated(bytes, size) {
  return Buffer.concat(Array.from({ length: Math.ceil(size / bytes.length) }, () => bytes));
}

/** Lengths of what commands print: a listing, a file, a test run; and a log. */
const usual = [4_000, 20_000, 60_000];
const large = [250_000, 1_000_000];

function outputs(lengths, size) {
  const source = readFileSync(join(root, 'src/compose.ts'), 'utf8');
  const lines = [];
  for (let bytes = 0, index = 0; bytes < size; index += 1) {
    const length = lengths[index % lengths.length];
    const output = source.repeat(Math.ceil(length / source.length)).slice(0, length);
    const item = {
      id: `item_${index}`,
      type: 'command_execution',
      command: "/bin/bash -lc 'cat src/compose.ts'",
      aggregated_output: output,
      exit_code: 0,
      status: 'completed',
    };
    const line = Buffer.from(`${JSON.stringify({ type: 'item.completed', item })}\n`);
    lines.push(line);
    bytes += line.length;
  }
  return Buffer.concat(lines);
}

function mixed(small, size) {
  const parts = [];
  for (let bytes = 0; bytes < size; ) {
    const some = outputs(usual, megabyte);
    const events = repeated(small, some.length);
    parts.push(events, some);
    bytes += events.length + some.length;
  }
  return Buffer.concat(parts);
}

function oneMessage(size) {
  const text = readFileSync(join(root, 'src/compose.ts'), 'utf8').repeat(Math.ceil(size / 10_000));
  const item = { id: 'item_0', type: 'agent_message', text: text.slice(0, size) };
  return Buffer.from(`${JSON.stringify({ type: 'item.completed', item })}\n`);
}

function cut(bytes) {
  const chunks = [];
  for (let at = 0; at < bytes.length; at += pipe) chunks.push(bytes.subarray(at, at + pipe));
  return chunks;
}

/** Milliseconds of processor time: the work never waits, and other programs' turns are not ours. */
function timed(work) {
  const start = process.cpuUsage();
  work();
  return since(start);
}

async function timedAsync(work) {
  const start = process.cpuUsage();
  await work();
  return since(start);
}

function since(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
