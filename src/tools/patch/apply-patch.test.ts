import { chmod, lstat, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod';
import type { FileChange, LaneEvent } from '../../model/index.ts';
import { plainFiles } from '../plain-files.ts';
import { applyPatchTool, patchArguments } from './apply-patch.ts';
import { PatchWorkspace } from './testing/workspace.ts';

const open: PatchWorkspace[] = [];
afterEach(async () => {
  for (const workspace of open.splice(0)) await workspace.close();
});
const workspaceOf = async (files: Readonly<Record<string, string>>): Promise<PatchWorkspace> => {
  const workspace = await PatchWorkspace.open(files);
  open.push(workspace);
  return workspace;
};

const codex = (...lines: readonly string[]): string => ['*** Begin Patch', ...lines, '*** End Patch', ''].join('\n');
const change = (name = 'a.txt'): string => codex(`*** Update File: ${name}`, '@@', '-old', '+new');
const fileChanges = (events: readonly LaneEvent[]) =>
  events.flatMap((event) =>
    event.kind === 'file_change'
      ? [{ item: event.itemId, phase: event.phase, status: event.status, changes: event.changes }]
      : [],
  );
const accept = { decision: 'accept', answers: {} };
const isLinux = process.platform === 'linux';

test('the schema that the model sees is the one that is checked', () => {
  const turn = {
    cwd: '/',
    policy: 'ask',
    addDirs: [],
    files: plainFiles(),
    editor: null,
    ripgrep: async () => null,
  } as const;
  const { spec } = applyPatchTool(turn);
  const { $schema: _, ...schema } = z.toJSONSchema(patchArguments, { io: 'input' });
  expect(spec.parameters).toEqual(schema);
  expect(spec.freeform?.argument).toBe('input');
  expect(spec.parallel).toBe(false);
});

test.each(['.env', '../beside.txt'])('what stands in %s, which asks to be read, is told by no patch', async (name) => {
  const text = 'A=near-one\nTOKEN=hidden-value\nB=near-two\n';
  const workspace = await workspaceOf({ '.env': text });
  await writeFile(workspace.outside('beside.txt'), text);
  const update = (...lines: readonly string[]): string => codex(`*** Update File: ${name}`, ...lines);
  const wrong = [
    update('@@', '-TOKEN=hidden-valux', '+x'),
    update('@@', ' A=near-one', '-TOKEN=x', '+x'),
    update('@@ TOKEN=hidden-valu', '+x'),
  ];
  for (const patch of wrong) {
    const { text: said, questions } = await workspace.run(patch, {
      answer: async () => ({ ...accept, decision: 'decline' }),
    });
    expect(said).not.toMatch(/hidden-value|near-two/);
    expect(questions).toHaveLength(0);
  }
  const declined = await workspace.run(update('@@', '-TOKEN=hidden-value', '+x'), {
    answer: async () => ({ ...accept, decision: 'decline' }),
  });
  expect(JSON.stringify(fileChanges(declined.events))).toContain('-TOKEN=hidden-value');
  expect(JSON.stringify(fileChanges(declined.events))).not.toMatch(/near/);
});

test('what is asked about is shown with its differences before the answer, and kept before the first write', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n', 'gone.txt': 'x\n', 'from.txt': 'y\n' });
  const patch = codex(
    ...['*** Update File: a.txt', '@@', '-old', '+new', '*** Delete File: gone.txt'],
    ...['*** Update File: from.txt', '*** Move to: sub/to.txt', '@@', '-y', '+z', '*** Add File: n.txt', '+n'],
  );
  const seen: string[] = [];
  const { events, questions, outcome, kept, text } = await workspace.run(patch, {
    policy: 'ask',
    answer: async () => {
      seen.push(await workspace.read('a.txt'));
      return accept;
    },
    beforeChange: async () => void seen.push(await workspace.read('a.txt')),
  });
  expect(seen).toEqual(['old\n', 'old\n']);
  expect(outcome.status).toBe('completed');
  expect(text).toBe('Success. Updated the following files:\nM a.txt\nD gone.txt\nR from.txt -> sub/to.txt\nA n.txt');
  expect(await workspace.all()).toEqual({ 'a.txt': 'new\n', 'sub/to.txt': 'z\n', 'n.txt': 'n\n' });
  expect(kept).toEqual(['a.txt', 'gone.txt', 'from.txt', 'sub/to.txt', 'n.txt']);
  const changes: readonly FileChange[] = [
    { path: workspace.path('a.txt'), kind: 'update', diff: '--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-old\n+new\n' },
    { path: workspace.path('gone.txt'), kind: 'delete', diff: '--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n' },
    {
      ...{ path: workspace.path('sub/to.txt'), kind: 'move', movedFrom: workspace.path('from.txt') },
      diff: '--- a/from.txt\n+++ b/sub/to.txt\n@@ -1 +1 @@\n-y\n+z\n',
    },
    { path: workspace.path('n.txt'), kind: 'add', diff: '--- /dev/null\n+++ b/n.txt\n@@ -0,0 +1 @@\n+n\n' },
  ];
  expect(fileChanges(events)).toEqual([
    { item: 'item', phase: 'started', status: 'in_progress', changes },
    { item: 'item', phase: 'completed', status: 'completed', changes },
  ]);
  expect(events.every((event) => event.kind === 'file_change' && event.diffSource === 'runtime')).toBe(true);
  expect(questions).toMatchObject([{ subject: 'file_change', itemId: 'item' }]);
  expect(questions[0]?.what.split('\n')).toHaveLength(5);
});

