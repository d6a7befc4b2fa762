import { expect, test } from 'vitest';
import type { ToolOutcome } from '../../ports/index.ts';
import { spec, talk } from './testing/talk.ts';

// The endpoint's own `shell` and `apply_patch`: another form on the wire, the same tools behind it.

const says = (text: string) => ({ type: 'message', id: 'm', content: [{ type: 'output_text', text }] });
const shellCall = (callId: string, action: unknown) => ({
  ...{ type: 'shell_call', id: `sh_${callId}`, call_id: callId, status: 'completed' },
  ...{ action, environment: { type: 'local' } },
});
const patchCall = (callId: string, operation: unknown) => ({
  ...{ type: 'apply_patch_call', id: `apc_${callId}`, call_id: callId, status: 'completed', operation },
});
const ours = ['look', 'shell', 'apply_patch'].map((name) => ({ ...spec(name), parallel: false }));
const on = { apiBuiltinTools: true };
const words = (text: string, more: Partial<ToolOutcome> = {}): ToolOutcome => ({
  ...{ parts: [{ type: 'text', text }], status: 'completed' },
  ...more,
});

test.each([
  [true, ['function look', 'shell local', 'apply_patch']],
  [false, ['function look', 'function shell', 'function apply_patch']],
])('offered where they are wanted: %s', async (apiBuiltinTools, offered) => {
  const t = await talk({ answers: [[says('ok')]], tools: ours, settings: { apiBuiltinTools } });
  const tools = t.bodies[0]?.tools as { type: string; name?: string; environment?: { type: string } }[];
  expect(tools.map(({ type, name, environment }) => [type, name, environment?.type].filter(Boolean).join(' '))).toEqual(
    offered,
  );
});

test('commands are run one after the other, each with an item of its own, and answered together', async () => {
  const asked = shellCall('c', { commands: ['one', 'two', 'three'], timeout_ms: 5000, max_output_length: 6 });
  const outcomes = [
    words('Exit code: 0', { ended: { exitCode: 0, timedOut: false } }),
    words('It was ended', { status: 'failed', ended: { exitCode: null, timedOut: true } }),
    words('No.', { status: 'declined' }),
  ];
  const t = await talk({
    answers: [[asked], [says('ok')]],
    tools: ours,
    settings: on,
    run: async () => outcomes.shift() ?? words('too often'),
  });
  expect(t.ran).toEqual(['one', 'two', 'three'].map((command) => `shell {"command":"${command}","timeout_ms":5000}`));
  expect(t.bodies[1]?.input.slice(1)).toEqual([
    asked,
    {
      ...{ type: 'shell_call_output', call_id: 'c', max_output_length: 6 },
      output: [
        { stdout: 'Exit c', stderr: '', outcome: { type: 'exit', exit_code: 0 } },
        { stdout: 'It was', stderr: '', outcome: { type: 'timeout' } },
        { stdout: '', stderr: 'No.', outcome: { type: 'exit', exit_code: 1 } },
      ],
    },
  ]);
  const items = t.events.flatMap((event) => (event.kind === 'tool_call' ? [event.itemId] : []));
  expect(new Set(items).size).toBe(3);
  expect(t.end).toMatchObject({ outcome: 'completed', facts: { rounds: 2 } });
});

test.each<[unknown, object]>([
  [
    { type: 'create_file', path: 'a b.txt', diff: '+x\n+y\n' },
    { input: '*** Begin Patch\n*** Add File: a b.txt\n+x\n+y\n*** End Patch\n' },
  ],
  [
    { type: 'update_file', path: 'a.txt', diff: '@@ f\n-x\n+y' },
    { input: '*** Begin Patch\n*** Update File: a.txt\n@@ f\n-x\n+y\n*** End Patch\n' },
  ],
  [{ type: 'delete_file', path: 'a.txt' }, { input: '*** Begin Patch\n*** Delete File: a.txt\n*** End Patch\n' }],
  // What is wrong goes on as it is: the tool says so.
  [
    { type: 'delete_file', path: 'a\n*** Delete File: b' },
    { type: 'delete_file', path: 'a\n*** Delete File: b' },
  ],
  [
    { type: 'rename_file', path: 'a' },
    { type: 'rename_file', path: 'a' },
  ],
  [null, {}],
])('the operation %j is a patch', async (operation, input) => {
  const asked = patchCall('p', operation);
  const t = await talk({ answers: [[asked], [says('ok')]], tools: ours, settings: on });
  expect(t.ran).toEqual([`apply_patch ${JSON.stringify(input)}`]);
  expect(t.bodies[1]?.input.slice(1)).toEqual([
    asked,
    { type: 'apply_patch_call_output', call_id: 'p', status: 'completed', output: 'ran apply_patch' },
  ]);
});

