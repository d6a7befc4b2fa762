import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PracticeServer } from './index.ts';
import { startPractice } from './index.ts';
import type { CodexRun } from './testing/real-codex.ts';
import { runCodex, sampleCopy } from './testing/real-codex.ts';

let copy: ReturnType<typeof sampleCopy>;
let practice: PracticeServer;

beforeEach(async () => {
  copy = sampleCopy();
  practice = await startPractice({ workspaces: [copy.workspace], pace: 'instant' });
});

afterEach(async () => {
  await practice.close();
  copy.dispose();
});

async function ask(prompt: string): Promise<{ run: CodexRun; items: readonly Record<string, unknown>[] }> {
  const run = await runCodex(practice.url, copy.root, copy.workspace, prompt);
  const items = run.events
    .filter((event) => event.type === 'item.completed')
    .map((event) => event.item as Record<string, unknown>);
  return { run, items };
}

test('the real Codex runs the tests, fixes the bug on disk and runs them again', async () => {
  const { run, items } = await ask('Run the tests');
  expect(run.code, run.stderr).toBe(0);
  expect(run.events.at(-1)?.type).toBe('turn.completed');
  const commands = items.filter((item) => item.type === 'command_execution');
  expect(commands.map((item) => [String(item.command).includes('node --test'), item.exit_code])).toEqual([
    [true, 1],
    [false, 0],
    [true, 0],
  ]);
  expect(items.find((item) => item.type === 'file_change')).toMatchObject({ status: 'completed' });
  const plan = items.find((item) => item.type === 'todo_list');
  expect(plan?.items).toMatchObject([1, 2, 3, 4].map(() => ({ completed: true })));
  expect(String(items.findLast((item) => item.type === 'agent_message')?.text)).toContain('Fixed: all tests pass');
  expect(readFileSync(path.join(copy.workspace, 'src/dates.js'), 'utf8')).toContain('MONTHS[month - 1]');
  expect(items.filter((item) => item.type === 'error')).toEqual([]);
}, 60_000);

test('the real Codex adds a test, and renames a function wherever it is used', async () => {
  const added = await ask('add a test');
  expect(String(added.items.at(-1)?.text ?? added.run.stderr)).not.toContain('does not pass');
  expect(readFileSync(path.join(copy.workspace, 'test/leap-year.test.js'), 'utf8')).toContain('isLeapYear(1900)');
  const renamed = await ask('rename monthName to nameOfMonth');
  expect(renamed.run.code).toBe(0);
  for (const file of ['src/dates.js', 'src/calendar.js', 'test/dates.test.js', 'README.md']) {
    const text = readFileSync(path.join(copy.workspace, file), 'utf8');
    expect(text, file).toContain('nameOfMonth');
  }
  expect(readFileSync(path.join(copy.workspace, 'src/dates.js'), 'utf8')).not.toContain('monthName');
}, 60_000);

test('the real Codex says hello back', async () => {
  const { run, items } = await ask('say: hello');
  expect(run.code).toBe(0);
  expect(items).toEqual([{ id: 'item_0', type: 'agent_message', text: 'hello' }]);
}, 60_000);
