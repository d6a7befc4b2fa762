// Runs the end-to-end tests, one file at a time for each two cores, and prints their sum. Arguments are parts of file
// names: `npm run test:e2e -- native`. What a file says is printed when it has ended. A file that failed while VS Code itself
// was at fault (see kit/host-faults.mjs) is run once more, and that is said; a file that failed without such a fault has
// failed.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { root } from '../tools/platform.mjs';
import { FAULTS_VARIABLE } from './kit/host-faults.mjs';

const FILE_LIMIT_MS = 300_000;
/** With two on two cores each takes twice as long (457 s against 419 s in all), and both run into their time limits. */
const CORES_A_WINDOW = 2;

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((part) => file.includes(part))))
  .map((file) => join(import.meta.dirname, file))
  // The longest first, so that none of them is left over for the end: the more text, the more time, by and large.
  .sort((a, b) => statSync(b).size - statSync(a).size);
if (files.length === 0) console.error(`no end-to-end test is named like ${wanted.join(' ')}`);

mkdirSync(join(root, 'out'), { recursive: true });

const sum = { passed: 0, failed: 0 };
const windows = Math.max(1, Math.floor(availableParallelism() / CORES_A_WINDOW));
await Promise.all(Array.from({ length: windows }, (_, window) => runNext(window)));
console.log(`${sum.passed} passed, ${sum.failed} failed`);
if (sum.failed > 0 || sum.passed === 0) process.exitCode = 1;

async function runNext(window) {
  const faults = join(root, `out/e2e-faults-${window}.log`);
  for (let file = files.shift(); file !== undefined; file = files.shift()) {
    rmSync(faults, { force: true });
    let counts = await runFile(file, faults);
    if (counts.failed > 0 && existsSync(faults)) {
      const met = readFileSync(faults, 'utf8').trim().split('\n');
      console.log(`${basename(file)} met faults of VS Code (${met.join('; ')}): it is run once more`);
      counts = await runFile(file, faults);
    }
    sum.passed += counts.passed;
    sum.failed += counts.failed;
  }
}

async function runFile(file, faults) {
  const counts = { passed: 0, failed: 0 };
  const env = { ...process.env, [FAULTS_VARIABLE]: faults };
  const stream = run({ files: [file], concurrency: 1, timeout: FILE_LIMIT_MS, env });
  stream.on('test:pass', ({ details, skip, todo }) => {
    if (details.type !== 'suite' && !skip && !todo) counts.passed += 1;
  });
  stream.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') counts.failed += 1;
  });
  let said = '';
  for await (const text of stream.compose(spec)) said += text;
  process.stdout.write(`\n${basename(file)}\n${said}`);
  return counts;
}
