import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { LaneEvent } from '../../model/index.ts';
import { itemId } from '../../model/index.ts';
import { liveProcesses } from '../../node/index.ts';
import type { ApprovalRequest, WorkspaceFiles } from '../../ports/index.ts';
import { plainFiles } from '../plain-files.ts';
import { lookTools } from './index.ts';
import { listArguments } from './list-files.ts';
import { readArguments } from './read-file.ts';
import { findRipgrep } from './ripgrep.ts';
import { searchArguments } from './search-files.ts';
import { imageArguments } from './view-image.ts';

/** The one that the pinned Codex brings. */
const places = [
  join(
    import.meta.dirname,
    `../../../node_modules/@openai/codex-linux-${process.arch}/vendor/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-musl/codex-path/rg`,
  ),
];
const ripgrep = await findRipgrep({ places: () => places, env: () => process.env });

let root = '';
let cwd = '';
let events: LaneEvent[] = [];
let asked: ApprovalRequest[] = [];
let answer: { readonly decision: string; readonly word?: string } | null = null;
let held: Record<string, { readonly text: string; readonly isDirty: boolean }> = {};
let program: string | null = ripgrep;
let abort = new AbortController();

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(cwd, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
};

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'look-')));
  cwd = join(root, 'work');
  mkdirSync(cwd);
  events = [];
  asked = [];
  answer = null;
  held = {};
  program = ripgrep;
  abort = new AbortController();
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
  expect(liveProcesses.list()).toEqual([]);
});

const files: WorkspaceFiles = { ...plainFiles(), held: async (path) => held[path] ?? null };
const fill = async (request: ApprovalRequest) => {
  asked.push(request);
  if (answer === null) throw new Error('nobody answers');
  return { decision: answer.decision, answers: answer.word === undefined ? {} : { word: [answer.word] } };
};

function session() {
  const tools = lookTools({ cwd, policy: 'ask', addDirs: [], files, ripgrep: async () => program, editor: null });
  return async (name: string, given: unknown = {}) => {
    const tool = tools.find(({ spec }) => spec.name === name);
    if (tool === undefined) throw new Error(`no tool ${name}`);
    const outcome = await tool.run(
      given,
      { itemId: itemId('i'), name, input: '' },
      {
        emit: (event) => void events.push(event),
        approvals: { fill, ask: () => Promise.reject(new Error('asked')) },
        beforeChange: async () => undefined,
        signal: abort.signal,
      },
    );
    return { ...outcome, text: outcome.parts.map((part) => (part.type === 'text' ? part.text : part.url)).join('\n') };
  };
}
const call = (name: string, given: unknown = {}) => session()(name, given);

test.each([
  ['read_file', readArguments],
  ['list_files', listArguments],
  ['search_files', searchArguments],
  ['view_image', imageArguments],
])('the schema of %s that the model sees is the one that is checked', (name, schema) => {
  const tools = lookTools({ cwd, policy: 'ask', addDirs: [], files, ripgrep: async () => null, editor: null });
  const { $schema: _, ...written } = z.toJSONSchema(schema, { io: 'input' });
  expect(tools.find(({ spec }) => spec.name === name)?.spec.parameters).toEqual(written);
});

