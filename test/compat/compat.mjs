// `npm run test:compat`: the native lane on builds of Codex that people still have, against the practice endpoint. A build
// that npm does not give here is skipped, and the last line says so: that is no failure of ours.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectEnvironment, reexecOnProjectNode } from '../tools/install.mjs';
import { otherCodex } from '../tools/other-codex.mjs';
import { root } from '../tools/platform.mjs';
import { StepError } from '../tools/step.mjs';

const versions = ['0.138.0', '0.117.0'];
/** Longest time for all downloads, and for all tests, in milliseconds. */
const downloadLimit = 4 * 60_000;
const testLimit = 4 * 60_000;

async function main() {
  const deadline = Date.now() + downloadLimit;
  const builds = versions.map((version) => ({ version, ...installed(version, deadline) }));
  const usable = builds.filter(({ program }) => program !== undefined);
  for (const { version, why } of builds) if (why !== undefined) console.log(`skipped: Codex ${version}: ${why}`);
  if (usable.length === 0) {
    console.log('compat: skipped, no build could be had');
    return;
  }
  const { code, passed, failed, skipped } = await runTests(usable);
  const left = skipped + builds.length - usable.length;
  console.log(`compat: ${passed} passed, ${code === 0 ? failed : Math.max(failed, 1)} failed, ${left} skipped`);
  if (code !== 0) process.exitCode = 1;
}

function installed(version, deadline) {
  try {
    return otherCodex(version, { limitMs: Math.max(1000, deadline - Date.now()) });
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { why: briefly(error.message) };
  }
}

/** npm's own reason in one line, where it gives one. */
function briefly(message) {
  const [first = ''] = message.split('\n');
  const reason = message.split('\n').find((line) => /^npm error (?:code|\w*Error)\b/.test(line));
  return reason === undefined ? first : `npm install failed: ${reason.replace(/^npm error /, '')}`;
}

/** Runs every test on each build, and counts. */
function runTests(builds) {
  const script = join(root, 'node_modules/vitest/vitest.mjs');
  const config = join(root, 'test/compat/vitest.config.ts');
  const env = { ...projectEnvironment(), CODEX_LANES_COMPAT: JSON.stringify(builds) };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, 'run', '--config', config], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: testLimit,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === null) console.log(`the tests took more than ${testLimit / 1000} s`);
      resolve({
        code,
        passed: count(output, 'passed'),
        failed: count(output, 'failed'),
        skipped: count(output, 'skipped'),
      });
    });
  });
}

/** From vitest's line `Tests  1 failed | 22 passed | 1 skipped (24)`. */
function count(output, word) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: takes the colours out of vitest's output
  const plain = output.replace(/\u001b\[[0-9;]*m/g, '');
  const line = plain.split('\n').findLast((text) => /^\s*Tests\s/.test(text)) ?? '';
  return Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
}

if (!(await reexecOnProjectNode(import.meta.filename))) await main();
