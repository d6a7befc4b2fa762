import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Steer, ToolSpec } from '../../ports/index.ts';
import { spec, talk } from './testing/talk.ts';
import { readWire } from './wire.ts';

const call = (name: string, callId: string, args: object = {}) => ({
  type: 'function_call',
  id: `fc_${callId}`,
  call_id: callId,
  name,
  arguments: JSON.stringify(args),
});
const says = (text: string) => ({ type: 'message', id: 'm', content: [{ type: 'output_text', text }] });
const thought = { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'locked' };

test('what is called is run and answered, round after round, until an answer calls nothing', async () => {
  const t = await talk({
    answers: [[thought, call('look', 'a', { at: 1 })], [call('look', 'b', { at: 2 })], [says('Done.')]],
    tools: [spec('look')],
  });
  expect(t.end).toMatchObject({
    outcome: 'completed',
    facts: { rounds: 3, usage: { input: 30, output: 6 }, commands: { sandboxed: 0, unsandboxed: 0 } },
  });
  expect(t.ran).toEqual(['look {"at":1}', 'look {"at":2}']);
  const [first, second, third] = t.bodies;
  expect(first).toMatchObject({
    include: ['reasoning.encrypted_content'],
    parallel_tool_calls: true,
    store: false,
    tools: [{ type: 'function', name: 'look' }],
  });
  expect(first?.input).toHaveLength(1);
  // The endpoint keeps nothing: what it said goes back to it as it came.
  expect(second?.input.slice(1)).toEqual([
    thought,
    call('look', 'a', { at: 1 }),
    { type: 'function_call_output', call_id: 'a', output: 'ran look' },
  ]);
  expect(third?.input).toHaveLength(6);
  const items = t.events.flatMap((event) => (event.kind === 'tool_call' ? [[event.itemId, event.status]] : []));
  expect(new Set(items.map(([id]) => id)).size).toBe(2);
  expect(items.map(([, status]) => status)).toEqual(['in_progress', 'completed', 'in_progress', 'completed']);
  const usages = t.events.flatMap((event) => (event.kind === 'usage_updated' ? [event.usage?.input] : []));
  expect(usages).toEqual([10, 20, 30]);
});

test.each([
  [true, ['> a', '> b', '< a', '< b']],
  [false, ['> a', '< a', '> b', '< b']],
])('calls of one answer where each is parallel = %s', async (parallel, order) => {
  const seen: string[] = [];
  await talk({
    answers: [[call('a', '1'), call('b', '2')], [says('ok')]],
    tools: [spec('a'), { ...spec('b'), parallel }],
    run: async (name) => {
      seen.push(`> ${name}`);
      await Promise.resolve();
      await Promise.resolve();
      seen.push(`< ${name}`);
      return { parts: [{ type: 'text', text: name }], status: 'completed' };
    },
  });
  expect(seen).toEqual(order);
});

test('a call of what nobody offered is answered, and never run', async () => {
  const t = await talk({ answers: [[call('rm_rf', 'x')], [says('Sorry.')]], tools: [spec('look')] });
  expect(t.ran).toEqual([]);
  expect(t.bodies[1]?.input.at(-1)).toEqual({
    type: 'function_call_output',
    call_id: 'x',
    output: 'There is no tool rm_rf.',
  });
  expect(t.events.filter(({ kind }) => kind === 'tool_call')).toMatchObject([
    { phase: 'started', name: 'rm_rf' },
    { phase: 'completed', name: 'rm_rf', status: 'failed', result: 'There is no tool rm_rf.' },
  ]);
  expect(t.end.outcome).toBe('completed');
});

test('a tool that takes free text is a custom tool, and its text the value of its argument', async () => {
  const grammar = { syntax: 'lark', definition: 'start: "x"' } as const;
  const free: ToolSpec = { ...spec('patch'), freeform: { argument: 'patch', grammar } };
  const asked = { type: 'custom_tool_call', id: 'ct', call_id: 'c', name: 'patch', input: '*** Begin' };
  const t = await talk({ answers: [[asked], [says('ok')]], tools: [free] });
  expect(t.bodies[0]?.tools).toEqual([
    { type: 'custom', name: 'patch', description: 'patch', format: { type: 'grammar', ...grammar } },
  ]);
  expect(t.ran).toEqual(['patch {"patch":"*** Begin"}']);
  expect(t.bodies[1]?.input.at(-1)).toEqual({ type: 'custom_tool_call_output', call_id: 'c', output: 'ran patch' });
});

