// From the prompt to the provider's first event: through the core as the editor uses it, and without us. The bare side is
// the same Codex program with the same arguments, and a plain `fetch` of the same endpoint. Both sides stop the clock at
// the first item that carries what the model said: on ours when the core has stored it and tells it.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectCodex } from '../tools/platform.mjs';
import { ask, bareEnvironment, configureCodex, notMeasurable, openApp, openBenchFolder, openEndpoint } from './app.mjs';
import { measureInPairs } from './interleaved.mjs';

export const name = 'latency';

const goals = { api: 5, exec: 15 };
const prompt = 'say: hello';
/** Its answer has several chunks, so that the first is not at once followed by the whole. */
const streamed = 'explain this file';
/** Longer than the program's place is remembered, in milliseconds. */
const longPause = 31_000;

export async function run() {
  const codex = projectCodex();
  const note = notMeasurable() ?? (codex && process.platform !== 'win32' ? undefined : 'no Codex for this platform');
  if (note) return [{ metric: 'prompt to first event', value: undefined, unit: 'ms', note }];
  const folder = openBenchFolder();
  const instant = await openEndpoint('instant');
  const natural = await openEndpoint('natural');
  try {
    configureCodex(folder, instant.url);
    return [
      ...(await withApp({ folder, lane: 'api', url: instant.url }, (app) => ({
        metric: 'api',
        goal: goals.api,
        pairs: 100,
        ours: async () => (await ask(app, folder.workspace, prompt)).firstMs,
        bare: () => bareEndpoint(instant.url, prompt),
      }))),
      ...(await withApp({ folder, lane: 'api', url: natural.url }, (app) => ({
        metric: 'api, streamed at the pace of a model',
        goal: goals.api,
        pairs: 40,
        ours: async () => (await ask(app, folder.workspace, streamed)).firstMs,
        bare: () => bareEndpoint(natural.url, streamed),
      }))),
      ...(await execRows(folder, instant.url, codex)),
    ];
  } finally {
    instant.close();
    natural.close();
    folder.remove();
  }
}

async function execRows(folder, url, codex) {
  const args = await argumentsOfLane(folder, url);
  const bare = () => bareProgram(folder, codex, args);
  const setup = { folder, lane: 'codex-native', url };
  return [
    ...(await withApp(setup, (app) => ({
      metric: 'exec',
      goal: goals.exec,
      pairs: 40,
      ours: async () => (await ask(app, folder.workspace, prompt)).firstMs,
      bare,
    }))),
    ...(await withApp(setup, (app) => ({
      metric: 'exec, after a pause of half a minute',
      goal: goals.exec,
      pairs: 40,
      ours: () => afterPause(async () => (await ask(app, folder.workspace, prompt)).firstMs),
      bare,
    }))),
    ...(await withApp({ ...setup, ...onPath(folder, codex) }, (app) => ({
      metric: 'exec found on the PATH, after such a pause',
      goal: goals.exec,
      pairs: 40,
      ours: () => afterPause(async () => (await ask(app, folder.workspace, prompt)).firstMs),
      bare,
    }))),
    ...(await measured({
      metric: 'exec, first prompt of a window',
      pairs: 20,
      ours: () => withApp(setup, async (app) => (await ask(app, folder.workspace, prompt)).firstMs, identity),
      bare,
    })),
  ];
}

const identity = (value) => value;

/** Opens an app for one measurement and closes it after. */
async function withApp(setup, what, take = measured) {
  const app = openApp(setup);
  try {
    return await take(await what(app));
  } finally {
    await app.close();
  }
}

async function measured({ metric, goal, pairs, ours, bare }) {
  const result = await measureInPairs({ ours, bare, pairs, warmUp: 2 });
  return [
    {
      metric: `${metric}: more than bare, median of ${pairs} pairs`,
      value: result.extra,
      unit: 'ms',
      interval: result.interval,
      pairs,
      ...(goal !== undefined && { goal }),
    },
    {
      metric: `${metric}: prompt to first event`,
      value: result.ours,
      unit: 'ms',
      baseline: result.bare,
      ratio: result.ours / result.bare,
    },
  ];
}

const realNow = performance.now.bind(performance);
let passed = 0;

/** Puts the monotonic clock forward before it measures, so that nobody has to wait. */
async function afterPause(measure) {
  passed += longPause;
  performance.now = () => realNow() + passed;
  return await measure();
}

/** As a user's own Codex is found: by the PATH that the login shell tells, here a shell without a profile. */
function onPath(folder, codex) {
  const bin = join(folder.dataHome, 'bin');
  mkdirSync(bin);
  symlinkSync(codex, join(bin, 'codex'));
  return { codex: null, env: { SHELL: '/bin/sh', PATH: `${bin}:/usr/bin:/bin` } };
}

/** The arguments that the lane gives to the program, told by a stand-in for it. */
async function argumentsOfLane(folder, url) {
  const standIn = join(folder.dataHome, 'stand-in.sh');
  writeFileSync(
    standIn,
    `#!/bin/sh
[ "$1" = --version ] && echo codex-cli 0.0.0 && exit
printf '%s\\0' "$@" > "$0.args"
cat > "$0.stdin"
echo '{"type":"thread.started","thread_id":"00000000-0000-4000-8000-000000000000"}'
echo '{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"noted"}}'
echo '{"type":"turn.completed","usage":{}}'
`,
    { mode: 0o700 },
  );
  const app = openApp({ folder, lane: 'codex-native', url, codex: standIn });
  try {
    await ask(app, folder.workspace, prompt);
  } finally {
    await app.close();
  }
  if (readFileSync(`${standIn}.stdin`, 'utf8') !== prompt) throw new Error('the lane did not send the prompt by stdin');
  return readFileSync(`${standIn}.args`, 'utf8').split('\0').slice(0, -1);
}

/** From the start of the program to its first `item` line. */
async function bareProgram(folder, codex, args) {
  const start = performance.now();
  const child = spawn(codex, args, {
    cwd: folder.workspace,
    env: bareEnvironment(folder),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(prompt);
  let said = '';
  let firstMs;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    if (firstMs === undefined && said.includes('"type":"item.')) firstMs = performance.now() - start;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0 || firstMs === undefined) throw new Error(`the bare program ended with ${code}: ${said}`);
  return firstMs;
}

/** From the request to the first delta of a text. */
async function bareEndpoint(url, text) {
  const start = performance.now();
  const response = await fetch(`${url}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      model: 'gpt-5.5',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
      stream: true,
      store: false,
    }),
  });
  let said = '';
  let firstMs;
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    said += decoder.decode(bytes, { stream: true });
    if (firstMs === undefined && said.includes('_text.delta"')) firstMs = performance.now() - start;
  }
  if (firstMs === undefined) throw new Error(`the endpoint said nothing: ${said}`);
  return firstMs;
}