describe('read_file', () => {
  test('numbers the lines, says what the file is, and tells its item', async () => {
    file('a.ts', 'one\ntwo\n\nfour\n');
    expect((await call('read_file', { path: 'a.ts' })).text).toBe('a.ts: lines 1-4 of 4\n1\tone\n2\ttwo\n3\t\n4\tfour');
    expect(events.map((event) => (event.kind === 'tool_call' ? [event.phase, event.status] : []))).toEqual([
      ['started', 'in_progress'],
      ['completed', 'completed'],
    ]);
  });

  test('a range, the last line without an end, CRLF, a mark, nothing at all', async () => {
    file('a.txt', '\uFEFFone\r\ntwo\r\nthree');
    expect((await call('read_file', { path: 'a.txt', start_line: 2, end_line: 9 })).text).toBe(
      'a.txt: lines 2-3 of 3, utf8bom, CRLF line ends\n2\ttwo\n3\tthree',
    );
    file('empty', '');
    expect((await call('read_file', { path: 'empty' })).text).toBe('empty is empty.');
    expect(await call('read_file', { path: 'a.txt', start_line: 4 })).toMatchObject({
      status: 'failed',
      text: 'a.txt has 3 lines; line 4 is not there.',
    });
    expect((await call('read_file', { path: 'a.txt', start_line: 3, end_line: 2 })).status).toBe('failed');
  });

  test('caps: lines, bytes, one long line; each says how to go on', async () => {
    file('many', Array.from({ length: 2500 }, (_, index) => `l${index + 1}`).join('\n'));
    const many = (await call('read_file', { path: 'many' })).text;
    expect(many).toMatch(/^many: lines 1-2000 of 2500\n/);
    expect(many).toMatch(/\n\(Cut here; go on with start_line 2001\.\)$/);
    expect((await call('read_file', { path: 'many', start_line: 2001 })).text).toMatch(/2500\tl2500$/);
    file('wide', Array.from({ length: 300 }, () => 'ü'.repeat(1900)).join('\n'));
    const wide = (await call('read_file', { path: 'wide' })).text;
    expect(Buffer.byteLength(wide)).toBeLessThan(257 * 1024);
    expect(wide).toMatch(/go on with start_line 69/);
    file('long', 'x'.repeat(5000));
    expect((await call('read_file', { path: 'long' })).text).toContain('… (cut: 5000 characters)');
  });

  test('what the editor has unsaved wins; what it has saved is read from disk', async () => {
    const path = file('a.ts', 'disk');
    held = { [path]: { text: 'editor', isDirty: true } };
    expect((await call('read_file', { path: 'a.ts' })).text).toBe(
      'a.ts: lines 1-1 of 1, not saved yet, as the editor has it\n1\teditor',
    );
    held = { [path]: { text: 'old', isDirty: false } };
    expect((await call('read_file', { path: 'a.ts' })).text).toContain('1\tdisk');
  });

  test('no text, an image, a folder, nothing there: refused with words', async () => {
    file('x.bin', new Uint8Array([1, 0, 2]));
    file('p.png', Buffer.from('89504e470d0a1a0a00000000', 'hex'));
    for (const [path, words] of [
      ['x.bin', 'is no text (3 bytes)'],
      ['p.png', 'view_image'],
      ['.', 'list_files'],
      ['gone', 'no such file'],
      ['a\0', 'NUL'],
    ] as const) {
      const got = await call('read_file', { path });
      expect([got.status, got.text]).toEqual(['failed', expect.stringContaining(words)]);
    }
    expect((await call('read_file', { file: 'a' })).text).toContain('path');
  });

  test.skipIf(process.platform === 'win32')('a pipe does not keep us waiting', async () => {
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    expect((await call('read_file', { path: 'pipe' })).text).toContain('no ordinary file');
  });

  test('outside and secret: asks, with the reason; a denial with its word goes to the model', async () => {
    writeFileSync(join(root, 'far.txt'), 'far');
    file('.env', 'KEY=abc');
    symlinkSync(join(root, 'far.txt'), join(cwd, 'near.txt'));
    answer = { decision: 'decline', word: 'use the example file' };
    expect(await call('read_file', { path: '.env' })).toMatchObject({
      status: 'declined',
      text: expect.stringContaining('use the example file'),
    });
    expect(await call('read_file', { path: 'near.txt' })).toMatchObject({ status: 'declined' });
    expect(asked.map(({ what, why }) => [what, why])).toEqual([
      [join(cwd, '.env'), expect.stringContaining('secrets')],
      [join(root, 'far.txt'), expect.stringContaining('outside')],
    ]);
    answer = { decision: 'cancel' };
    expect(await call('read_file', { path: '.env' })).toMatchObject({ endsTurn: true });
  });

  test('what was allowed is not asked again in the turn', async () => {
    file('.env', 'KEY=abc');
    answer = { decision: 'accept' };
    const one = session();
    expect((await one('read_file', { path: '.env' })).text).toContain('KEY=abc');
    expect((await one('read_file', { path: './.env', start_line: 1 })).text).toContain('KEY=abc');
    expect(asked).toHaveLength(1);
    await call('read_file', { path: '.env' });
    expect(asked).toHaveLength(2);
  });

  test('a long result is kept short in the log, and whole for the model', async () => {
    file('many', 'some words\n'.repeat(1900));
    const got = await call('read_file', { path: 'many' });
    expect(got.text.length).toBeGreaterThan(20_000);
    const kept = events.at(-1);
    expect(kept?.kind === 'tool_call' ? String(kept.result).length : 0).toBeLessThan(8100);
  });
});

