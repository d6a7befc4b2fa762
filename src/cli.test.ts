import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
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
    const child = execFile(
      process.execPath,
      [bundle, ...args],
      { env: { ...own, ...env } },
      (error, stdout, stderr) => {
        done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
      },
    );
    child.stdin?.end();
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
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatch(/^Runtime: Auto - /);
  expect(ran.stdout).toMatch(/^Resolved +no lane$/m);
  expect(ran.stdout).toMatch(/^Status +OpenAI API needs a key$/m);
  expect(ran.stdout).toMatch(/^ {2}Codex native +Codex CLI not found - .* \[Internal, Runtime missing\]$/m);
});

const explainRow = z.object({
  capability: z.string(),
  lane: z.enum(['api', 'codex-native']),
  available: z.boolean(),
  gate: z.object({ id: z.string(), says: z.string(), source: z.string(), since: z.null() }).nullable(),
});
const explained = z.object({ schemaVersion: z.literal(1), rows: z.array(explainRow) });

/** The gate that shuts turns of a lane; null = none. */
function gateOf(stdout: string, lane: string): string | null {
  const rows = explained.parse(JSON.parse(stdout)).rows.filter((row) => row.lane === lane);
  const row = rows.find(({ capability }) => capability === 'run-turn');
  if (row === undefined) throw new Error(`nothing is said of ${lane}`);
  return row.gate?.id ?? null;
}

test('explain names the gate that shuts each lane, in one document', async () => {
  const ran = await run(['runtime', 'explain', '--json']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout.trim().split('\n')).toHaveLength(1);
  expect(gateOf(ran.stdout, 'api')).toBe('credential');
  expect(gateOf(ran.stdout, 'codex-native')).toBe('binary');
});

test('explain of one lane leaves the other out, and says the same in words', async () => {
  const json = await run(['runtime', 'explain', '--lane', 'api', '--json']);
  const { rows } = explained.parse(JSON.parse(json.stdout));
  expect([...new Set(rows.map(({ lane }) => lane))]).toEqual(['api']);
  const words = await run(['runtime', 'explain', '--lane', 'api']);
  expect(words).toMatchObject({ code: 0, stderr: '' });
  for (const { gate } of rows) if (gate !== null) expect(words.stdout).toContain(gate.says);
  expect(words.stdout).not.toContain('\nCodex native\n');
});

test('doctor without a program is an answer that could not be given: exit 1, and why', async () => {
  const json = await run(['runtime', 'doctor', '--json']);
  expect(json).toMatchObject({ code: 1, stderr: '' });
  const report = z
    .object({ kind: z.literal('failed'), why: z.string(), hint: z.string() })
    .parse(JSON.parse(json.stdout));
  const words = await run(['runtime', 'doctor']);
  expect(words).toMatchObject({ code: 1, stdout: `${report.why}\n${report.hint}\n` });
});

test('the rows of a thread come from its log', async () => {
  const log = join(folder, 'data', 'threads', 't-1', 'events.jsonl');
  mkdirSync(dirname(log), { recursive: true });
  const base = { v: 1, provider: 'openai', laneId: 'api', transport: 'responses', threadId: 't-1' };
  const at = '2026-01-01T00:00:00.000Z';
  const events = [
    { seq: 1, kind: 'thread_started', cwd: '/w' },
    { seq: 2, turnId: 'u', kind: 'user_message', text: 'Hi', attachments: [], delivery: 'start' },
    {
      seq: 3,
      turnId: 'u',
      kind: 'turn_started',
      model: null,
      effort: null,
      cwd: '/w',
      sandbox: null,
      approvalPolicy: null,
    },
  ];
  writeFileSync(log, events.map((event) => `${JSON.stringify({ ...base, at, ...event })}\n`).join(''));
  const ran = await run(['thread', 'rows', 't-1']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ran.stdout)).toMatchObject({ type: 'user', sessionId: 't-1', message: { content: 'Hi' } });
});

test('a thread that is not there is said: exit 1, nothing on stdout', async () => {
  const ran = await run(['thread', 'rows', 'nowhere']);
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  expect(ran.stderr).toBe(
    `codex-lanes: There is no thread nowhere. Threads are in ${join(folder, 'data', 'threads')}, each in a folder of its name.\n`,
  );
});

const capture = new URL('../test/fixtures/codex-0.169/', import.meta.url).pathname;

test('a kept stream is printed as normalized events: exit 0; --meta says how its run ended', async () => {
  const ran = await run(['transcript', 'normalize', '--from', 'exec', `${capture}exec-text.jsonl`]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const lines = ran.stdout.trimEnd().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'turn_completed', seq: lines.length });
  const kept = ['transcript', 'normalize', '--from', 'exec', '-', '--meta', `${capture}fail-bad-config.meta.json`];
  const failed = await run(kept);
  expect(failed).toMatchObject({ code: 0, stderr: '' });
  expect(failed.stdout).toContain('"code":"config_invalid"');
});