test('an image that a tool answers goes to the model as one', async () => {
  const url = 'data:image/png;base64,AA==';
  const t = await talk({
    answers: [[call('see', 's')], [says('ok')]],
    tools: [spec('see')],
    run: async () => ({
      parts: [
        { type: 'text', text: 'here' },
        { type: 'image', url },
      ],
      status: 'completed',
    }),
  });
  expect(t.bodies[1]?.input.at(-1)).toMatchObject({
    output: [
      { type: 'input_text', text: 'here' },
      { type: 'input_image', image_url: url },
    ],
  });
});

test.each([
  [{ apiMaxRounds: 2 }, 2, /2 requests.*codexLanes\.api\.maxRounds/],
  [{ apiMaxTokens: 24 }, 2, /24 tokens.*codexLanes\.api\.maxTokens/],
])(
  'a loop without an end is stopped by %j, and its last calls are shown as not run',
  async (settings, rounds, words) => {
    const t = await talk({
      answers: Array.from({ length: 9 }, (_, at) => [call('look', `c${at}`)]),
      tools: [spec('look')],
      settings,
    });
    expect(t.bodies).toHaveLength(rounds);
    expect(t.ran).toHaveLength(rounds - 1);
    expect(t.end).toMatchObject({
      outcome: 'failed',
      error: { code: 'budget_spent', message: expect.stringMatching(words) },
    });
    expect(t.events.at(-1)).toMatchObject({
      kind: 'tool_call',
      phase: 'completed',
      status: 'failed',
      result: 'Not run: the turn had spent its budget.',
    });
  },
);

test('of many calls that may run side by side a few do at a time', async () => {
  let [now, most] = [0, 0];
  const t = await talk({
    answers: [Array.from({ length: 40 }, (_, at) => call('look', `c${at}`)), [says('ok')]],
    tools: [spec('look')],
    run: async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((next) => setImmediate(next));
      now -= 1;
      return { parts: [], status: 'completed' };
    },
  });
  expect([most, t.ran.length, t.end.outcome]).toEqual([8, 40, 'completed']);
});

test('a batch of calls ends with the turn’s minutes; those that were not begun are shown as such', async () => {
  const t = await talk({
    answers: [Array.from({ length: 20 }, (_, at) => call('look', `c${at}`))],
    tools: [spec('look')],
    settings: { apiMaxMinutes: 5 },
    run: async (_name, _io, time) => {
      time.pass(60_000);
      return { parts: [], status: 'completed' };
    },
  });
  expect(t.ran).toHaveLength(8);
  expect(t.end).toMatchObject({ error: { code: 'budget_spent' } });
  expect(t.events.filter((event) => event.kind === 'tool_call' && event.status === 'failed')).toHaveLength(12);
});

test('minutes are a budget, and what the user takes to answer is not of it', async () => {
  const run = (asks: boolean) =>
    talk({
      answers: [[call('look', 'a')], [call('look', 'b')], [says('ok')]],
      tools: [spec('look')],
      settings: { apiMaxMinutes: 5 },
      run: async (_name, io, time) => {
        const pass = async (): Promise<string> => {
          time.pass(4 * 60_000);
          return 'yes';
        };
        if (asks) await io.approvals.ask({ subject: 'command', what: 'x', why: null, decisions: [] }, io.signal);
        else await pass();
        return { parts: [], status: 'completed' };
      },
      answer: async (time) => {
        time.pass(4 * 60_000);
        return 'yes';
      },
    });
  expect((await run(true)).end.outcome).toBe('completed');
  expect((await run(false)).end).toMatchObject({
    error: { code: 'budget_spent', message: expect.stringMatching(/8 minutes.*codexLanes\.api\.maxMinutes.*5/) },
  });
});

