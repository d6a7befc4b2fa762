// `npm run signoff:phase0`, `:phase1`, `:phase2`: drives the built command line and the real Codex through the scenarios
// of a phase, compares what is observed with the contract, and writes docs/signoff/phase-N.md. Exit code 1 when anything
// differs from the contract. `--check` writes nothing and also holds the committed record against what is observed.
// Without a phase it takes all of them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reexecOnProjectNode } from '../tools/install.mjs';
import { root } from '../tools/platform.mjs';
import { reportFailure, StepError } from '../tools/step.mjs';
import { differences } from './compare.mjs';
import { phase0 } from './phase-0.mjs';
import { phase1 } from './phase-1.mjs';
import { phase2 } from './phase-2.mjs';
import { oldVersion, programs, run } from './programs.mjs';
import { deviations, keep, render } from './record.mjs';
import { openRoom } from './room.mjs';

const phases = { 'phase-0': phase0, 'phase-1': phase1, 'phase-2': phase2 };

/** As many as the smallest machine it must be quick on has cores. */
const parallel = 2;

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
  const wanted = positionals.length === 0 ? Object.keys(phases) : positionals;
  const stranger = wanted.find((name) => !Object.hasOwn(phases, name));
  if (stranger !== undefined)
    throw new StepError(`${stranger} is no phase; there are: ${Object.keys(phases).join(', ')}`);
  buildWhatIsStale();
  const found = programs();
  const versions = await versionsOf(found);
  const sum = { passed: 0, failed: 0 };
  for (const name of wanted) {
    const counts = await signOff(name, { found, versions, check: values.check === true });
    sum.passed += counts.passed;
    sum.failed += counts.failed;
  }
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
  if (sum.failed > 0) process.exitCode = 1;
}

async function signOff(name, { found, versions, check }) {
  const phase = phases[name];
  console.log(`\n${phase.title}`);
  const results = await inTurns(phase.scenarios, (scenario) => oneResult(scenario, found));
  const failed = results.filter(({ differences: lines }) => lines.length > 0).length;
  const path = join(root, 'docs/signoff', `${name}.md`);
  const text = render({ phase, versions, made: whenAndWhere(), results });
  const record = `docs/signoff/${name}.md`;
  if (!check) {
    // A record tells what was observed.
    const blind = results.some(({ observed }) => observed === null);
    console.log(`  ${record}: ${blind ? 'not written, since not everything could be observed' : keep(path, text)}`);
    return { passed: results.length - failed, failed };
  }
  const lines = existsSync(path) ? deviations(readFileSync(path, 'utf8'), text) : ['there is no such record'];
  console.log(`  ${lines.length === 0 ? 'ok     ' : 'DIFFERS'} ${record} is what was observed`);
  for (const line of lines) console.log(`          ${line}`);
  if (lines.length > 0) console.log(`          write it anew with: npm run signoff:${name.replace('-', '')}`);
  return {
    passed: results.length - failed + (lines.length === 0 ? 1 : 0),
    failed: failed + (lines.length > 0 ? 1 : 0),
  };
}

/** @returns {Promise<import('./record.mjs').Result>} */
async function oneResult({ title, contract, says, run: observe, expected }, found) {
  const room = await openRoom(found);
  try {
    const { observed, lines } = await observation(observe, room, expected);
    console.log(`  ${lines.length === 0 ? 'ok     ' : 'DIFFERS'} ${title}`);
    for (const line of lines) console.log(`          ${line}`);
    const commands = room.commands.map((line) => room.normal(line));
    return { title, contract, says, commands, observed, differences: lines };
  } finally {
    await room.close();
  }
}

/** What can't be observed is a difference too, and the other scenarios still run. */
async function observation(observe, room, expected) {
  try {
    const observed = room.normal(await observe(room));
    return { observed, lines: differences(expected, observed) };
  } catch (error) {
    return { observed: null, lines: [`it could not be observed: ${room.normal(error.message)}`] };
  }
}

/** Results in the order of the inputs, a few at a time. */
async function inTurns(inputs, each) {
  const results = [];
  const waiting = [...inputs.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await each(next[1]);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}

function whenAndWhere() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const machine = `${process.platform} ${process.arch}, Node.js ${process.versions.node}`;
  return `${new Date().toISOString().slice(0, 10)} with Lanes for Codex ${version} on ${machine}`;
}

async function versionsOf({ codex, oldCodex }) {
  const printed = async (program) => (await run(program, ['--version'], { cwd: root, env: {} })).stdout.trim();
  return [`${await printed(codex)} (the pinned one)`, `${await printed(oldCodex)} (where ${oldVersion} is named)`];
}

/** What is driven is the built program: it is built anew when a source is newer. */
function buildWhatIsStale() {
  const bundles = ['codex-lanes', 'cli', 'core', 'practice'].map((name) => join(root, 'dist', `${name}.cjs`));
  const sources = ['src', 'esbuild.mjs', 'package.json'].flatMap((top) => filesIn(join(root, top)));
  const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  if (bundles.every((path) => existsSync(path) && statSync(path).mtimeMs > newest)) return;
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'esbuild.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new StepError(`The build failed:\n${stderr}`);
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

if (!(await reexecOnProjectNode(import.meta.filename))) {
  try {
    await main();
  } catch (error) {
    reportFailure(error);
  }
}
