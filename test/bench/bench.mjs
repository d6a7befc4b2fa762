// `npm run bench`: runs every test/bench/*.bench.mjs, prints a table and writes out/bench/<name>.json.
// `npm run bench -- sizes` runs the named ones, `--short` those that can for less long. To add one, add a file that exports
// `name` and `run({ short, only })`; `only` is a part of a bench that has parts.
//
// A row is { metric, value, unit, goal?, baseline?, ratio? }: `goal` is the most that `value` may be, `baseline` the same
// measurement without us, taken in alternation with ours; `least` is the least that `value` may be. A `value` of undefined
// says that it could not be measured here, and `note` why. A missed goal is shown; it fails the run only with `--strict`,
// because shared machines lie about time.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reexecOnProjectNode } from '../tools/install.mjs';
import { root } from '../tools/platform.mjs';

/**
 * @typedef {object} Row
 * @property {string} metric what is measured
 * @property {number | undefined} value
 * @property {string} unit `ms`, `KB` (1,000 bytes), `MB/s`, `ratio`; empty for a number of things
 * @property {number} [goal] the most that value may be, in the same unit
 * @property {number} [least] the least that value may be, in the same unit
 * @property {number} [baseline] the same without us, in the same unit
 * @property {number} [ratio] value by baseline
 * @property {[number, number]} [interval] holds the true value with 95 % confidence
 * @property {string} [note] why there is no value, or what it was made of
 */

const here = import.meta.dirname;
const options = process.argv.slice(2);
const wanted = options.filter((option) => !option.startsWith('--'));
const strict = options.includes('--strict');
const short = options.includes('--short');
const only = options.find((option) => option.startsWith('--only='))?.slice('--only='.length);

/** @param {Row} row */
function verdict({ value, goal, least, note }) {
  if (value === undefined) return note ?? 'not measured';
  if (goal === undefined && least === undefined) return '';
  return value <= (goal ?? value) && value >= (least ?? value) ? 'ok' : 'MISSED';
}

const figure = (value) => (value === undefined ? '' : Number(value.toPrecision(4)).toLocaleString('en-US'));
const between = (interval) => (interval === undefined ? '' : `[${interval.map(figure).join(', ')}]`);

function print(name, rows) {
  console.log(`\n${name}`);
  console.log(
    `  ${'metric'.padEnd(62)} ${'value'.padStart(10)} unit   ${'goal'.padStart(8)} ${'baseline'.padStart(10)} ratio`,
  );
  for (const row of rows) {
    const cells = [
      row.metric.padEnd(62),
      figure(row.value).padStart(10),
      row.unit.padEnd(6),
      (row.least === undefined ? figure(row.goal) : `>${figure(row.least)}`).padStart(8),
      figure(row.baseline).padStart(10),
      figure(row.ratio).padStart(5),
      verdict(row),
      between(row.interval),
    ];
    console.log(`  ${cells.join(' ')}`.trimEnd());
  }
}

async function main() {
  const files = readdirSync(here)
    .filter((file) => file.endsWith('.bench.mjs'))
    .sort();
  const benches = await Promise.all(files.map((file) => import(pathToFileURL(join(here, file)).href)));
  const chosen = benches.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (chosen.length === 0) throw new Error(`no such bench; there are: ${benches.map(({ name }) => name).join(', ')}`);

  const machine = { node: process.versions.node, platform: platform(), arch: arch(), cores: cpus().length };
  mkdirSync(join(root, 'out/bench'), { recursive: true });
  let missed = 0;
  // One after the other: two at once would measure each other.
  for (const { name, run } of chosen) {
    const [loadBefore] = loadavg();
    /** @type {Row[]} */
    const rows = await run({ short, only });
    print(name, rows);
    missed += rows.filter((row) => verdict(row) === 'MISSED').length;
    const load = [loadBefore, loadavg()[0]];
    const record = { name, at: new Date().toISOString(), machine, load, ...(short && { short }), rows };
    writeFileSync(join(root, 'out/bench', `${name}.json`), `${JSON.stringify(record, undefined, 2)}\n`);
  }
  console.log(`\n${missed === 0 ? 'no goal missed' : `${missed} goals MISSED`}; details in out/bench/`);
  if (strict && missed > 0) process.exitCode = 1;
}

if (!(await reexecOnProjectNode(import.meta.filename))) await main();