test('a message of the user’s goes along after the calls; one that comes with the last words begins another round', async () => {
  const settled: string[] = [];
  const steer = (text: string): Steer => ({
    text,
    attachments: [],
    settle: (taken) => settled.push(`${text} ${taken}`),
  });
  const t = await talk({
    answers: [[call('look', 'a')], [says('Done.')], [says('Really done.')]],
    tools: [spec('look')],
    steers: { 1: steer('first'), 2: steer('second') },
  });
  expect(settled).toEqual(['first true', 'second true']);
  expect(t.bodies[1]?.input.at(-1)).toMatchObject({ role: 'user', content: [{ text: 'first' }] });
  expect(t.bodies[2]?.input.at(-1)).toMatchObject({ role: 'user', content: [{ text: 'second' }] });
  expect(t.end).toMatchObject({ outcome: 'completed', facts: { rounds: 3 } });
});

test('a tool may end the turn; calls after it are not run', async () => {
  const t = await talk({
    answers: [[call('look', 'a'), call('look', 'b')]],
    tools: [{ ...spec('look'), parallel: false }],
    run: async () => ({ parts: [], status: 'declined', endsTurn: true }),
  });
  expect(t.end.outcome).toBe('interrupted');
  expect(t.ran).toHaveLength(1);
  expect(t.bodies).toHaveLength(1);
  expect(t.events.at(-1)).toMatchObject({ result: 'Not run: you ended the turn.' });
});

test('Stop while tools run: they are ended, and nothing runs when the turn has returned', async () => {
  let running = 0;
  const t = await talk({
    answers: [[call('look', 'a'), call('look', 'b')]],
    tools: [spec('look')],
    run: async (_name, io, _time, stop) => {
      running += 1;
      if (running === 2) stop();
      await new Promise<void>((resolve) => {
        if (io.signal.aborted) resolve();
        else io.signal.addEventListener('abort', () => resolve());
      });
      running -= 1;
      throw io.signal.reason;
    },
  });
  expect(t.end.outcome).toBe('interrupted');
  expect(running).toBe(0);
  expect(t.ended).toBeGreaterThan(0);
});

test('calls of an answer that stopped before its end are not run', async () => {
  const t = await talk({
    answers: [[call('look', 'a')]],
    tools: [spec('look')],
    ends: [{ type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } }],
  });
  expect(t.ran).toEqual([]);
  expect(t.end).toMatchObject({ outcome: 'failed', error: { code: 'incomplete' } });
  expect(t.events.at(-1)).toMatchObject({ kind: 'tool_call', result: 'Not run: the answer did not come whole.' });
});

test('a stream that is cut in a later round ends the turn, and what came is kept', async () => {
  const t = await talk({ answers: [[call('look', 'a')], [says('Half')]], tools: [spec('look')], ends: [null, 'cut'] });
  expect(t.end).toMatchObject({ outcome: 'failed', error: { code: 'stream_cut' }, facts: { rounds: 2 } });
  expect(t.bodies).toHaveLength(2);
  expect(t.events.findLast(({ kind }) => kind === 'assistant_text')).toMatchObject({ text: 'Half' });
});

test('each round is tried again where nothing of it came, after what Retry-After says', async () => {
  const t = await talk({
    answers: [[call('look', 'a')], [says('ok')]],
    tools: [spec('look')],
    refuse: { 2: { status: 429, retryAfter: '2' } },
  });
  expect(t.end).toMatchObject({ outcome: 'completed', facts: { rounds: 2 } });
  expect(t.waits).toEqual([2000]);
  expect(t.ran).toHaveLength(1);
});

test('what the turn cost, by the user’s own prices: of the model that served it, cached input at its own', async () => {
  const apiPrices = { 'gpt-5.5': { input: 10, cachedInput: 1, output: 100 } };
  const settings = { apiPrices };
  const t = await talk({ answers: [[call('look', 'a')], [says('ok')]], tools: [spec('look')], settings });
  // Two rounds of 10 in, 4 of them cached, and 2 out.
  expect(t.end.facts.cost?.usd).toBeCloseTo((12 * 10 + 8 * 1 + 4 * 100) / 1e6, 12);
  expect((await talk({ answers: [[says('ok')]], tools: [] })).end.facts.cost).toBeUndefined();
  const cut = await talk({
    answers: [[call('look', 'a')], [says('ok')]],
    tools: [spec('look')],
    settings,
    ends: [null, 'cut'],
  });
  expect(cut.end.facts.cost).toBeUndefined();
  expect(cut.end.facts.usage).toMatchObject({ input: 10 });
});