describe('view_image', () => {
  test('by its first bytes, as a part for the model', async () => {
    const bytes = Buffer.from('89504e470d0a1a0a00000000', 'hex');
    file('p.txt', bytes);
    file('fake.png', 'no image');
    const got = await call('view_image', { path: 'p.txt' });
    expect(got.parts).toEqual([
      { type: 'text', text: 'p.txt (image/png, 12 bytes)' },
      { type: 'image', url: `data:image/png;base64,${bytes.toString('base64')}` },
    ]);
    const kept = events.at(-1);
    expect(kept?.kind === 'tool_call' ? kept.result : '').toBe('p.txt (image/png, 12 bytes)\n[image]');
    expect(await call('view_image', { path: 'fake.png' })).toMatchObject({ status: 'failed' });
    file('big.png', Buffer.concat([bytes, Buffer.alloc(10 * 1024 * 1024)]));
    expect((await call('view_image', { path: 'big.png' })).text).toContain('at most 10485760');
  });
});

const withRipgrep = describe.skipIf(ripgrep === null);

withRipgrep('list_files', () => {
  test('heeds .gitignore, leaves .git out, counts what lies deep', async () => {
    for (const name of [
      'a.ts',
      'src/b.ts',
      'src/x/y/z/c.ts',
      'src/x/y/z/d.ts',
      '.git/HEAD',
      'dist/o.js',
      '.github/w.yml',
    ])
      file(name, 'x');
    file('.gitignore', 'dist/\n');
    expect((await call('list_files')).text).toBe(
      '.: 6 files\n.github/w.yml\n.gitignore\na.ts\nsrc/b.ts\nsrc/x/y/ (2 files)',
    );
    expect((await call('list_files', { path: 'src', depth: 1 })).text).toBe('src: 3 files\nsrc/b.ts\nsrc/x/ (2 files)');
    expect((await call('list_files', { path: 'a.ts' })).text).toContain('is a file');
    expect((await call('list_files', { path: 'gone' })).text).toContain('no such folder');
  });

  test('more than fits is said; a link is not followed', async () => {
    for (let index = 0; index < 1100; index += 1) file(`f${index}`, '');
    symlinkSync(root, join(cwd, 'round'));
    const { text } = await call('list_files');
    expect(text.split('\n')).toHaveLength(1002);
    expect(text).toContain('(100 more entries were left out');
    expect(text).not.toContain('round/');
  });

  test('without ripgrep it walks, and says what that means', async () => {
    file('a/b.ts', '');
    file('node_modules/x/y.js', '');
    program = null;
    expect((await call('list_files')).text).toMatch(/^\.: 1 file\na\/b\.ts\n\(Without ripgrep/);
  });
});

withRipgrep('search_files', () => {
  test('matches with their places; context; case; plain text; glob', async () => {
    file('a.ts', 'zero\nconst Alpha = 1;\nlast\n');
    file('src/b.md', 'alpha (x)\n');
    expect((await call('search_files', { pattern: 'Alpha' })).text).toBe('1 match in 1 file\na.ts:2:const Alpha = 1;');
    expect((await call('search_files', { pattern: 'alpha', ignore_case: true })).text).toBe(
      '2 matches in 2 files\na.ts:2:const Alpha = 1;\nsrc/b.md:1:alpha (x)',
    );
    expect((await call('search_files', { pattern: 'Alpha', context: 1 })).text).toBe(
      '1 match in 1 file\na.ts-1-zero\na.ts:2:const Alpha = 1;\na.ts-3-last',
    );
    expect((await call('search_files', { pattern: '(x)', literal: true })).text).toContain('src/b.md:1:');
    expect((await call('search_files', { pattern: 'alpha', ignore_case: true, glob: '*.md' })).text).not.toContain(
      'a.ts',
    );
    expect((await call('search_files', { pattern: 'alpha', path: 'src' })).text).toContain('src/b.md:1:');
    expect((await call('search_files', { pattern: 'alpha', path: 'src/b.md' })).text).toContain('src/b.md:1:');
    expect((await call('search_files', { pattern: 'nowhere' })).text).toBe('No match.');
  });

  test('a pattern that is none is said; nothing of it is an option or a shell’s', async () => {
    file('a', '--pre=touch x; $(touch y)\n');
    expect(await call('search_files', { pattern: '(' })).toMatchObject({
      status: 'failed',
      text: expect.stringContaining('unclosed group'),
    });
    expect((await call('search_files', { pattern: '--pre=touch', literal: true })).text).toContain('a:1:--pre');
    expect((await call('search_files', { pattern: '$(touch y)', literal: true, glob: '--pre=x' })).status).toBe(
      'completed',
    );
    expect((await call('list_files')).text).toBe('.: 1 file\na');
  });

  test('secret files and git’s folder are not shown, whatever the glob; a secret file itself asks', async () => {
    file('.env', 'TOKEN=1\n');
    file('a.ts', 'TOKEN\n');
    file('.git/config', 'TOKEN\n');
    for (const glob of [undefined, '**', '.git/**']) {
      const { text } = await call('search_files', { pattern: 'TOKEN', ...(glob === undefined ? {} : { glob }) });
      expect(text).not.toMatch(/TOKEN=1|\.git\//);
    }
    expect((await call('search_files', { pattern: 'TOKEN' })).text).toContain('(1 file with matches may hold secrets');
    answer = { decision: 'accept' };
    expect((await call('search_files', { pattern: 'TOKEN', path: '.env' })).text).toContain('TOKEN=1');
    expect(asked).toHaveLength(1);
  });

  test('a link out of the workspace is not followed', async () => {
    writeFileSync(join(root, 'far.txt'), 'needle\n');
    symlinkSync(root, join(cwd, 'out'));
    expect((await call('search_files', { pattern: 'needle' })).text).toBe('No match.');
  });

  test('caps: lines, one long line, too much output', async () => {
    file('many', 'needle\n'.repeat(600));
    expect((await call('search_files', { pattern: 'needle' })).text).toContain('(100 more lines were left out.)');
    file('wide', `needle${'x'.repeat(100_000)}\n`);
    expect((await call('search_files', { pattern: 'needle', path: 'wide' })).text.length).toBeLessThan(600);
    file('much', `${'needle '.repeat(50)}\n`.repeat(20_000));
    expect((await call('search_files', { pattern: 'needle', path: 'much' })).text).toContain('Not all was searched');
  });

  test('no configuration of the user’s is read', async () => {
    file('rc', '--files\n');
    file('a', 'needle');
    process.env.RIPGREP_CONFIG_PATH = join(cwd, 'rc');
    try {
      expect((await call('search_files', { pattern: 'needle' })).text).toBe('1 match in 1 file\na:1:needle');
    } finally {
      delete process.env.RIPGREP_CONFIG_PATH;
    }
  });

  test('stopped with the turn; without ripgrep said', async () => {
    abort.abort(new Error('stopped'));
    await expect(call('search_files', { pattern: 'x' })).rejects.toThrow('stopped');
    program = null;
    expect((await call('search_files', { pattern: 'x' })).text).toContain('ripgrep is not on this machine');
  });
});

test('ripgrep is never taken from a relative entry of the PATH', async () => {
  writeFileSync(join(cwd, 'rg'), '#!/bin/sh\n', { mode: 0o755 });
  expect(await findRipgrep({ places: () => [], env: () => ({ PATH: '.:relative' }) })).toBeNull();
  expect(await findRipgrep({ places: () => [join(cwd, 'gone')], env: () => ({ PATH: cwd }) })).toBe(join(cwd, 'rg'));
});