test.each([
  ['decline', {}, 'The user did not allow this.', undefined],
  ['decline', { word: ['use tabs'] }, 'The user did not allow this, and says: use tabs', undefined],
  ['cancel', {}, 'The user did not allow this and stopped the turn.', true],
])('%s %j: nothing is written, and it is told as declined', async (decision, answers, words, endsTurn) => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  const { outcome, text, events, kept } = await workspace.run(change(), {
    policy: 'ask',
    answer: async () => ({ decision, answers }),
  });
  expect(outcome.status).toBe('declined');
  expect(outcome.endsTurn).toBe(endsTurn);
  expect(text).toBe(words);
  expect(kept).toEqual([]);
  expect(await workspace.read('a.txt')).toBe('old\n');
  expect(fileChanges(events).map(({ status }) => status)).toEqual(['in_progress', 'declined']);
});

test('read-only changes nothing and asks nobody', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  const { outcome, questions } = await workspace.run(change(), { policy: 'read-only' });
  expect(outcome.status).toBe('declined');
  expect(questions).toEqual([]);
  expect(await workspace.read('a.txt')).toBe('old\n');
});

test.each(['../beside.txt', '.git/config', '.vscode/tasks.json', '.env'])('%s asks in full, too', async (name) => {
  const workspace = await workspaceOf({ [name]: 'old\n' });
  const declined = await workspace.run(change(name), {
    policy: 'full',
    answer: async () => ({ decision: 'decline', answers: {} }),
  });
  expect(declined.questions).toHaveLength(1);
  expect(declined.outcome.status).toBe('declined');
  expect(await workspace.read(name)).toBe('old\n');
});

test('a part of a patch that does not fit keeps all of it from being done, and each is named', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n', 'b.txt': 'b\n' });
  const patch = codex('*** Update File: a.txt', '@@', '-old', '+new', '*** Update File: b.txt', '@@', '-old', '+x');
  const { outcome, events, text } = await workspace.run(patch);
  expect(outcome.status).toBe('failed');
  expect(text).toContain('Line 7 of the patch, b.txt:');
  expect(await workspace.all()).toEqual({ 'a.txt': 'old\n', 'b.txt': 'b\n' });
  expect(events).toMatchObject([
    { kind: 'tool_call', phase: 'started', name: 'apply_patch' },
    { kind: 'tool_call', phase: 'completed', status: 'failed' },
  ]);
});

test('arguments that don’t fit are named', async () => {
  const workspace = await workspaceOf({});
  expect((await workspace.run('')).text).toContain('input');
});

