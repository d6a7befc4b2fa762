// Runs the real Codex and the built command line in a room, and notes the command for the record.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { otherCodex } from '../tools/other-codex.mjs';
import { projectCodex, root } from '../tools/platform.mjs';
import { StepError } from '../tools/step.mjs';

/** Longest run of any program here, in milliseconds. */
const LIMIT_MS = 60_000;

/** The build that the compatibility scenarios run beside the pinned one. */
export const oldVersion = '0.117.0';

/** The programs of every scenario; installs what is missing. Codex 0.117.0 alone prints the history warning. */
export function programs() {
  const codex = projectCodex();
  if (codex === undefined) throw new StepError('There is no Codex for this platform: nothing can be signed off here.');
  return { codex, oldCodex: otherCodex(oldVersion).program };
}

/**
 * @typedef {{ exitCode: number | null, stdout: string, stderr: string }} Ran
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: Record<string, string>, stdin?: string }} options
 * @returns {Promise<Ran>}
 */
export function run(file, args, { cwd, env, stdin = '' }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env });
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    // A program that refuses its arguments does not read.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
    child.once('error', reject);
    child.once('close', (exitCode) => {
      clearTimeout(limit);
      resolve({ exitCode, stdout, stderr });
    });
  });
}

/** What a program of a room sees of its surroundings. */
function baseEnvironment({ home, codexHome }) {
  return { PATH: '/usr/bin:/bin', HOME: home, CODEX_HOME: codexHome, LANG: 'C.UTF-8' };
}

/**
 * One run of the real Codex.
 * @param {import('./room.mjs').Room} room
 * @param {readonly string[]} args
 * @param {{ prompt?: string, env?: Record<string, string>, program?: string, cwd?: string }} [options]
 */
export async function codex(room, args, { prompt, env = {}, program = room.codex, cwd = room.workspace } = {}) {
  const shown = [...assignments(env), program === room.codex ? 'codex' : '<codex-0.117.0>', ...args.map(quoted)];
  const fed = prompt === undefined ? '' : ` <<< ${quoted(prompt)}`;
  room.commands.push(room.normal(`${shown.join(' ')}${fed}`));
  const ran = await run(program, args, { cwd, env: { ...baseEnvironment(room), ...env }, stdin: prompt ?? '' });
  const lines = ran.stdout.split('\n').filter((line) => line.startsWith('{'));
  return {
    ...ran,
    /** @type {any[]} */
    events: args.includes('--json') ? lines.map((line) => JSON.parse(line)) : [],
  };
}

/**
 * One run of the built command line.
 * @param {import('./room.mjs').Room} room
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 */
export async function lanes(room, args, env = {}) {
  room.commands.push(room.normal([...assignments(env), 'codex-lanes', ...args.map(quoted)].join(' ')));
  // No folder of the machine is on its PATH, and no login shell tells one: no other Codex can be found.
  const surroundings = {
    ...baseEnvironment(room),
    PATH: room.empty,
    SHELL: '/nowhere',
    CODEX_LANES_HOME: room.dataHome,
  };
  const script = join(root, 'dist/codex-lanes.cjs');
  return await run(process.execPath, [script, ...args], { cwd: room.workspace, env: { ...surroundings, ...env } });
}

/** The one JSON document that a command printed. Throws with what it said instead. */
export function documentIn({ exitCode, stdout, stderr }) {
  try {
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`it printed no document and ended with ${exitCode}: ${stderr || stdout}`, { cause: error });
  }
}

const assignments = (env) => Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);

const quoted = (word) => (/^[\w@%+=:,./<>-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
