import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Attachment, LaneEvent } from '../../model/index.ts';
import { liveProcesses } from '../../node/index.ts';
import { practiceCodexConfig } from '../../practice/index.ts';
import type { FrontOptions } from './testing/front-endpoint.ts';
import { FrontEndpoint } from './testing/front-endpoint.ts';
import type { Run } from './testing/lane-room.ts';
import { LaneRoom, realCodex } from './testing/lane-room.ts';

// What Codex asks its provider for a turn over the app-server, and what becomes of what the provider does.

const real = test.skipIf(realCodex === null);
const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  expect(liveProcesses.list()).toEqual([]);
});

async function open(options: FrontOptions = {}, config: (toml: string) => string = (toml) => toml) {
  const front = await FrontEndpoint.start(options);
  ends.push(() => front.close());
  const room = await LaneRoom.open({ config: (url) => config(practiceCodexConfig(front.before(url))) });
  ends.push(() => room.close());
  return { front, room, run: room.lane().run };
}

const bodies = <K extends LaneEvent['kind']>(run: Run, kind: K) =>
  run.events.filter((event): event is Extract<LaneEvent, { kind: K }> => event.kind === kind);

const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

real(
  'the schema for the answer and the image are in the request: of a new thread, a resumed one, and a message',
  async () => {
    const { front, room, run } = await open();
    const outputSchema = join(room.work, 'schema.json');
    writeFileSync(outputSchema, JSON.stringify(schema));
    const image = (name: string): Attachment => {
      const path = join(room.work, name);
      writeFileSync(path, Buffer.from(pixel, 'base64'));
      return { kind: 'image', path, label: name };
    };
    const format = { type: 'json_schema', strict: true, schema };
    const images = (index: number) =>
      JSON.stringify(front.bodies.at(index)?.input).match(/"image_url":"data:image\/png;base64,/g)?.length ?? 0;

    const one = run('say: one', { turn: { outputSchema, attachments: [image('a.png')] } });
    const end = await one.end;
    expect(end.outcome).toBe('completed');
    expect(front.bodies.at(-1)?.text).toMatchObject({ format });
    expect(images(-1)).toBe(1);

    const nativeThreadId = end.facts.nativeThreadId;
    const two = run('run: sleep 1', { turn: { nativeThreadId, outputSchema, attachments: [image('b.png')] } });
    await vi.waitFor(() => expect(bodies(two, 'command_execution')).not.toEqual([]), { timeout: 30_000 });
    expect(front.bodies.at(-1)?.text).toMatchObject({ format });
    expect(images(-1)).toBe(2);
    expect(await two.steer('say: steered', [image('c.png')])).toBe(true);
    expect((await two.end).outcome).toBe('completed');
    expect(two.text()).toContain('steered');
    expect(front.bodies.at(-1)?.text).toMatchObject({ format });
    expect(images(-1)).toBe(3);

    // A turn without one is asked for none.
    const three = run('say: three', { turn: { nativeThreadId } });
    expect((await three.end).outcome).toBe('completed');
    expect(front.bodies.at(-1)?.text).not.toHaveProperty('format');
  },
);

real('a schema that is none, or an image that is gone, is said before anything is asked', async () => {
  const { front, room, run } = await open();
  const outputSchema = join(room.work, 'schema.json');
  writeFileSync(outputSchema, '[]');
  expect(await run('say: hi', { turn: { outputSchema } }).end).toMatchObject({
    outcome: 'failed',
    error: { code: 'config_invalid', message: expect.stringContaining('holds no JSON object') },
  });
  rmSync(outputSchema);
  expect(await run('say: hi', { turn: { outputSchema } }).end).toMatchObject({
    outcome: 'failed',
    error: { code: 'config_invalid', message: expect.stringContaining('does not exist') },
  });
  const gone = { kind: 'image', path: join(room.work, 'gone.png'), label: 'gone.png' } as const;
  expect(await run('say: hi', { turn: { attachments: [gone] } }).end).toMatchObject({
    outcome: 'failed',
    error: { code: 'bad_request', message: expect.stringContaining('gone.png') },
  });
  expect(front.bodies).toEqual([]);
});

real('another model answers: it is told, and on the receipt; the asked one stays', async () => {
  const { run } = await open({ headers: { 'openai-model': 'gpt-5.4-mini' } });
  const turn = run('say: hi', { turn: { model: 'gpt-5.5' } });
  expect(await turn.end).toMatchObject({ outcome: 'completed', facts: { modelServed: 'gpt-5.4-mini' } });
  expect(bodies(turn, 'model_rerouted')).toMatchObject([{ askedModel: 'gpt-5.5', servedModel: 'gpt-5.4-mini' }]);
});

real('a failure that Codex overcomes is none of the turn’s', async () => {
  const { run } = await open({ answer: (_body, index) => (index === 0 ? 503 : null) });
  const turn = run('say: hi');
  expect((await turn.end).outcome).toBe('completed');
  expect(turn.text()).toBe('hi');
});

real('one that it can’t overcome: each attempt is a retry, the last the turn’s failure with its status', async () => {
  const { front, run } = await open({ answer: () => 503 });
  const turn = run('say: hi');
  expect(await turn.end).toMatchObject({ outcome: 'failed', error: { code: 'overloaded', retryable: true } });
  expect(front.bodies.length).toBeGreaterThan(1);
  const stalls = bodies(turn, 'stalled').filter(({ hop }) => hop === 'reconnecting');
  expect(stalls).toHaveLength(1);
  expect(bodies(turn, 'warning').filter(({ code }) => code === 'reconnecting')).not.toEqual([]);
});

/** How many calls of a request are answered already. */
const answered = (body: Readonly<Record<string, unknown>>): number =>
  JSON.stringify(body.input).match(/"type":"function_call_output"/g)?.length ?? 0;

/** Of what is asked for `say: parent`, the calls that are made first: by the agent itself, and by the one that it spawns. */
const spawning: NonNullable<FrontOptions['answer']> = (body) => {
  const input = JSON.stringify(body.input);
  if (!input.includes('say: parent')) return null;
  if (input.includes('"recipient":"/root/t1"')) {
    return input.includes('of-the-child') ? null : { name: 'exec_command', arguments: { cmd: 'echo of-the-child' } };
  }
  const own = [
    { namespace: 'collaboration', name: 'spawn_agent', arguments: { task_name: 't1', message: 'Look around.' } },
    { namespace: 'collaboration', name: 'wait_agent', arguments: { timeout_ms: 20_000 } },
  ];
  return own[answered(body)] ?? null;
};

real('a sub-agent’s thread is nested in its parent’s turn, and mixed neither with it nor with another', async () => {
  const withAgents = (toml: string) => toml.replace('[features]\n', '[features]\nmulti_agent_v2 = true\n');
  const { run } = await open({ answer: spawning }, withAgents);
  const parent = run('say: parent');
  const other = run('say: other');
  expect((await other.end).outcome).toBe('completed');
  const end = await parent.end;
  expect(end.outcome).toBe('completed');
  const rows = bodies(parent, 'subagent').filter(({ tool }) => tool === '/root/t1');
  expect(rows.map(({ phase }) => phase)).toEqual(['started', 'output', 'completed']);
  expect(new Set(rows.map(({ itemId }) => itemId)).size).toBe(1);
  expect(JSON.stringify(rows[1]?.states)).toContain('of-the-child');
  // The child said and did the same in its own thread: nothing of it stands in the parent's.
  expect(parent.text()).toBe('parent');
  expect(bodies(parent, 'command_execution')).toEqual([]);
  expect(new Set(parent.events.map(({ nativeThreadId }) => nativeThreadId))).toEqual(
    new Set([end.facts.nativeThreadId]),
  );
  expect(bodies(other, 'subagent')).toEqual([]);
  expect(other.text()).toBe('other');
});
