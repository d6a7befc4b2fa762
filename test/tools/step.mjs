// A step of a script: quiet while it goes well, everything it said when it fails.
import { spawnSync } from 'node:child_process';

/** A step that can't be done; its message tells the reader what to do, so it is printed without a stack. */
export class StepError extends Error {}

/**
 * Runs a program quietly to its end.
 * @param {number} [limitMs] longest time it may take
 * @throws {StepError} with everything the program said
 */
export function run(command, args, cwd, env = process.env, limitMs = undefined) {
  // On Windows npm is a command file, which only a shell starts; the arguments are constants of ours.
  const shell = process.platform === 'win32' && command === 'npm';
  const options = { cwd, env, shell, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  const result = spawnSync(command, args, limitMs === undefined ? options : { ...options, timeout: limitMs });
  if (result.error?.code === 'ETIMEDOUT') {
    throw new StepError(`${command} ${args.join(' ')} took more than ${limitMs / 1000} s in ${cwd}`);
  }
  if (result.error) throw new StepError(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    throw new StepError(`${command} ${args.join(' ')} failed in ${cwd}:\n${result.stdout}${result.stderr}`);
  }
}

/** One line for one step: what it does, and how long it took. */
export function timed(what, step) {
  const startedAt = Date.now();
  process.stdout.write(`${what} … `);
  try {
    step();
  } catch (error) {
    process.stdout.write('failed\n');
    throw error;
  }
  process.stdout.write(`${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

/**
 * Ends a script on an error: a step's own message as it is, anything else with its stack, because that is a bug of ours.
 * @param {unknown} error
 */
export function reportFailure(error) {
  console.error(error instanceof StepError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