test.each([
  ['failed', 'It does not fit.'],
  ['declined', 'The user said no.'],
] as const)('a patch that was %s is told as failed, with the reason', async (status, why) => {
  const t = await talk({
    answers: [[patchCall('p', { type: 'delete_file', path: 'a' })], [says('ok')]],
    tools: ours,
    settings: on,
    run: async () => words(why, { status }),
  });
  expect(t.bodies[1]?.input.at(-1)).toMatchObject({ status: 'failed', output: why });
});

test.each([null, { commands: [] }, { commands: 'ls' }, { commands: Array(101).fill('ls') }])(
  'a shell call of another shape is told to the tool as it is: %#',
  async (action) => {
    const t = await talk({ answers: [[shellCall('c', action)], [says('ok')]], tools: ours, settings: on });
    expect(t.ran).toEqual([`shell ${JSON.stringify(action ?? {})}`]);
    expect(t.bodies[1]?.input.at(-1)).toMatchObject({ type: 'shell_call_output', call_id: 'c' });
  },
);

test('a call that ends the turn leaves the other commands undone, and says so', async () => {
  const t = await talk({
    answers: [[shellCall('c', { commands: ['one', 'two'] })]],
    tools: ours,
    settings: on,
    run: async () => words('', { status: 'declined', endsTurn: true }),
  });
  expect(t.end.outcome).toBe('interrupted');
  expect(t.ran).toEqual(['shell {"command":"one"}']);
  expect(t.events.at(-1)).toMatchObject({ arguments: { command: 'two' }, result: 'Not run: you ended the turn.' });
});

test('what the endpoint ran itself is not run again, and its output is carried on', async () => {
  const itself = [
    shellCall('c', { commands: ['one'] }),
    { type: 'shell_call_output', id: 'sho', call_id: 'c', output: [] },
  ];
  const own = { type: 'function_call', id: 'f', call_id: 'f', name: 'look', arguments: '{}' };
  const t = await talk({ answers: [[...itself, own], [says('ok')]], tools: ours, settings: on });
  expect(t.ran).toEqual(['look {}']);
  expect(t.bodies[1]?.input.slice(1, 3)).toEqual(itself);
  expect(t.bodies[1]?.input).toHaveLength(5);
});

test('what was not offered is not run, and not carried on', async () => {
  const answers = [[shellCall('c', { commands: ['one'] }), patchCall('p', { type: 'delete_file', path: 'a' })]];
  const t = await talk({ answers, tools: ours });
  expect(t.ran).toEqual([]);
  expect(t.bodies).toHaveLength(1);
  expect(t.events.filter((event) => event.kind === 'tool_call' && event.status === 'failed')).toHaveLength(2);
});

test('an endpoint that refuses them gets ours, and hears of them no more in this turn', async () => {
  const call = { type: 'function_call', id: 'f', call_id: 'f', name: 'shell', arguments: '{"command":"one"}' };
  const t = await talk({
    answers: [[call], [says('ok')]],
    tools: ours,
    settings: on,
    refuse: {
      1: { status: 400, retryAfter: '0', error: { message: "Tool type 'shell' is not supported.", param: 'tools' } },
    },
  });
  const kinds = t.bodies.map(({ tools }) => (tools as { type: string }[]).map(({ type }) => type));
  expect(kinds).toEqual([Array(3).fill('function'), Array(3).fill('function')]);
  expect(t.ran).toEqual(['shell {"command":"one"}']);
  expect(t.bodies[1]?.input.at(-1)).toMatchObject({ type: 'function_call_output', call_id: 'f' });
  const said = t.events.flatMap((event) => (event.kind === 'system_notice' ? [event.text] : []));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('does not take its own shell and patch tools');
});