test('what was changed while the user was asked is left as it is; the rest is done, and both are told', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n', 'b.txt': 'old\n' });
  const patch = codex('*** Update File: a.txt', '@@', '-old', '+new', '*** Update File: b.txt', '@@', '-old', '+new');
  const { outcome, text, events } = await workspace.run(patch, {
    policy: 'ask',
    answer: async () => {
      await workspace.write('b.txt', 'the user’s\nold\n');
      return accept;
    },
  });
  expect(outcome.status).toBe('failed');
  expect(text).toBe(
    'Only a part was done. Updated the following files:\nM a.txt\nNot changed:\nb.txt: it was changed since it was read, and was left as it is. Read it again.',
  );
  expect(await workspace.all()).toEqual({ 'a.txt': 'new\n', 'b.txt': 'the user’s\nold\n' });
  const told = fileChanges(events).map(({ item, status, changes }) => [item, status, changes.length]);
  expect(told).toEqual([
    ['item', 'in_progress', 2],
    ['item', 'completed', 1],
    ['item:failed', 'in_progress', 1],
    ['item:failed', 'failed', 1],
  ]);
});

test('a file that was only touched counts as unchanged', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  const { outcome } = await workspace.run(change(), {
    policy: 'ask',
    answer: async () => {
      await workspace.write('a.txt', 'old\n');
      return accept;
    },
  });
  expect(outcome.status).toBe('completed');
});

test.each([
  ['deleted', codex('*** Delete File: a.txt')],
  ['moved', codex('*** Update File: a.txt', '*** Move to: b.txt', '@@', '-old', '+new')],
])('what is to be %s and was changed meanwhile stays', async (_, patch) => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  const { outcome } = await workspace.run(patch, {
    policy: 'ask',
    answer: async () => {
      await workspace.write('a.txt', 'other\n');
      return accept;
    },
  });
  expect(outcome.status).toBe('failed');
  expect(await workspace.all()).toEqual({ 'a.txt': 'other\n' });
});

test.each([
  ['a new file', codex('*** Add File: b.txt', '+new')],
  ['a move', codex('*** Update File: a.txt', '*** Move to: b.txt', '@@', '-old', '+new')],
])('%s does not take the place of what was put there meanwhile', async (_, patch) => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  const { outcome } = await workspace.run(patch, {
    policy: 'ask',
    answer: async () => {
      await workspace.write('b.txt', 'theirs\n');
      return accept;
    },
  });
  expect(outcome.status).toBe('failed');
  expect(await workspace.all()).toEqual({ 'a.txt': 'old\n', 'b.txt': 'theirs\n' });
});

test('a link that is put in the place of a file meanwhile is not followed', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  await writeFile(workspace.outside('secret'), 'old\n');
  const { outcome } = await workspace.run(change(), {
    policy: 'ask',
    answer: async () => {
      await rm(workspace.path('a.txt'));
      await symlink(workspace.outside('secret'), workspace.path('a.txt'));
      return accept;
    },
  });
  expect(outcome.status).toBe('failed');
  expect(await readFile(workspace.outside('secret'), 'utf8')).toBe('old\n');
  expect((await lstat(workspace.path('a.txt'))).isSymbolicLink()).toBe(true);
});

test.each([
  ['changed', change('sub/a.txt')],
  ['deleted', codex('*** Delete File: sub/a.txt')],
  ['made', codex('*** Add File: sub/new/b.txt', '+new')],
  ['moved', codex('*** Update File: b.txt', '*** Move to: sub/c.txt')],
])('nothing is %s through a link that is put in the place of a folder meanwhile', async (_, patch) => {
  const workspace = await workspaceOf({ 'sub/a.txt': 'old\n', 'b.txt': 'b\n' });
  await mkdir(workspace.outside('theirs'));
  await writeFile(workspace.outside('theirs/a.txt'), 'old\n');
  const { outcome, text } = await workspace.run(patch, {
    policy: 'ask',
    answer: async () => {
      await rename(workspace.path('sub'), workspace.outside('sub'));
      await symlink(workspace.outside('theirs'), workspace.path('sub'));
      return accept;
    },
  });
  expect(outcome.status).toBe('failed');
  expect(text).toContain('Nothing was changed.');
  expect(await readFile(workspace.outside('theirs/a.txt'), 'utf8')).toBe('old\n');
  await expect(stat(workspace.outside('theirs/new'))).rejects.toThrow();
  await expect(stat(workspace.outside('theirs/c.txt'))).rejects.toThrow();
});

