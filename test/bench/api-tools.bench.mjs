// The API lane with tools. A turn of many rounds beside a client that does nothing but send the same requests to the same
// endpoint and read the answers; what a turn of 200 rounds keeps; and whether tools slow a send in a large folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { recordBefore } from '../e2e/kit/recorder.mjs';
import { ask, notMeasurable, openApp, openBenchFolder, openEndpoint } from './app.mjs';
import { measureInPairs } from './interleaved.mjs';

export const name = 'api-tools';

/** Milliseconds, and KB of heap a round. */
const goals = { round: 5, first: 5, send: 20, heapKB: 30 };
const rounds = 20;
const prompt = 'say: hello';
const folders = 200;
const filesEach = 500;

export async function run({ short = false } = {}) {
  const note = notMeasurable();
  if (note) return [{ metric: 'a round: more than bare', value: undefined, unit: 'ms', goal: goals.round, note }];
  const folder = openBenchFolder();
  const endpoint = await openEndpoint('instant', [folder.workspace]);
  try {
    return [
      ...(await overhead(folder, endpoint.url, short ? 6 : 30)),
      ...(await memory(folder, endpoint.url, short ? 60 : 200)),
      ...(await largeFolder(folder, endpoint.url, short ? 10 : 60)),
    ];
  } finally {
    endpoint.close();
    folder.remove();
  }
}

const withTools = { apiTools: true, apiMaxRounds: 1000 };
const open = (folder, url, settings = withTools) => openApp({ folder, lane: 'api', url, settings });

async function overhead(folder, url, pairs) {
  const app = open(folder, url);
  try {
    const first = await firstRequest(folder, url);
    const turn = `rounds: ${rounds}`;
    const whole = await measureInPairs({
      ours: () => timed(() => ask(app, folder.workspace, turn)),
      bare: () => timed(() => bareTurn(url, first, turn)),
      pairs,
      warmUp: 2,
    });
    const send = await measureInPairs({
      ours: async () => (await ask(app, folder.workspace, prompt)).firstMs,
      bare: () => bareFirst(url, first),
      pairs: 2 * pairs,
      warmUp: 2,
    });
    // The last answer, which calls nothing, is a request too.
    const each = (value) => value / (rounds + 1);
    return [
      {
        metric: `a round: more than bare, median of ${pairs} pairs of ${rounds} rounds`,
        value: each(whole.extra),
        unit: 'ms',
        interval: whole.interval.map(each),
        pairs,
        goal: goals.round,
      },
      {
        metric: 'a round, with its call',
        value: each(whole.ours),
        unit: 'ms',
        baseline: each(whole.bare),
        ratio: whole.ours / whole.bare,
      },
      {
        metric: `prompt to first event with tools: more than bare, median of ${2 * pairs} pairs`,
        value: send.extra,
        unit: 'ms',
        interval: send.interval,
        pairs: 2 * pairs,
        goal: goals.first,
      },
    ];
  } finally {
    await app.close();
  }
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** What the lane sends, told by a recorder before the endpoint: the bare side sends the same. */
async function firstRequest(folder, url) {
  const recorder = await recordBefore(url);
  const app = open(folder, recorder.url);
  try {
    await ask(app, folder.workspace, prompt);
    const body = JSON.parse(recorder.requests.find(({ method }) => method === 'POST').body);
    if (!body.tools?.some(({ name }) => name === 'update_plan')) throw new Error('the lane offered no tools');
    return body;
  } finally {
    await app.close();
    await recorder.close();
  }
}

const message = (text) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });

async function bareTurn(url, first, text) {
  const input = [message(text)];
  for (;;) {
    const said = await (await post(url, { ...first, input })).text();
    const { response } = JSON.parse(said.slice(said.lastIndexOf('\ndata: ') + 7));
    const calls = response.output.filter(({ type }) => type === 'function_call');
    if (calls.length === 0) return;
    const outputs = calls.map(({ call_id }) => ({
      type: 'function_call_output',
      call_id,
      output: 'The plan is shown.',
    }));
    input.push(...response.output, ...outputs);
  }
}

/** From the request to the first delta of a text. */
async function bareFirst(url, first) {
  const start = performance.now();
  const response = await post(url, { ...first, input: [message(prompt)] });
  let said = '';
  let firstMs;
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    said += decoder.decode(bytes, { stream: true });
    if (firstMs === undefined && said.includes('_text.delta"')) firstMs = performance.now() - start;
  }
  return firstMs;
}

function post(url, body) {
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
  return fetch(`${url}/responses`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Of one turn: what it holds while it runs, and what it leaves. */
async function memory(folder, url, turnRounds) {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  const heapMB = () => {
    gc();
    gc();
    return process.memoryUsage().heapUsed / 1e6;
  };
  const app = open(folder, url);
  try {
    await ask(app, folder.workspace, 'rounds: 5');
    const before = heapMB();
    const from = Math.floor(turnRounds / 4);
    const at = {};
    let round = 0;
    const forget = app.threads.onEvents((_id, events) => {
      for (const { kind } of events) {
        if (kind !== 'plan_updated') continue;
        round += 1;
        if (round === from || round === turnRounds) at[round] = heapMB();
      }
    });
    await ask(app, folder.workspace, `rounds: ${turnRounds}`);
    forget();
    if (round !== turnRounds) throw new Error(`${round} rounds were seen, not ${turnRounds}`);
    return [
      {
        metric: `heap a round, from round ${from} to round ${turnRounds} of one turn`,
        value: ((at[turnRounds] - at[from]) * 1000) / (turnRounds - from),
        unit: 'KB',
        goal: goals.heapKB,
      },
      { metric: 'heap more at its last round than before it', value: at[turnRounds] - before, unit: 'MB' },
      { metric: 'heap more after it', value: heapMB() - before, unit: 'MB' },
    ];
  } finally {
    await app.close();
  }
}

async function largeFolder(folder, url, pairs) {
  fill(folder.workspace);
  const tools = open(folder, url);
  const none = open(folder, url, { apiTools: false });
  try {
    const send = async (app) => (await ask(app, folder.workspace, prompt)).firstMs;
    const result = await measureInPairs({ ours: () => send(tools), bare: () => send(none), pairs, warmUp: 2 });
    return [
      {
        metric: `a send in a folder of ${folders * filesEach} files: more than without tools, median of ${pairs} pairs`,
        value: result.extra,
        unit: 'ms',
        interval: result.interval,
        pairs,
        goal: goals.send,
      },
      {
        metric: 'prompt to first event there',
        value: result.ours,
        unit: 'ms',
        baseline: result.bare,
        ratio: result.ours / result.bare,
      },
    ];
  } finally {
    await tools.close();
    await none.close();
  }
}

function fill(work) {
  for (let at = 0; at < folders; at += 1) {
    const path = join(work, `folder-${at}`);
    mkdirSync(path);
    for (let file = 0; file < filesEach; file += 1) writeFileSync(join(path, `file-${file}.txt`), `${at} ${file}\n`);
  }
}