test('a kept conversation with the app-server is printed the same from lines with directions and from raw ones', async () => {
  const kept = readFileSync(`${capture}as-steer-interrupt.jsonl`, 'utf8');
  const from = ['transcript', 'normalize', '--from', 'app-server'];
  const ran = await run([...from, `${capture}as-steer-interrupt.jsonl`]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toContain('"delivery":"steer"');
  const lines = kept
    .trimEnd()
    .split('\n')
    .map((line) => JSON.stringify((JSON.parse(line) as { msg: unknown }).msg));
  writeFileSync(join(folder, 'raw.jsonl'), `${lines.join('\n')}\n`);
  expect(await run([...from, join(folder, 'raw.jsonl')])).toEqual(ran);
});

test.each([
  ['no source', ['transcript', 'normalize'], '--from exec'],
  ['an unknown source', ['transcript', 'normalize', '--from', 'x'], 'there are three'],
  ['two files', ['transcript', 'normalize', '--from', 'exec', 'a', 'b'], 'takes one file'],
  [
    'a file that is not there',
    ['transcript', 'normalize', '--from', 'exec', '/nowhere'],
    '/nowhere can’t be read: it does not exist',
  ],
  ['a folder', ['transcript', 'normalize', '--from', 'exec', folder], 'it is a folder. Name a file in it'],
  [
    'a meta file that is not there',
    ['transcript', 'normalize', '--from', 'exec', '--meta', '/nowhere'],
    '/nowhere can’t be read: it does not exist',
  ],
  [
    'a meta file of something else',
    ['transcript', 'normalize', '--from', 'exec', '--meta', `${capture}exec-text.jsonl`],
    '--meta',
  ],
  ['a meta file for a server', ['transcript', 'normalize', '--from', 'app-server', '--meta', '/x'], 'run of exec'],
  ['a meta file for an endpoint', ['transcript', 'normalize', '--from', 'responses', '--meta', '/x'], 'run of exec'],
])('normalize with %s is bad usage', async (_name, args, why) => {
  const ran = await run(args);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(why);
});

test.each([
  ['no command', []],
  ['an unknown command', ['runtime', 'start']],
  ['an unknown option', ['runtime', 'status', '--yaml']],
  ['an unknown provider', ['runtime', 'status', '--provider', 'other']],
  ['an option of another command', ['runtime', 'status', '--lane', 'api']],
  ['an unknown lane', ['runtime', 'explain', '--lane', 'auto']],
  ['one word too many', ['runtime', 'doctor', 'now']],
  ['a thread that is not named', ['thread', 'rows']],
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

test('no command prints a key', async () => {
  const key = 'sk-planted-0123456789abcdef';
  const env = {
    CODEX_API_KEY: key,
    OPENAI_API_KEY: key,
    CODEX_LANES_LOG: 'debug',
    CODEX_LANES_API_BASE_URL: 'nowhere',
  };
  for (const command of ['status', 'explain', 'doctor']) {
    for (const options of [[], ['--json']]) {
      const { stdout, stderr } = await run(['runtime', command, ...options], env);
      expect(stdout).not.toBe('');
      expect(stdout + stderr).not.toContain(key);
    }
  }
});

test('a reader that leaves early is no failure to be told', async () => {
  const stream = join(folder, 'long.jsonl');
  const message = (id: number) => ({
    type: 'item.completed',
    item: { id: `item_${id}`, type: 'agent_message', text: 'x' },
  });
  const lines = [{ type: 'thread.started', thread_id: 't' }, { type: 'turn.started' }];
  const all = [...lines, ...Array.from({ length: 5000 }, (_, id) => message(id))];
  writeFileSync(stream, all.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const child = spawn(process.execPath, [bundle, 'transcript', 'normalize', '--from', 'exec', stream], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.once('data', () => child.stdout.destroy());
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([code, said]).toEqual([1, '']);
});

test('vault-only: the vault is the editor’s, and the answer says so', async () => {
  const ran = await run(['runtime', 'status', '--provider', 'codex', '--json'], {
    CODEX_LANES_BACKEND: 'codex-native',
    CODEX_LANES_NATIVE_CREDENTIALS: 'vault-only',
    CODEX_API_KEY: 'sk-shell-0001',
  });
  expect(codexOf(ran.stdout)).toMatchObject({
    authenticated: false,
    statusMessage: expect.stringContaining("the key store of the editor can't be reached from here"),
  });
});
