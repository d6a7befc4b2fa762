// `npm run check`: everything that reads the sources, then the unit tests. Every step runs, so that one answer shows
// all that is wrong; the exit code is 1 when any failed. `npm run check -- biome types` runs the steps so named.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectEnvironment, reexecOnProjectNode } from './install.mjs';
import { root } from './platform.mjs';

const modules = join(root, 'node_modules');
const tsc = join(modules, 'typescript/bin/tsc');

/** Biome takes no hint from the environment. */
const colours = `--colors=${process.stdout.isTTY ? 'force' : 'off'}`;

/** Steps that only read, in the order they are reported. */
const readers = [
  { name: 'types: src', script: tsc, args: ['-p', 'tsconfig.json'] },
  { name: 'types: core, no vscode', script: tsc, args: ['-p', 'src/tsconfig.core.json'] },
  { name: 'types: pure, no Node.js', script: tsc, args: ['-p', 'src/tsconfig.pure.json'] },
  { name: 'types: webview', script: tsc, args: ['-p', 'webview/tsconfig.json'] },
  { name: 'types: test', script: tsc, args: ['-p', 'test/tsconfig.json'] },
  { name: 'import law', script: join(root, 'test/architecture/main.ts'), args: [], shown: true },
  { name: 'biome', script: join(modules, '@biomejs/biome/bin/biome'), args: ['ci', colours, '--max-diagnostics=100'] },
  { name: 'dead code (knip)', script: join(modules, 'knip/bin/knip.js'), args: ['--no-progress'] },
];
const unit = { name: 'unit tests', script: join(modules, 'vitest/vitest.mjs'), args: ['run'], shown: true };

/** As many as the smallest machine it must be quick on has cores. */
const parallel = 2;

/**
 * @param {{ name: string, script: string, args: string[], shown?: boolean }} step `shown`: its output says what was checked
 * @returns {Promise<{ name: string, ok: boolean, seconds: number }>}
 */
function run({ name, script, args, shown }) {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const env = { ...projectEnvironment(), ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) };
    const child = spawn(process.execPath, [script, ...args], { cwd: root, env });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('close', (code) => {
      const ok = code === 0;
      const seconds = (performance.now() - startedAt) / 1000;
      console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(28)} ${seconds.toFixed(1).padStart(6)} s`);
      if (!ok || shown) console.log(output.trim().replace(/^/gm, '       '));
      resolve({ name, ok, seconds });
    });
  });
}

async function runAll(steps) {
  const waiting = [...steps];
  const results = [];
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) results.push(await run(step));
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}

if (!(await reexecOnProjectNode(import.meta.filename))) {
  const wanted = process.argv.slice(2);
  const chosen = (step) => wanted.length === 0 || wanted.some((word) => step.name.includes(word));
  const results = await runAll(readers.filter(chosen));
  if (chosen(unit)) results.push(await run(unit));
  const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
  console.log(failed.length === 0 ? `check: ${results.length} steps ok` : `check FAILED: ${failed.join(', ')}`);
  if (failed.length > 0 || results.length === 0) process.exitCode = 1;
}
