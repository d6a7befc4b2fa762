import OpenAI from 'openai';
import type { Response, ResponseStreamEvent, Tool } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PracticeServer } from './index.ts';
import { startPractice } from './index.ts';
import { sampleCopy } from './testing/real-codex.ts';

const copy = sampleCopy();
let practice: PracticeServer;
let client: OpenAI;

beforeAll(async () => {
  practice = await startPractice({ workspaces: [copy.workspace], pace: 'instant' });
  client = new OpenAI({ baseURL: practice.url, apiKey: 'practice', maxRetries: 0 });
});

afterAll(async () => {
  await practice.close();
  copy.dispose();
});

const SHELL: Tool = {
  type: 'function',
  name: 'exec_command',
  strict: false,
  parameters: { type: 'object', properties: { cmd: { type: 'string' } } },
};
const PATCH: Tool = { type: 'custom', name: 'apply_patch' };

function request(prompt: string, more: { tools?: Tool[]; cwd?: string } = {}) {
  const context = `<cwd>${more.cwd ?? copy.workspace}</cwd>`;
  return { model: 'any-model', input: prompt, instructions: context, tools: more.tools ?? [] };
}

async function collect(prompt: string, more: { tools?: Tool[] } = {}) {
  const stream = client.responses.stream(request(prompt, more));
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return { events, final: await stream.finalResponse() };
}

/** Every added has its done, deltas join to the done text, indices rise, sequence numbers have no gap. */
function checkSequence(events: readonly ResponseStreamEvent[]): void {
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
  expect(events.slice(0, 2).map((event) => event.type)).toEqual(['response.created', 'response.in_progress']);
  const open: string[] = [];
  let items = -1;
  let deltas = '';
  for (const event of events) {
    if (event.type === 'response.output_item.added') expect(event.output_index).toBe(++items);
    else if ('output_index' in event) expect(event.output_index).toBe(items);
    if (event.type.endsWith('.added')) open.push(event.type.slice(0, -'.added'.length));
    if (event.type.endsWith('.delta') && 'delta' in event) deltas += event.delta;
    if (event.type === 'response.output_text.done' || event.type === 'response.reasoning_summary_text.done') {
      expect(deltas).toBe(event.text);
      deltas = '';
    } else if (event.type === 'response.function_call_arguments.done') {
      expect(deltas).toBe(event.arguments);
      deltas = '';
    } else if (event.type === 'response.custom_tool_call_input.done') {
      expect(deltas).toBe(event.input);
      deltas = '';
    } else if (/(item|part)\.done$/.test(event.type)) {
      expect(open.pop()).toBe(event.type.slice(0, -'.done'.length));
    }
  }
  expect(open).toEqual([]);
}

test.each([
  ['say: Grüße 👩‍👩‍👧‍👦\nsecond line', 'Grüße 👩‍👩‍👧‍👦\nsecond line'],
  ['SAY:hello', 'hello'],
])('%s is echoed', async (prompt, expected) => {
  const { events, final } = await collect(prompt);
  checkSequence(events);
  expect(final).toMatchObject({ status: 'completed', model: 'any-model', output_text: expected, error: null });
  expect(final.usage?.total_tokens).toBe((final.usage?.input_tokens ?? 0) + (final.usage?.output_tokens ?? 0));
});

test('an unknown prompt gets a greeting that says what this is, with reasoning, the same each time', async () => {
  const { events, final } = await collect('what is love?');
  checkSequence(events);
  expect(final.output.map((item) => item.type)).toEqual(['reasoning', 'message']);
  expect(final.output_text).toContain('practice (offline)');
  expect((await collect('what is love?')).events).toEqual(events);
  expect((await collect('what is hate?')).final.id).not.toBe(final.id);
});

test('the long answer has about 20 KB and comes in many pieces', async () => {
  const { events, final } = await collect('long answer');
  checkSequence(events);
  expect(Buffer.byteLength(final.output_text)).toBeGreaterThan(17_000);
  expect(Buffer.byteLength(final.output_text)).toBeLessThan(25_000);
  expect(events.filter((event) => event.type === 'response.output_text.delta').length).toBeGreaterThan(150);
});

test('without streaming the answer is the same response', async () => {
  const whole = await client.responses.create(request('what is love?'));
  const { final } = await collect('what is love?');
  expect(whole.id).toBe(final.id);
  expect(whole.output_text).toBe(final.output_text);
});

test('a coding prompt uses the offered tools: a function call and a custom call, parsed by the official client', async () => {
  const tools = [SHELL, PATCH];
  const { events, final } = await collect('please run the tests', { tools });
  checkSequence(events);
  const call = final.output.find((item) => item.type === 'function_call');
  expect(call).toMatchObject({ name: 'exec_command', arguments: JSON.stringify({ cmd: 'node --test' }) });
  const patch = await afterOutputs('run the tests', tools, [
    'Process exited with code 1\nOutput:\nnot ok 1 - monthName counts from one\n# fail 1\n',
    'Process exited with code 0\nOutput:\n  return MONTHS[month];\n',
  ]);
  expect(patch.output.at(-1)).toMatchObject({
    type: 'custom_tool_call',
    name: 'apply_patch',
    input: expect.stringContaining('+  return MONTHS[month - 1];\n*** End Patch'),
  });
});

