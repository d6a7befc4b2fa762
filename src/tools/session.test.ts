import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { laneTurn } from '../../test/fakes/lane-turn.ts';
import type { LaneEvent } from '../model/index.ts';
import { itemId } from '../model/index.ts';
import type { Editor } from '../ports/index.ts';
import { createTools } from './index.ts';
import type { ToolsDeps } from './session.ts';

/** Whatever is looked at before a call would slow each send down. */
function touched(name: string): never {
  throw new Error(`${name} was looked at`);
}
const untouched = <Port extends object>(name: string): Port =>
  new Proxy({} as Port, { get: (_, member) => () => touched(`${name}.${String(member)}`) });

function tools(given: Partial<ToolsDeps> = {}) {
  const logged: string[] = [];
  const note = (text: string) => void logged.push(text);
  const session = createTools({
    wanted: () => true,
    files: untouched('files'),
    ripgrep: untouched('ripgrep'),
    editor: () => untouched<Editor>('editor'),
    commands: untouched('commands'),
    log: { debug: note, info: note, warn: note, error: note },
    ...given,
  });
  return {
    logged,
    open: (cwd: string | null = tmpdir()) => session.open(laneTurn({ text: 'hi', cwd, policy: 'full' })),
  };
}

async function called(name: string, input: string, given: Partial<ToolsDeps> = {}) {
  const { open, logged } = tools(given);
  const events: LaneEvent[] = [];
  const session = await open();
  const outcome = await session?.call(
    { itemId: itemId('i'), name, input },
    {
      emit: (event) => void events.push(event),
      approvals: { ask: () => touched('ask'), fill: () => touched('fill') },
      beforeChange: async () => undefined,
      signal: new AbortController().signal,
    },
  );
  const [part] = outcome?.parts ?? [];
  return { status: outcome?.status, text: part?.type === 'text' ? part.text : '', events, logged };
}

test('opening the tools looks at nothing; the model is told of them in this order', async () => {
  const session = await tools().open();
  expect(session?.specs.map(({ name }) => name)).toEqual([
    ...['update_plan', 'read_file', 'list_files', 'search_files', 'view_image', 'apply_patch', 'shell'],
    ...['workspace_problems', 'editor_open_files', 'editor_selection'],
  ]);
  expect((await tools({ editor: () => null }).open())?.specs.map(({ name }) => name)).not.toContain('editor_selection');
});

test('without a folder, or switched off, there are none', async () => {
  expect(await tools().open(null)).toBeNull();
  expect(await tools({ wanted: () => false }).open()).toBeNull();
});

test('a tool that is not there, and arguments that are no JSON, are said to the model and shown', async () => {
  const unknown = await called('rm', '{}');
  expect(unknown).toMatchObject({ status: 'failed', text: 'There is no tool rm.' });
  expect(unknown.events.map((event) => event.kind)).toEqual(['tool_call', 'tool_call']);
  expect(await called('read_file', '{')).toMatchObject({ status: 'failed', text: expect.stringContaining('no JSON') });
});

test('a defect of ours ends the call and not the turn, and is in the log', async () => {
  const found = await called('read_file', '{"path":"a"}');
  expect(found).toMatchObject({ status: 'failed', text: expect.stringContaining('defect in the extension') });
  expect(found.logged).toEqual(['the tool read_file failed']);
  // Once begun, once ended.
  expect(found.events).toMatchObject([
    { kind: 'tool_call', phase: 'started', status: 'in_progress' },
    { kind: 'tool_call', phase: 'completed', status: 'failed', result: expect.stringContaining('defect') },
  ]);
});

test('a command that fails by a defect of ours ends as the command that it began as', async () => {
  const commands: ToolsDeps['commands'] = {
    ...untouched<ToolsDeps['commands']>('commands'),
    sandbox: async () => ({ kind: 'there', confine: () => touched('confine') }),
    environment: async () => ({}),
    timeoutS: () => 1,
  };
  const found = await called('shell', '{"command":"true"}', { commands });
  expect(found).toMatchObject({ status: 'failed', text: expect.stringContaining('defect in the extension') });
  expect(found.events).toMatchObject([
    { kind: 'command_execution', phase: 'started', command: 'true' },
    { kind: 'command_execution', phase: 'completed', status: 'failed' },
  ]);
});
