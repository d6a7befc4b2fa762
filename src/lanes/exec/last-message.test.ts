import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { turnId } from '../../model/index.ts';
import { makeLastMessageFile, recoverMessage } from './last-message.ts';
import type { ExecState } from './normalize.ts';
import { normalize, startState } from './normalize.ts';
import { readLine } from './wire.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'last-message-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const said: string[] = [];
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (text: string) => void said.push(text),
  error: () => undefined,
};

const message = (id: string, text: string) => ({ type: 'item.completed', item: { id, type: 'agent_message', text } });
const command = {
  type: 'item.completed',
  item: { id: 'c', type: 'command_execution', command: 'x', aggregated_output: '', exit_code: 0, status: 'completed' },
};
const lost = { type: 'error', message: 'Reconnecting... 1/5 (stream disconnected)' };

function after(lines: readonly object[]): ExecState {
  return lines.reduce<ExecState>(
    (state, line) => normalize(state, readLine(JSON.stringify(line)), '2026-01-01T00:00:00.000Z').state,
    startState({ turnId: turnId('t'), nativeThreadId: null, usageBefore: null }),
  );
}

test.each<[string, readonly object[], string, readonly [string, string] | null]>([
  ['no message came', [], 'whole', ['t:last_message', 'whole']],
  ['only the one before the work came', [message('item_0', 'I look.'), command], 'Done.', ['t:last_message', 'Done.']],
  [
    'one that holds it came before the work',
    [message('item_0', 'Not done.'), command],
    'done.',
    ['t:last_message', 'done.'],
  ],
  ['it came', [message('item_0', 'whole')], 'whole', null],
  ['it came before more work', [message('item_0', 'whole'), command], 'whole', null],
  ['it came with other white space', [message('item_0', 'a  b\n')], ' a b', null],
  ['more than it came', [message('item_0', 'Hello world')], 'Hello', null],
  ['the half of it came, before a lost connection', [message('item_0', 'Hel'), lost], 'Hello', ['t:item_0', 'Hello']],
  ['there was none', [], '\n', null],
])('the last message, when %s', (_name, lines, last, expected) => {
  const { events } = recoverMessage(after(lines), last);
  expect(events.map((event) => [event.itemId, event.kind === 'assistant_text' ? event.text : null])).toEqual(
    expected === null ? [] : [expected],
  );
});

test.skipIf(process.platform === 'win32')(
  'the file is its owner’s alone, and goes; so does one of a dead run',
  async () => {
    const old = join(home, 'last-messages', 'old');
    const first = await makeLastMessageFile(async () => home, log);
    writeFileSync(old, 'x');
    utimesSync(old, 0, 0);
    const file = await makeLastMessageFile(async () => home, log);
    expect(statSync(file?.path ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'last-messages')).mode & 0o777).toBe(0o700);
    writeFileSync(file?.path ?? '', 'é');
    expect(await file?.read()).toBe('é');
    await file?.remove();
    expect(await file?.read()).toBe('');
    await first?.remove();
    expect(readdirSync(join(home, 'last-messages'))).toEqual([]);
  },
);

test('a folder that can’t be made: the run does without', async () => {
  expect(await makeLastMessageFile(async () => Promise.reject(new Error('read-only')), log)).toBeNull();
  expect(said.join()).toContain('read-only');
});