test('a link within the folder leads to its file, which is changed; the link stays, and is neither deleted nor moved', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  await symlink('a.txt', workspace.path('link'));
  expect((await workspace.run(codex('*** Delete File: link'))).text).toContain('it is a link to a.txt');
  expect((await workspace.run(codex('*** Update File: link', '*** Move to: b'))).text).toContain(
    'it is a link to a.txt',
  );
  const both = codex('*** Update File: a.txt', '@@', '-old', '+new', '*** Update File: link', '@@', '-old', '+x');
  expect((await workspace.run(both)).text).toContain('link: it is the same file as a.txt');
  expect((await workspace.run(change('link'))).outcome.status).toBe('completed');
  expect((await lstat(workspace.path('link'))).isSymbolicLink()).toBe(true);
  expect(await workspace.read('a.txt')).toBe('new\n');
});

test.runIf(process.platform !== 'win32')(
  'the mode of a file stays, also where it is moved; a new one may be a program',
  async () => {
    const workspace = await workspaceOf({ 'a.txt': 'old\n', 'b.txt': 'old\n' });
    await chmod(workspace.path('a.txt'), 0o751);
    await chmod(workspace.path('b.txt'), 0o640);
    const modeOf = async (name: string) => ((await stat(workspace.path(name))).mode & 0o7777).toString(8);
    await workspace.run(
      codex('*** Update File: a.txt', '@@', '-old', '+new', '*** Update File: b.txt', '*** Move to: c.txt'),
    );
    await workspace.run(
      'diff --git a/run b/run\nnew file mode 100755\n--- /dev/null\n+++ b/run\n@@ -0,0 +1 @@\n+#!/bin/sh\n',
    );
    expect([await modeOf('a.txt'), await modeOf('c.txt')]).toEqual(['751', '640']);
    expect((await stat(workspace.path('run'))).mode & 0o100).toBe(0o100);
  },
);

test('nothing is left beside the files', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  await workspace.run(change());
  await workspace.run(codex('*** Add File: b.txt', '+b'));
  expect(Object.keys(await workspace.all())).toEqual(['a.txt', 'b.txt']);
});

test.runIf(isLinux && process.getuid?.() !== 0)('a folder that can’t be written says so', async () => {
  const workspace = await workspaceOf({ 'sub/a.txt': 'old\n' });
  await chmod(workspace.path('sub'), 0o500);
  const { text } = await workspace.run(change('sub/a.txt'));
  await chmod(workspace.path('sub'), 0o700);
  expect(text).toContain('it can’t be written (EACCES)');
});

test('an open file is replaced in its editor, also with changes of the user’s that are not saved', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'on disk\n' });
  const replaced: unknown[] = [];
  const { text, events } = await workspace.run(change(), {
    files: {
      held: async () => ({ text: 'typed\nold\n', isDirty: true }),
      replace: async (...given) => {
        replaced.push(given);
        return { kind: 'done', saved: false, text: given[2] };
      },
    },
  });
  expect(replaced).toEqual([[workspace.path('a.txt'), 'typed\nold\n', 'typed\nnew\n']]);
  expect(await workspace.read('a.txt')).toBe('on disk\n');
  expect(text).toContain('a.txt: it stands in the editor and is not saved');
  expect(fileChanges(events).at(-1)?.changes[0]?.diff).toContain(' typed\n-old\n+new\n');
});

test('what a formatter made of it is what is shown, and the model is told', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  const { text, events, outcome } = await workspace.run(change(), {
    files: {
      held: async () => ({ text: 'old\n', isDirty: false }),
      replace: async () => ({ kind: 'done', saved: true, text: 'new;\n' }),
    },
  });
  expect(outcome.status).toBe('completed');
  expect(text).toContain('a.txt: the editor changed it as it was saved.');
  expect(text).toContain('-new\n+new;');
  expect(fileChanges(events).at(-1)?.changes[0]?.diff).toContain('-old\n+new;\n');
});

