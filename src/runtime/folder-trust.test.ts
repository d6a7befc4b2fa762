import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LfSplitter } from '../base/index.ts';
import { runShort } from '../node/index.ts';
import type { Log } from '../ports/index.ts';
import { createFolderTrust } from './folder-trust.ts';
import { binaryOfPackage } from './platform-binary.ts';

let root: string;
let warned: string[];
let env: Record<string, string>;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'folder-trust-')));
  for (const folder of [
    'codex-home',
    'other-home',
    'data',
    'home',
    'repo/.git/worktrees/tree',
    'repo/sub',
    'plain/in',
    'plain/in/.git',
  ])
    mkdirSync(join(root, folder), { recursive: true });
  for (const folder of ['tree/in', 'module']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'repo/.git/HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(root, 'tree/.git'), `gitdir: ${join(root, 'repo/.git/worktrees/tree')}\n`);
  writeFileSync(join(root, 'module/.git'), 'gitdir: ../repo/.git/modules/module\n');
  symlinkSync(join(root, 'repo'), join(root, 'link'));
  warned = [];
  env = { HOME: join(root, 'home'), CODEX_HOME: join(root, 'codex-home') };
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (...path: string[]): string => join(root, ...path);
const log: Log = { debug: () => {}, info: () => {}, warn: (text) => void warned.push(text), error: () => {} };
const trust = (data = 'data') => createFolderTrust({ env: () => env, home: async () => at(data), log });
const config = (text: string): void => writeFileSync(at('codex-home/config.toml'), text);
const entry = (folder: string, level: string): string =>
  `[projects.${JSON.stringify(folder)}]\ntrust_level = "${level}"\n`;

test.each([
  ['a repository', 'repo', 'repo'],
  ['a folder in it', 'repo/sub', 'repo'],
  ['a folder in it behind a link', 'link/sub', 'repo'],
  ['a worktree: its main repository', 'tree/in', 'repo'],
  ['a submodule: itself', 'module', 'module'],
  ['no repository: the folder', 'plain/in', 'plain/in'],
  ['a folder that is gone: its name', 'gone', 'gone'],
])('what Codex would mark for %s', async (_name, cwd, folder) => {
  expect(await trust().toMark(at(cwd))).toBe(at(folder));
});

test.each([
  ['the root is trusted', () => entry(at('repo'), 'trusted')],
  ['the root is not trusted', () => entry(at('repo'), 'untrusted')],
  ['the folder is trusted', () => entry(at('repo/sub'), 'trusted')],
  ['the folder is trusted by the name of its link', () => entry(at('link/sub'), 'trusted')],
  ['the file is broken: the turn says so', () => 'model = '],
])('nothing is asked where the configuration decides: %s', async (_name, text) => {
  config(text());
  expect(await trust().toMark(at('link/sub'))).toBeNull();
});

test.each([
  ['another folder', () => entry(at('plain'), 'trusted')],
  ['an entry without a level', () => `[projects.${JSON.stringify(at('repo'))}]\n`],
  ['projects that are none', () => 'projects = 3\n'],
])('it is asked where the configuration says nothing of it: %s', async (_name, text) => {
  config(text());
  expect(await trust().toMark(at('repo'))).toBe(at('repo'));
});

test('who was told is not asked again: here, in another process, but for another Codex home', async () => {
  const first = trust();
  await first.told(at('repo'));
  expect(await first.toMark(at('repo/sub'))).toBeNull();
  expect(await first.toMark(at('plain'))).toBe(at('plain'));
  await first.told(at('plain'));
  expect(await trust().toMark(at('repo'))).toBeNull();
  expect(await trust().toMark(at('plain'))).toBeNull();
  env = { ...env, CODEX_HOME: at('other-home') };
  expect(await trust().toMark(at('repo'))).toBe(at('repo'));
  expect(await first.toMark(at('repo'))).toBe(at('repo'));
  expect(warned).toEqual([]);
});

test('a memory of a newer release is left alone; what was said yes to holds while the process lives', async () => {
  const text = JSON.stringify({ format: 'codex-lanes/told-folders', version: 2, folders: {} });
  writeFileSync(at('data/told-folders.json'), text);
  const first = trust();
  expect(await first.toMark(at('repo'))).toBe(at('repo'));
  await first.told(at('repo'));
  expect(await first.toMark(at('repo'))).toBeNull();
  expect(readFileSync(at('data/told-folders.json'), 'utf8')).toBe(text);
});

test('a damaged memory is asked again, and a data home that can’t be written is remembered while the process lives', async () => {
  writeFileSync(at('data/told-folders.json'), '{"told":');
  expect(await trust().toMark(at('repo'))).toBe(at('repo'));
  const lost = trust('no/such/folder');
  await lost.told(at('repo'));
  expect(await lost.toMark(at('repo'))).toBeNull();
  expect(warned).toEqual([expect.stringContaining('counts as empty'), expect.stringContaining('could not be written')]);
});

const binary = await binaryOfPackage(
  join(import.meta.dirname, '../../node_modules/@openai/codex'),
  process.platform,
  process.arch,
);

/** What the real Codex's app-server adds to its configuration when a thread starts. */
async function markedByAppServer(cwd: string, sandbox: string): Promise<string> {
  const child = spawn(binary ?? '', ['app-server'], {
    cwd,
    env: { ...env, PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise((done) => child.once('close', done));
  const say = (message: object): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  say({ id: 1, method: 'initialize', params: { clientInfo: { name: 'codex-lanes-test', version: '0' } } });
  say({ method: 'initialized' });
  say({ id: 2, method: 'thread/start', params: { cwd, sandbox, approvalPolicy: 'never' } });
  await new Promise<void>((answered) => {
    const lines = new LfSplitter({
      onLine: (line) => {
        const answer: unknown = JSON.parse(line);
        if (typeof answer === 'object' && answer !== null && 'id' in answer && answer.id === 2) answered();
      },
    });
    child.stdout.on('data', (bytes: Buffer) => lines.push(bytes));
  });
  child.kill('SIGKILL');
  await ended;
  const written = readFileSync(at('codex-home/config.toml'), 'utf8');
  config('');
  return written;
}

test.skipIf(binary === null)(
  'the real app-server marks just that folder, and only where a turn may write',
  async () => {
    rmSync(at('repo'), { recursive: true });
    mkdirSync(at('repo'));
    await runShort('git', ['init', '-q', at('repo')], {
      env: { ...env, PATH: process.env.PATH ?? '' },
      timeoutMs: 20_000,
    });
    mkdirSync(at('repo/sub'));
    config('');
    for (const cwd of ['repo', 'repo/sub', 'link/sub']) {
      const folder = await trust().toMark(at(cwd));
      expect(folder).toBe(at('repo'));
      expect(await markedByAppServer(at(cwd), 'workspace-write')).toContain(entry(at('repo'), 'trusted'));
    }
    expect(await markedByAppServer(at('repo'), 'danger-full-access')).toContain(entry(at('repo'), 'trusted'));
    expect(await markedByAppServer(at('repo'), 'read-only')).toBe('');
  },
);
