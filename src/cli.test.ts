import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readStatusDocument } from './model/schema/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'codex-lanes-cli-'));
const bundle = join(folder, 'cli.cjs');

beforeAll(async () => {
  // As it is shipped: one CommonJS file, without `external: ['vscode']`, so that a leak would not build.
  await build({
    entryPoints: [join(import.meta.dirname, 'cli.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: 'const importMetaUrl=require("url").pathToFileURL(__filename).href;' },
    logLevel: 'silent',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function codexOf(stdout: string) {
  const { codex } = readStatusDocument(stdout).providers;
  if (codex === undefined) throw new Error('the document says nothing of codex');
  return codex;
}

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const own = {
    HOME: folder,
    PATH: folder,
    CODEX_LANES_HOME: join(folder, 'data'),
    CODEX_HOME: folder,
    SHELL: '/nowhere',
  };
  return new Promise((done) => {
    execFile(process.execPath, [bundle, ...args], { env: { ...own, ...env } }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });
}

test('status prints exactly one document and exits 0, although no lane is ready', async () => {
  const ran = await run(['runtime', 'status', '--provider', 'codex', '--json']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout.trim().split('\n')).toHaveLength(1);
  const codex = codexOf(ran.stdout);
  expect(codex.availableBackends.map((option) => option.id)).toEqual(['auto', 'api', 'codex-native']);
  expect(codex.resolvedBackendId).toBeNull();
});

test('a program that is named and is not there is missing, by its name', async () => {
  const env = { CODEX_CLI_PATH: join(folder, 'no-such-codex'), CODEX_LANES_BACKEND: 'codex-native' };
  const codex = codexOf((await run(['runtime', 'status', '--json'], env)).stdout);
  expect(codex).toMatchObject({ selectedBackendId: 'codex-native', resolvedBackendId: null });
  expect(codex.externalRuntimeDiagnostics).toMatchObject([{ detected: false }]);
  expect(JSON.stringify(codex)).toContain('no-such-codex');
});

test('in words it says the same', async () => {
  const ran = await run(['runtime', 'status']);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain('OpenAI API needs a key');
  expect(ran.stdout).toContain('Codex CLI not found');
});

test.each([
  ['no command', []],
  ['an unknown command', ['runtime', 'start']],
  ['an unknown option', ['runtime', 'status', '--yaml']],
  ['an unknown provider', ['runtime', 'status', '--provider', 'other']],
])('%s is bad usage: exit 2, nothing on stdout', async (_name, args) => {
  const ran = await run(args);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('codex-lanes runtime status');
});

test('a bad lane name is said, and auto is used', async () => {
  const ran = await run(['runtime', 'status', '--json'], { CODEX_LANES_BACKEND: 'native' });
  expect(ran.stderr).toContain('codexLanes.lane must be one of: auto, api, codex-native');
  expect(codexOf(ran.stdout).selectedBackendId).toBe('auto');
});
