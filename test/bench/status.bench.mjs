// What `codex-lanes runtime status` costs beyond its probes: the whole command from start to exit, against the questions
// that it asks the Codex program alone, asked in the same order and as many at a time.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectCodex, root } from '../tools/platform.mjs';
import { bareEnvironment, notMeasurable, openBenchFolder } from './app.mjs';
import { measureInPairs } from './interleaved.mjs';

export const name = 'status';

const metric = 'runtime status beyond its probes';
const goal = 150;
const pairs = 30;
const cpuPairs = 15;
const script = join(root, 'dist/codex-lanes.cjs');

export async function run() {
  const codex = projectCodex();
  const note = notMeasurable() ?? (codex && process.platform !== 'win32' ? undefined : 'no Codex for this platform');
  if (note || !existsSync(script)) {
    return [{ metric, value: undefined, unit: 'ms', goal, note: note ?? 'not built: run `npm run package` first' }];
  }
  const folder = openBenchFolder();
  try {
    // No endpoint and no key: the other lane has nothing to ask. No configuration of Codex: its login is asked for.
    const env = {
      ...bareEnvironment(folder),
      CODEX_LANES_HOME: folder.dataHome,
      CODEX_LANES_BACKEND: 'codex-native',
      CODEX_LANES_NATIVE_UNLOCK: '1',
      CODEX_CLI_PATH: codex,
    };
    const stages = await probesOf(folder, codex, env);
    const { ours, bare, extra, interval } = await measureInPairs({
      ours: () => timed(() => statusOf(folder, env)),
      bare: () => timed(() => askAll(codex, stages, folder)),
      pairs,
      warmUp: 2,
    });
    const cpu = await measureInPairs({
      ours: () => cpuOf(process.execPath, [script, 'runtime', 'status', '--json'], folder.workspace, env),
      bare: async () => {
        let sum = 0;
        for (const args of stages.flat()) sum += await cpuOf(codex, args, folder.workspace, bareEnvironment(folder));
        return sum;
      },
      pairs: cpuPairs,
    });
    const probes = stages.map((stage) => stage.map((args) => args.join(' ')));
    return [
      { metric, value: extra, unit: 'ms', goal, interval, pairs, probes },
      {
        metric: 'runtime status beyond its probes, time of the processor',
        value: cpu.extra,
        unit: 'ms',
        interval: cpu.interval,
        pairs: cpuPairs,
      },
      { metric: 'runtime status', value: ours, unit: 'ms', baseline: bare, ratio: ours / bare },
    ];
  } finally {
    folder.remove();
  }
}

/** The status, which must be one of a Codex that was found. */
async function statusOf({ workspace }, env) {
  const { code, stdout } = await finished(process.execPath, [script, 'runtime', 'status', '--json'], workspace, env);
  const { codex } = JSON.parse(stdout).providers;
  const found = codex.externalRuntimeDiagnostics[0]?.detected === true;
  if (code !== 0 || !found) throw new Error(`runtime status ended with ${code}: ${stdout}`);
}

/**
 * The questions that one status asks, told by a stand-in which passes them on: what runs at the same time is one stage.
 * @returns {Promise<string[][][]>} stages of arguments
 */
async function probesOf(folder, codex, env) {
  const standIn = join(folder.dataHome, 'stand-in.sh');
  const log = `${standIn}.log`;
  writeFileSync(
    standIn,
    `#!/bin/sh
echo "start $*" >> '${log}'
'${codex}' "$@"
code=$?
echo "end $*" >> '${log}'
exit $code
`,
    { mode: 0o700 },
  );
  await statusOf(folder, { ...env, CODEX_CLI_PATH: standIn });
  const stages = [];
  let open = 0;
  for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
    const [what, ...args] = line.split(' ');
    if (what === 'end') {
      open -= 1;
      continue;
    }
    if (open === 0) stages.push([]);
    stages.at(-1).push(args);
    open += 1;
  }
  return stages;
}

async function askAll(codex, stages, folder) {
  const env = bareEnvironment(folder);
  for (const stage of stages) await Promise.all(stage.map((args) => finished(codex, args, folder.workspace, env)));
}

async function timed(what) {
  const start = performance.now();
  await what();
  return performance.now() - start;
}

/** Milliseconds of processor time of a program and of those that it waited for: what other work on the machine adds least to. */
async function cpuOf(file, args, cwd, env) {
  const timing = 'TIMEFORMAT="%3U %3S"; { time "$@" >/dev/null 2>&1; } 2>&1';
  const { stdout } = await finished('/bin/bash', ['-c', timing, 'bash', file, ...args], cwd, env);
  const [user = Number.NaN, system = Number.NaN] = stdout.trim().split(' ').map(Number);
  return (user + system) * 1000;
}

/** @returns {Promise<{ code: number | null, stdout: string }>} */
function finished(file, args, cwd, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout }));
  });
}