/** Plays a turn: answers the nth call with the nth output and gives the response after the last one. */
async function afterOutputs(prompt: string, tools: Tool[], outputs: readonly string[]): Promise<Response> {
  const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: prompt }];
  let response = await client.responses.create({ ...request(prompt, { tools }), input });
  for (const output of outputs) {
    for (const item of response.output) {
      if (item.type === 'reasoning' || item.type === 'message' || item.type === 'custom_tool_call') input.push(item);
      if (item.type === 'custom_tool_call')
        input.push({ type: 'custom_tool_call_output', call_id: item.call_id, output });
      if (item.type === 'function_call') {
        input.push(item, { type: 'function_call_output', call_id: item.call_id, output });
      }
    }
    const stream = client.responses.stream({ ...request(prompt, { tools }), input });
    const events: ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    checkSequence(events);
    response = await stream.finalResponse();
  }
  return response;
}

test.each([
  ['explain this file', ['export function monthName(month) {\n}'], '`monthName(month)`'],
  ['run: ls', ['Process exited with code 3\nOutput:\nhere\n'], 'ended with exit code 3'],
  ['rename monthName to x', ['./a.js:3:monthName()\n', 'Success. Updated\n'], 'Renamed `monthName` to `x`'],
  ['rename monthName to x', ['./a.js:3:monthName()\n', 'patch rejected by user\n'], 'nothing is renamed'],
  ['add a test', ['leap-year.test.js\n', 'Success.\n', '# pass 2\n# fail 0\n'], 'test/leap-year-2.test.js'],
  ['run the tests', ['# fail 0\n# pass 4\n'], 'All tests pass (4)'],
  ['slow command', ['Process running with session ID 7\nOutput:\n', 'Process exited with code 0\n'], 'exit code 0'],
])('%s ends with words about what happened %#', async (prompt, outputs, expected) => {
  const poll: Tool = { type: 'function', name: 'write_stdin', strict: false, parameters: {} };
  const response = await afterOutputs(prompt, [SHELL, PATCH, poll], outputs);
  expect(response.output.map((item) => item.type)).not.toContain('function_call');
  expect(response.output_text).toContain(expected);
});

test.each([
  ['outside of the workspaces', { cwd: '/', tools: [SHELL, PATCH] }, 'sample workspace'],
  ['beside the workspace', { cwd: `${copy.workspace}-2`, tools: [SHELL, PATCH] }, 'sample workspace'],
  ['without tools', {}, 'offers no tool'],
])('%s it only talks', async (_where, more, expected) => {
  const response = await client.responses.create(request('run the tests', more));
  expect(response.output.map((item) => item.type)).toEqual(['message']);
  expect(response.output_text).toContain(expected);
});

test.each([
  ['401', 401, 'invalid_api_key'],
  ['403', 403, 'permission_denied'],
  ['404', 404, 'model_not_found'],
  ['429', 429, 'rate_limit_exceeded'],
  ['quota', 429, 'insufficient_quota'],
  ['500', 500, 'server_error'],
  ['503', 503, 'server_overloaded'],
])('fail: %s is an HTTP error', async (name, status, code) => {
  await expect(client.responses.create(request(`fail: ${name}`))).rejects.toMatchObject({ status, code });
});

test('fail: context and incomplete end the stream with their own terminal event', async () => {
  const context = await rawEvents('fail: context');
  expect(context.at(-1)).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'context_length_exceeded' } },
  });
  const incomplete = await rawEvents('fail: incomplete');
  checkSequence(incomplete);
  expect(incomplete.at(-1)).toMatchObject({
    type: 'response.incomplete',
    response: { incomplete_details: { reason: 'max_output_tokens' } },
  });
});

async function rawEvents(prompt: string): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.create({ ...request(prompt), stream: true })) events.push(event);
  return events;
}

test('fail: cut breaks the connection after some text', async () => {
  const seen: string[] = [];
  const reading = (async () => {
    const stream = await client.responses.create({ ...request('fail: cut'), stream: true });
    for await (const event of stream) seen.push(event.type);
  })();
  await expect(reading).rejects.toThrow();
  expect(seen).toContain('response.output_text.delta');
  expect(seen).not.toContain('response.completed');
});

test('fail: hang stays open until the server closes', async () => {
  const own = await startPractice({ pace: 'instant' });
  const response = await fetch(`${own.url}/responses`, {
    method: 'POST',
    body: JSON.stringify({ ...request('fail: hang'), stream: true }),
  });
  const reader = response.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  await own.close();
  await expect(
    (async () => {
      while ((await reader?.read())?.done === false);
    })(),
  ).rejects.toThrow();
});
