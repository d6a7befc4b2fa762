// Runs the end-to-end tests one file after another and prints their sum. Arguments are parts of file names:
// `npm run test:e2e -- native`. A file that failed while VS Code itself was at fault (see kit/host-faults.mjs) is run once
// more, and that is said; a file that failed without such a fault has failed.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { root } from '../tools/platform.mjs';
import { FAULTS_VARIABLE } from './kit/host-faults.mjs';

const FILE_LIMIT_MS = 300_000;

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((part) => file.includes(part))))
  .map((file) => join(import.meta.dirname, file));

mkdirSync(join(root, 'out'), { recursive: true });
const faults = join(root, 'out/e2e-faults.log');
process.env[FAULTS_VARIABLE] = faults;

const sum = { passed: 0, failed: 0 };
// One window at a time: with two on two cores both run into their time limits.
for (const file of files) {
  rmSync(faults, { force: true });
  let counts = await runFile(file);
  if (counts.failed > 0 && existsSync(faults)) {
    const met = readFileSync(faults, 'utf8').trim().split('\n');
    console.log(`${basename(file)} met faults of VS Code (${met.join('; ')}): it is run once more`);
    counts = await runFile(file);
  }
  sum.passed += counts.passed;
  sum.failed += counts.failed;
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
if (files.length === 0) console.error(`no end-to-end test is named like ${wanted.join(' ')}`);
if (sum.failed > 0 || sum.passed === 0) process.exitCode = 1;

async function runFile(file) {
  const counts = { passed: 0, failed: 0 };
  const stream = run({ files: [file], concurrency: 1, timeout: FILE_LIMIT_MS });
  stream.on('test:pass', ({ details, skip, todo }) => {
    if (details.type !== 'suite' && !skip && !todo) counts.passed += 1;
  });
  stream.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') counts.failed += 1;
  });
  for await (const text of stream.compose(spec)) process.stdout.write(text);
  return counts;
}