test('an earlier turn is told with what it did, whoever ran it', async () => {
  const t = await talk({
    answers: [[says('ok')]],
    tools: [spec('look')],
    turn: {
      history: [
        { role: 'user', text: 'fix', attachments: [{ kind: 'file', path: '/w/a', label: 'a' }] },
        {
          role: 'tool',
          act: { kind: 'command', command: 'npm t', cwd: '/w', output: 'red', exitCode: 1, status: 'failed' },
        },
        { role: 'tool', act: { kind: 'change', files: ['update /w/a'], patch: '@@', status: 'completed' } },
        { role: 'tool', act: { kind: 'call', name: 'see', arguments: { a: 1 }, result: 'x', status: 'completed' } },
        { role: 'assistant', text: 'Fixed.' },
      ],
    },
  });
  expect(t.bodies[0]?.input).toMatchObject([
    { role: 'user', content: [{ text: 'fix\n\nAttached files:\n- /w/a' }] },
    {
      type: 'function_call',
      call_id: 'call_earlier_2',
      name: 'shell',
      arguments: '{"command":"npm t","workdir":"/w"}',
    },
    { type: 'function_call_output', call_id: 'call_earlier_2', output: 'Exit code: 1\nred' },
    { type: 'function_call', name: 'apply_patch', arguments: '{"input":"@@"}' },
    { type: 'function_call_output', output: 'Status: completed\nupdate /w/a' },
    { type: 'function_call', name: 'see', arguments: '{"a":1}' },
    { type: 'function_call_output', output: 'x' },
    { role: 'assistant' },
    { role: 'user' },
  ]);
});

test('images and the form of the answer are sent; what can not be is said before anything is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'responses-'));
  const png = join(folder, 'a.txt');
  await writeFile(png, Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1'));
  const form = join(folder, 'form.json');
  await writeFile(form, '{"type":"object"}');
  const image = { kind: 'image', path: png, label: 'a' } as const;
  const good = await talk({ answers: [[says('{}')]], tools: [], turn: { attachments: [image], outputSchema: form } });
  expect(good.bodies[0]).toMatchObject({
    input: [
      {
        content: [
          { type: 'input_text' },
          { type: 'input_image', image_url: expect.stringMatching(/^data:image\/png;/) },
        ],
      },
    ],
    text: { format: { type: 'json_schema', strict: true, schema: { type: 'object' } } },
  });
  await writeFile(form, '[');
  const noJson = await talk({ answers: [], tools: [], turn: { outputSchema: form } });
  expect(noJson.end).toMatchObject({
    error: { code: 'config_invalid', message: expect.stringContaining('is not JSON') },
  });
  const noImage = await talk({ answers: [], tools: [], turn: { attachments: [{ ...image, path: form }] } });
  expect(noImage.end).toMatchObject({ error: { code: 'bad_request', message: expect.stringContaining(form) } });
  expect([...noJson.bodies, ...noImage.bodies]).toEqual([]);
});

test('an image that the endpoint made is kept in a file, and its item says where', async () => {
  const base64 = Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1').toString('base64');
  const made = (result: string) => ({ type: 'image_generation_call', id: 'ig', status: 'completed', result });
  const kept = await talk({ answers: [[made(base64), says('ok')]], tools: [] });
  expect(kept.events.find((event) => event.kind === 'tool_call' && event.phase === 'completed')).toMatchObject({
    name: 'image_generation_call',
    status: 'completed',
    result: { path: '/kept/image/png', bytes: 12 },
  });
  expect(JSON.stringify(kept.events)).not.toContain(base64);
  const lost = await talk({ answers: [[made('bm90IGFuIGltYWdl'), says('ok')]], tools: [] });
  expect(lost.events.find((event) => event.kind === 'tool_call' && event.phase === 'completed')).toMatchObject({
    status: 'failed',
    result: expect.stringContaining('no PNG'),
  });
});

test('the steps of an image on its way are no rows of their own', async () => {
  const steps = ['in_progress', 'generating', 'partial_image', 'completed'].map((step) => ({
    type: `response.image_generation_call.${step}`,
    item_id: 'ig',
  }));
  for (const step of steps) expect(readWire(JSON.stringify(step)).kind).toBe('noise');
});

