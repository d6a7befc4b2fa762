import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import type { LaneEvent } from '../../model/index.ts';
import { itemId } from '../../model/index.ts';
import type { Editor } from '../../ports/index.ts';
import { lookingTools, noArguments, problemsArguments } from './looking-tools.ts';

let cwd = '';
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'looking-')));
  for (const name of ['a.ts', '.env']) writeFileSync(join(cwd, name), 'x');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const at = { line: 1, column: 1 };
const selected = (name: string) => async () => ({
  ...{ path: join(cwd, name), isDirty: false, start: at, end: { line: 1, column: 4 }, text: 'abc' },
});
const editor = (more: Partial<Editor> = {}): Editor => ({
  problems: async () => [
    { path: join(cwd, 'a.ts'), line: 3, column: 5, severity: 'error', message: 'No such name', source: 'ts 2304' },
  ],
  openEditors: async () => [{ path: join(cwd, 'a.ts'), isActive: true, isDirty: true }],
  selection: selected('a.ts'),
  ...more,
});

async function call(name: string, given: unknown = {}, from = editor()) {
  const events: LaneEvent[] = [];
  const tool = lookingTools(from, cwd).find(({ spec }) => spec.name === name);
  const outcome = await tool?.run(
    given,
    { itemId: itemId('i'), name, input: '' },
    {
      emit: (event) => void events.push(event),
      approvals: { ask: () => Promise.reject(new Error('asked')), fill: () => Promise.reject(new Error('asked')) },
      beforeChange: async () => undefined,
      signal: new AbortController().signal,
    },
  );
  return { status: outcome?.status, text: outcome?.parts[0]?.type === 'text' ? outcome.parts[0].text : '', events };
}

test.each([
  ['workspace_problems', problemsArguments],
  ['editor_open_files', noArguments],
  ['editor_selection', noArguments],
])('the schema of %s that the model sees is the one that is checked', (name, schema) => {
  const { $schema: _, ...written } = z.toJSONSchema(schema, { io: 'input' });
  expect(lookingTools(editor(), cwd).find(({ spec }) => spec.name === name)?.spec.parameters).toEqual(written);
});

test('each look tells its item and what it found', async () => {
  expect(await call('workspace_problems', { path: 'a.ts' })).toMatchObject({
    status: 'completed',
    text: 'a.ts:3:5 error: No such name (ts 2304)',
    events: [{ phase: 'started' }, { phase: 'completed', status: 'completed' }],
  });
  expect((await call('editor_open_files')).text).toBe('a.ts (active, unsaved changes)');
  expect((await call('editor_selection')).text).toBe('a.ts:1:1-1:4\nabc');
  expect((await call('editor_selection', { path: 'a' })).status).toBe('failed');
});

test('what is selected in a file that may hold secrets is not handed on', async () => {
  const { text } = await call('editor_selection', {}, editor({ selection: selected('.env') }));
  expect(text).toContain('.env is being edited');
  expect(text).not.toContain('abc');
});