test.each([
  [{ kind: 'changed' }, 'a.txt: it was changed since it was read'],
  [
    { kind: 'refused', why: 'It is read-only.' },
    'a.txt: the editor that has it open did not take the change: It is read-only.',
  ],
] as const)('the editor says %j', async (answer, words) => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  const { text, events } = await workspace.run(change(), {
    files: { held: async () => ({ text: 'old\n', isDirty: false }), replace: async () => answer },
  });
  expect(text).toContain(`Nothing was changed.\n${words}`);
  expect(fileChanges(events).at(-1)?.status).toBe('failed');
});

test('what was typed while the user was asked is not overwritten', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  let typed: string | null = null;
  const { text } = await workspace.run(change(), {
    policy: 'ask',
    files: { held: async () => (typed === null ? null : { text: typed, isDirty: true }) },
    answer: async () => {
      typed = 'old\nmore\n';
      return accept;
    },
  });
  expect(text).toContain('it was changed since it was read');
  expect(await workspace.read('a.txt')).toBe('old\n');
});

test.each([codex('*** Delete File: a.txt'), codex('*** Update File: a.txt', '*** Move to: b.txt')])(
  'a file with changes that are not saved is neither deleted nor moved',
  async (patch) => {
    const workspace = await workspaceOf({ 'a.txt': 'old\n' });
    const { text } = await workspace.run(patch, {
      files: { held: async (path) => (path.endsWith('a.txt') ? { text: 'typed\n', isDirty: true } : null) },
    });
    expect(text).toContain('a.txt: it is open in the editor with changes that are not saved');
    expect(await workspace.all()).toEqual({ 'a.txt': 'old\n' });
  },
);

const latin1: Pick<ReturnType<typeof plainFiles>, 'decode' | 'encode'> = {
  decode: async (_, bytes) => ({ text: Buffer.from(bytes).toString('latin1'), encoding: 'iso88591' }),
  encode: async (_, { text }) => (/[^\0-\xff]/.test(text) ? null : Buffer.from(text, 'latin1')),
};

test('an encoding stays, byte by byte; what it can’t write is refused', async () => {
  const workspace = await workspaceOf({});
  await workspace.write('a.txt', Buffer.from('fünf\nold\n', 'latin1'));
  await workspace.run(codex('*** Update File: a.txt', '@@', ' fünf', '-old', '+süß'), { files: latin1 });
  expect(await readFile(workspace.path('a.txt'), 'latin1')).toBe('fünf\nsüß\n');
  const { text } = await workspace.run(codex('*** Update File: a.txt', '@@', '-süß', '+→'), { files: latin1 });
  expect(text).toContain('a.txt: its encoding, iso88591, can’t write this text.');
  expect(await readFile(workspace.path('a.txt'), 'latin1')).toBe('fünf\nsüß\n');
});

test('bytes that would not come back as they were are not touched', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n' });
  const { text } = await workspace.run(change(), {
    files: { encode: async (_, { text: given }) => Buffer.from(`${given} `) },
  });
  expect(text).toContain('a.txt: its bytes are not those of utf8 throughout');
});

test('a turn that is stopped between two files tells what was done, and ends with its reason', async () => {
  const workspace = await workspaceOf({ 'a.txt': 'old\n', 'b.txt': 'old\n' });
  const stop = new AbortController();
  const patch = codex('*** Update File: a.txt', '@@', '-old', '+new', '*** Update File: b.txt', '@@', '-old', '+new');
  const run = workspace.run(patch, {
    signal: stop.signal,
    files: {
      held: async (path) => (path.endsWith('a.txt') ? { text: 'old\n', isDirty: false } : null),
      replace: async (_, __, text) => {
        stop.abort('user');
        return { kind: 'done', saved: true, text };
      },
    },
  });
  await expect(run).rejects.toBe('user');
  expect(await workspace.read('b.txt')).toBe('old\n');
});

test('a notebook that no editor has open is patched as its text', async () => {
  const workspace = await workspaceOf({ 'n.ipynb': '{\n "cells": []\n}\n' });
  const patch = codex('*** Update File: n.ipynb', '@@', '- "cells": []', '+ "cells": [1]');
  expect((await workspace.run(patch)).outcome.status).toBe('completed');
  expect(await workspace.read('n.ipynb')).toBe('{\n "cells": [1]\n}\n');
});