test('an endpoint that takes no images, or no tools, is asked once more without, and the turn goes on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'responses-'));
  const path = join(folder, 'a.png');
  await writeFile(path, Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1'));
  const refused = (message: string, param: string) => ({ status: 400, retryAfter: '0', error: { message, param } });
  const images = await talk({
    answers: [[says('ok')]],
    tools: [],
    turn: { attachments: [{ kind: 'image', path, label: 'a' }] },
    refuse: { 1: refused('image input is not supported', 'input') },
  });
  expect(images.end.outcome).toBe('completed');
  expect(JSON.stringify(images.bodies)).not.toContain('base64');
  const tools = await talk({
    answers: [[says('ok')]],
    tools: [spec('look')],
    turn: {
      history: [
        { role: 'user', text: 'before' },
        {
          role: 'tool',
          act: { kind: 'command', command: 'make', cwd: '/w', output: 'made', exitCode: 0, status: 'completed' },
        },
      ],
    },
    refuse: { 1: refused('this model does not support tools', 'tools') },
  });
  expect(tools.end.outcome).toBe('completed');
  // What was done before is told in words.
  expect(tools.bodies[0]?.input.map(({ type }) => type)).toEqual(Array(4).fill('message'));
  expect(JSON.stringify(tools.bodies[0]?.input)).toContain('made');
  expect(tools.bodies[0]?.tools).toBeUndefined();
});

test('500 timings of messages and Stop: each message is settled once at most, and none that was taken is unsaid', async () => {
  const seen = { taken: 0, left: 0, stopped: 0 };
  const timing = fc.record({
    rounds: fc.integer({ min: 1, max: 5 }),
    steers: fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 4 }),
    stopAt: fc.option(fc.integer({ min: 0, max: 14 }), { freq: 2 }),
    toolTicks: fc.integer({ min: 0, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(timing, async ({ rounds, steers, stopAt, toolTicks }) => {
      const settled = steers.map((): boolean[] => []);
      const answers = [
        ...Array.from({ length: rounds - 1 }, (_, at) => [call('look', `c${at}`)]),
        ...Array.from({ length: 10 }, () => [says('ok')]),
      ];
      const t = await talk({
        answers,
        tools: [spec('look')],
        run: async (_name, io) => {
          for (let tick = 0; tick < toolTicks; tick += 1) await new Promise((resolve) => setImmediate(resolve));
          io.signal.throwIfAborted();
          return { parts: [], status: 'completed' };
        },
        during: async (push, stop) => {
          for (let tick = 0; tick <= 14; tick += 1) {
            steers.forEach((at, index) => {
              if (at !== tick) return;
              push({ text: `steer-${index}`, attachments: [], settle: (taken) => settled[index]?.push(taken) });
            });
            if (stopAt === tick) stop();
            await new Promise((resolve) => setImmediate(resolve));
          }
        },
      });
      const said = JSON.stringify(t.bodies);
      settled.forEach((words, index) => {
        expect(words.length).toBeLessThanOrEqual(1);
        const taken = words[0] === true;
        seen[taken ? 'taken' : 'left'] += 1;
        // A taken one is in a request, unless Stop came between the two.
        if (said.includes(`steer-${index}`)) expect(taken).toBe(true);
        else if (taken) expect(t.end.outcome).toBe('interrupted');
      });
      if (stopAt === null) expect(t.end.outcome).toBe('completed');
      if (t.end.outcome === 'interrupted') seen.stopped += 1;
    }),
    { seed: 11, numRuns: 500 },
  );
  expect(Math.min(seen.taken, seen.left, seen.stopped)).toBeGreaterThan(50);
});

test('the composed instructions go with the request, and the turn tells what is new of them', async () => {
  const notice = { kind: 'system_notice', code: 'instructions_dropped', text: 'AGENTS.md (41 KB)' } as const;
  const composed = { text: 'House rules.', parts: [], dropped: [{ source: 'AGENTS.md', bytes: 41_000 }], problems: [] };
  const instructions = { compose: async () => composed, news: () => [notice] };
  const t = await talk({ answers: [[says('Done.')]], tools: [], instructions });
  expect(t.bodies[0]?.instructions).toBe('House rules.');
  expect(t.events).toContainEqual(notice);
});
