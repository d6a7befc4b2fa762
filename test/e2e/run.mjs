// Runs the end-to-end tests one file after another and prints their sum. Arguments are parts of file names:
// `npm run test:e2e -- native`.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const FILE_LIMIT_MS = 300_000;

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((part) => file.includes(part))))
  .map((file) => join(import.meta.dirname, file));

const counts = { passed: 0, failed: 0 };
// One window at a time: with two on two cores both run into their time limits.
const stream = run({ files, concurrency: 1, timeout: FILE_LIMIT_MS });
stream.on('test:pass', ({ details, skip, todo }) => {
  if (details.type !== 'suite' && !skip && !todo) counts.passed += 1;
});
stream.on('test:fail', ({ details }) => {
  if (details.type !== 'suite') counts.failed += 1;
});
stream.once('end', () => {
  // Printed after the reporter's own last lines.
  setImmediate(() => {
    console.log(`${counts.passed} passed, ${counts.failed} failed`);
    if (files.length === 0) console.error(`no end-to-end test is named like ${wanted.join(' ')}`);
    if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
  });
});
stream.compose(spec).pipe(process.stdout);
