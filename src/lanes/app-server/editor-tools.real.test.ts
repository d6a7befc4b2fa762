import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { liveProcesses } from '../../node/index.ts';
import type { Editor } from '../../ports/index.ts';
import type { Run } from './testing/lane-room.ts';
import { LaneRoom, realCodex } from './testing/lane-room.ts';

let room: LaneRoom;
let isOn = true;
const file = () => join(room.work, 'a.ts');
const editor: Editor = {
  problems: async () => [
    { path: file(), line: 3, column: 5, severity: 'error', message: 'No such name', source: 'ts 2304' },
  ],
  openEditors: async () => [{ path: file(), isActive: true, isDirty: false }],
  selection: async () => {
    const [start, end] = [
      { line: 1, column: 1 },
      { line: 1, column: 6 },
    ];
    return { path: file(), isDirty: false, start, end, text: 'const' };
  },
};

beforeEach(async () => {
  isOn = true;
  room = await LaneRoom.open({ editor: () => (isOn ? editor : null) });
  writeFileSync(file(), 'const a = b;\n');
});
afterEach(async () => {
  await room.close();
  expect(liveProcesses.list()).toEqual([]);
});

const real = test.skipIf(realCodex === null);
const calls = (run: Run) => run.events.flatMap((event) => (event.kind === 'tool_call' ? [event] : []));
const notices = (run: Run) =>
  run.events.flatMap((event) => (event.kind === 'system_notice' && event.code === 'editor_tools' ? [event.text] : []));

real(
  'the model calls each tool and gets the text; the rows show what it got, and the thread says that it may',
  async () => {
    const { run } = room.lane();
    for (const [tool, words] of [
      ['editor_problems {"path":"a.ts"}', 'a.ts:3:5 error: No such name (ts 2304)'],
      ['editor_open_files', 'a.ts (active)'],
      ['editor_selection', 'a.ts:1:1-1:6\nconst'],
    ] as const) {
      const turn = run(`tool: ${tool}`);
      expect(await turn.end).toMatchObject({ outcome: 'completed' });
      expect(turn.text()).toContain(words);
      expect(calls(turn).map(({ phase, status }) => [phase, status])).toEqual([
        ['started', 'in_progress'],
        ['completed', 'completed'],
      ]);
      expect(calls(turn).at(-1)).toMatchObject({
        name: tool.split(' ')[0],
        result: [{ type: 'inputText', text: words }],
      });
      expect(notices(turn)).toHaveLength(1);
    }
    expect(room.logged).toEqual([]);
  },
);

real('wrong arguments fail with the reason, and the turn goes on', async () => {
  const { run } = room.lane();
  const turn = run('tool: editor_selection {"path":"a.ts"}');
  expect(await turn.end).toMatchObject({ outcome: 'completed' });
  expect(turn.text()).toContain('it takes none');
  expect(calls(turn).at(-1)).toMatchObject({ status: 'failed' });
});

real('switched off: a new thread has none, and one that was begun with them gets no answer any more', async () => {
  const { run } = room.lane();
  const first = run('tool: editor_selection');
  const { nativeThreadId } = (await first.end).facts;
  isOn = false;
  const bare = run('tool: editor_selection');
  await bare.end;
  expect([bare.text(), calls(bare), notices(bare)]).toEqual([expect.stringContaining('not here'), [], []]);
  const resumed = run('tool: editor_selection', { turn: { nativeThreadId } });
  expect(await resumed.end).toMatchObject({ outcome: 'completed' });
  expect(resumed.text()).toContain('switched the editor’s tools off');
  expect(notices(resumed)).toEqual([]);
});

real(
  'they last: another process that takes the thread up again answers, one that began without them never does',
  async () => {
    const first = room.lane();
    const begun = first.run('say: one');
    const { nativeThreadId } = (await begun.end).facts;
    await first.server.close();
    const other = room.lane();
    const again = other.run('tool: editor_problems', { turn: { nativeThreadId } });
    expect(await again.end).toMatchObject({ outcome: 'completed' });
    expect(again.text()).toContain('No such name');
    isOn = false;
    const bare = other.run('say: one');
    const id = (await bare.end).facts.nativeThreadId;
    isOn = true;
    const later = other.run('tool: editor_problems', { turn: { nativeThreadId: id } });
    await later.end;
    expect(calls(later)).toEqual([]);
  },
);

real('two turns at once each get their own folder', async () => {
  const { run } = room.lane();
  const here = run('tool: editor_open_files');
  const elsewhere = run('tool: editor_open_files', { turn: { cwd: room.outside, allowNonGit: true } });
  await Promise.all([here.end, elsewhere.end]);
  const got = (turn: Run) => JSON.stringify(calls(turn).at(-1)?.result ?? turn.text());
  expect(got(here)).toContain('a.ts (active)');
  expect(got(elsewhere)).not.toContain('a.ts');
});
