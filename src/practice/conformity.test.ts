import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import OpenAI from 'openai';
import type {
  Response,
  ResponseCreateParams,
  ResponseInputItem,
  ResponseStreamEvent,
  Tool,
} from 'openai/resources/responses/responses';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PracticeServer } from './index.ts';
import { startPractice } from './index.ts';
import { sampleCopy } from './testing/real-codex.ts';

const copy = sampleCopy();
let practice: PracticeServer;
let client: OpenAI;
/** One of each shape of event that any test below was sent, and each whole response. */
const seen = new Map<string, ResponseStreamEvent>();
const responses: Response[] = [];

beforeAll(async () => {
  practice = await startPractice({ workspaces: [copy.workspace], pace: 'instant' });
  client = new OpenAI({ baseURL: practice.url, apiKey: 'practice', maxRetries: 0 });
});

afterAll(async () => {
  await practice.close();
  copy.dispose();
});

const text = { type: 'string' };
const functionTool = (name: string, properties: Record<string, unknown>): Tool => ({
  ...{ type: 'function', name, strict: false, parameters: { type: 'object', properties } },
});
/** The tools of this extension's own lane, as far as a script uses them. */
const TOOLS: Tool[] = [
  functionTool('update_plan', { plan: { type: 'array' } }),
  functionTool('read_file', { path: text }),
  functionTool('shell', { command: text, sandbox_permissions: text, justification: text }),
  { type: 'custom', name: 'apply_patch' },
  { type: 'web_search' },
];
const withoutPlan = TOOLS.slice(1);
/** The endpoint's own kinds of shell and patch tool, which the client runs. */
const builtIn: Tool[] = [
  functionTool('read_file', { path: text }),
  { type: 'shell', environment: { type: 'local' } },
  { type: 'apply_patch' },
];

function bodyOf(prompt: string, more: Pick<ResponseCreateParams, 'tools' | 'text' | 'model'> = {}) {
  const input: ResponseInputItem[] = [{ role: 'user', content: prompt }];
  const instructions = `<environment_context><cwd>${copy.workspace}</cwd></environment_context>`;
  const include = ['reasoning.encrypted_content' as const];
  return {
    model: 'practice',
    input,
    instructions,
    tools: TOOLS,
    store: false,
    include,
    ...more,
    stream: false as const,
  };
}
type Body = Omit<ReturnType<typeof bodyOf>, 'input'> & { input: ResponseInputItem[] };

/** The same request twice, streamed and whole: both are one answer. */
async function answer(body: Body): Promise<Response> {
  const streamed = client.responses.stream({ ...body, stream: true });
  for await (const event of streamed) note(event);
  const final = await streamed.finalResponse();
  const whole = await client.responses.create(body);
  responses.push(whole);
  expect({ id: whole.id, status: whole.status, output: whole.output, text: whole.output_text }).toEqual({
    ...{ id: final.id, status: final.status, text: final.output_text },
    // The client's own reading of JSON arguments stands beside them.
    output: final.output.map((item) => without(item, 'parsed_arguments')),
  });
  return whole;
}

function without(item: object, key: string): unknown {
  return JSON.parse(
    JSON.stringify(item, (name, value: unknown) => (name === key || name === 'parsed' ? undefined : value)),
  );
}

function note(event: ResponseStreamEvent): void {
  const shape = event.type.endsWith('.delta') ? '' : JSON.stringify({ ...event, sequence_number: 0 });
  seen.set(`${event.type} ${shape}`, event);
}

/** What a client carries on: the answer as it came, and what each of its calls gave. */
function carried(body: Body, response: Response, output: string): Body {
  const answers = response.output.flatMap((item): ResponseInputItem[] => {
    if (item.type === 'function_call') return [{ type: 'function_call_output', call_id: item.call_id, output }];
    if (item.type === 'custom_tool_call') return [{ type: 'custom_tool_call_output', call_id: item.call_id, output }];
    if (item.type === 'apply_patch_call') {
      return [{ type: 'apply_patch_call_output', call_id: item.call_id, status: 'completed', output }];
    }
    if (item.type === 'shell_call') {
      const exit_code = Number(/Exit code: (\d+)/.exec(output)?.[1] ?? 0);
      const told = { stdout: output, stderr: '', outcome: { type: 'exit' as const, exit_code } };
      return [{ type: 'shell_call_output', call_id: item.call_id, output: item.action.commands.map(() => told) }];
    }
    return [];
  });
  return { ...body, input: [...body.input, ...(response.output as ResponseInputItem[]), ...answers] };
}

async function play(body: Body, outputs: readonly string[]): Promise<Response[]> {
  const rounds = [await answer(body)];
  let next = body;
  for (const output of outputs) {
    next = carried(next, rounds.at(-1) as Response, output);
    rounds.push(await answer(next));
  }
  return rounds;
}

const kinds = ({ output }: Response) => output.map((item) => ('name' in item ? item.name : item.type)).join(' ');

test.each<[prompt: string, tools: Tool[], outputs: readonly string[], expected: readonly string[], words: string]>([
  ['say: hello', [], [], ['message'], 'hello'],
  ['long answer', [], [], ['reasoning message'], 'That is the end of the long answer.'],
  ['what do you see', TOOLS, [], ['message'], 'I see no image.'],
  ['please summarise', TOOLS, [], ['message'], 'Summary of the conversation'],
  ['draw', TOOLS, [], ['image_generation_call message'], 'a small picture'],
  ['search the web for tea', TOOLS, [], ['web_search_call message'], 'I looked for “tea”'],
  ['search the web', [], [], ['message'], 'not here'],
  ['run: ls', TOOLS, ['Exit code: 3\nOutput:\nhere'], ['reasoning shell', 'message'], 'ended with exit code 3'],
  ['ask: ls', TOOLS, ['The user denied it.'], ['reasoning shell', 'message'], 'did not run'],
  ['run: ls', builtIn, ['Exit code: 3\nOutput:\nhere'], ['reasoning shell_call', 'message'], 'ended with exit code 3'],
  ['run: ls\npwd', builtIn, ['Exit code: 0\nhere'], ['reasoning shell_call', 'message'], 'ended with exit code 0'],
  ['write: a.txt', builtIn, ['Done.'], ['reasoning apply_patch_call', 'message'], 'Wrote `a.txt`.'],
  ['slow command', TOOLS, ['Exit code: 0\nOutput:\n'], ['reasoning shell', 'message'], 'ended with exit code 0'],
  ['tool: read_file {"path":"a"}', TOOLS, ['text'], ['read_file', 'message'], '`read_file` answered'],
  ['write: a.txt', TOOLS, ['Done.'], ['reasoning apply_patch', 'message'], 'Wrote `a.txt`.'],
  [
    'explain src/dates.js',
    TOOLS,
    ['export function a() {}'],
    ['reasoning message read_file', 'reasoning message'],
    '`a()`',
  ],
  ['many calls', TOOLS, ['text'], ['reasoning read_file read_file read_file', 'message'], '3 calls of one answer'],
  ['rounds: 2', TOOLS, ['shown', 'shown'], ['update_plan', 'update_plan', 'message'], '2 rounds are done.'],
  ['rounds: 1', withoutPlan, ['text'], ['read_file', 'message'], '1 rounds are done.'],
  ['endless tools', TOOLS, ['shown', 'shown', 'shown'], Array(4).fill('update_plan'), ''],
  [
    'rename monthName to x',
    withoutPlan,
    ['./a.js:3:monthName()\n', 'Done.'],
    ['reasoning message shell', 'reasoning message apply_patch', 'message'],
    'Renamed `monthName` to `x`',
  ],
  [
    'add a test',
    withoutPlan,
    ['leap-year.test.js', 'Done.', '# pass 2\n# fail 0\n'],
    ['reasoning message shell', 'reasoning message apply_patch', 'message shell', 'message'],
    'leap-year-2',
  ],
  [
    'run the tests',
    builtIn,
    ['Exit code: 1\nOutput:\nnot ok 1 - x\n# fail 1', '  return MONTHS[month];', 'Done.', '# pass 4\n# fail 0'],
    [
      'reasoning message shell_call',
      'reasoning message read_file',
      'reasoning message apply_patch_call',
      'reasoning message shell_call',
      'message',
    ],
    'Fixed: all tests pass (4)',
  ],
  [
    'run the tests',
    withoutPlan,
    ['not ok 1 - x\n# fail 1', '  return MONTHS[month];', 'Done.', '# pass 4\n# fail 0'],
    [
      'reasoning message shell',
      'reasoning message read_file',
      'reasoning message apply_patch',
      'reasoning message shell',
      'message',
    ],
    'Fixed: all tests pass (4)',
  ],
])(
  '%s: the official client reads each round, streamed and whole %#',
  async (prompt, tools, outputs, expected, words) => {
    const rounds = await play(bodyOf(prompt, { tools }), outputs);
    expect(rounds.map(kinds)).toEqual(expected);
    expect(rounds.every(({ status }) => status === 'completed')).toBe(true);
    expect(rounds.at(-1)?.output_text).toContain(words);
  },
);

test('the endpoint’s own kinds of call tell what is to be done, and are to be answered', async () => {
  const ran = await answer(bodyOf('run: ls\npwd', { tools: builtIn }));
  expect(ran.output.find(({ type }) => type === 'shell_call')).toMatchObject({
    ...{ status: 'completed', environment: { type: 'local' } },
    action: { commands: ['ls', 'pwd'], timeout_ms: null, max_output_length: null },
  });
  const wrote = await answer(bodyOf('write: a.txt', { tools: builtIn }));
  expect(wrote.output.find(({ type }) => type === 'apply_patch_call')).toMatchObject({
    operation: { type: 'create_file', path: 'a.txt', diff: '+written by the practice endpoint\n' },
  });
  const body = bodyOf('write: a.txt', { tools: builtIn });
  const input = [...body.input, ...(wrote.output as ResponseInputItem[])];
  const open = client.responses.create({ ...body, input });
  await expect(open).rejects.toMatchObject({ status: 400, message: expect.stringContaining('No tool output found') });
});

test('a conversation that is kept goes on from the id of its last answer', async () => {
  const keeping = await startPractice({ workspaces: [copy.workspace], pace: 'instant', quirks: ['stored-only'] });
  const own = new OpenAI({ baseURL: keeping.url, apiKey: 'practice', maxRetries: 0 });
  try {
    const { store: _, ...body } = bodyOf('run: ls');
    await expect(own.responses.create({ ...body, store: false })).rejects.toMatchObject({ status: 400 });
    const first = await own.responses.create(body);
    const called = first.output.find((item) => item.type === 'function_call');
    const gave = { type: 'function_call_output' as const, call_id: called?.call_id ?? '', output: 'Exit code: 3' };
    const next = { ...body, previous_response_id: first.id, input: [gave] };
    const second = await own.responses.create(next);
    expect(second).toMatchObject({ previous_response_id: first.id, output_text: expect.stringContaining('code 3') });
    const streamed = own.responses.stream({ ...next, stream: true });
    for await (const event of streamed) note(event);
    expect((await streamed.finalResponse()).id).toBe(second.id);
    responses.push(second);
    const lost = own.responses.create({ ...next, previous_response_id: 'resp_0' });
    await expect(lost).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  } finally {
    await keeping.close();
  }
});

test('a command that is to leave the sandbox says why', async () => {
  const { output } = await answer(bodyOf('ask: ls'));
  const call = output.find((item) => item.type === 'function_call');
  const given = { command: 'ls', sandbox_permissions: 'require_escalated', justification: expect.any(String) };
  expect(JSON.parse(call?.arguments ?? '')).toEqual(given);
});

test('images are seen, in the prompt and in what a call gave', async () => {
  const image_url = 'data:image/png;base64,AAAA';
  const body = bodyOf('tool: read_file {}');
  const [first] = await play(body, []);
  const call = first?.output.find((item) => item.type === 'function_call');
  const content = [
    { type: 'input_text' as const, text: 'what do you see' },
    { type: 'input_image' as const, image_url, detail: 'auto' as const },
  ];
  const seenIn = await answer({ ...body, input: [{ role: 'user', content }] });
  expect(seenIn.output_text).toContain('one image:\n\n- image/png, 3 bytes');
  const output = [{ type: 'input_image' as const, image_url, detail: 'auto' as const }];
  const asked: ResponseInputItem[] = [{ role: 'user', content: 'what do you see' }];
  if (call === undefined) throw new Error('no call');
  asked.push(call, { type: 'function_call_output', call_id: call.call_id, output });
  expect((await answer({ ...body, input: asked })).output_text).toContain('image/png, 3 bytes');
});

const schema = {
  type: 'object',
  properties: {
    title: text,
    count: { type: 'integer', minimum: 3 },
    kind: { enum: ['a', 'b'] },
    list: { type: 'array', minItems: 2, items: { $ref: '#/$defs/one' } },
    perhaps: { anyOf: [{ type: 'null' }, text] },
  },
  $defs: { one: { type: 'object', properties: { yes: { type: 'boolean' } }, required: ['yes'] } },
};

test('JSON by a schema is the last word of the turn, and of no round before it', async () => {
  const format = { type: 'json_schema' as const, name: 'x', schema, strict: true };
  const rounds = await play(bodyOf('explain src/dates.js', { text: { format } }), ['export const a = 1;']);
  expect(rounds[0]?.output_text).toBe("I'll read `src/dates.js`.");
  const { title, ...rest } = JSON.parse(rounds[1]?.output_text ?? '');
  expect(title).toContain('It exports');
  expect(rest).toEqual({ count: 3, kind: 'a', list: [{ yes: true }, { yes: true }], perhaps: null });
});

test.each([
  ['dropped', (item: ResponseInputItem) => (item.type === 'reasoning' ? [] : [item]), 'missing_reasoning_item'],
  ['altered', (item: ResponseInputItem) => [altered(item, 'AAAA')], 'invalid_encrypted_content'],
  ['of another item', (item: ResponseInputItem) => [altered(item, null)], 'missing_reasoning_item'],
])('sealed reasoning that was %s is refused where nothing is stored', async (_how, change, code) => {
  const body = bodyOf('run: ls');
  const next = carried(body, await answer(body), 'Exit code: 0');
  const spoiled = { ...next, input: next.input.flatMap(change) };
  await expect(client.responses.create(spoiled)).rejects.toMatchObject({ status: 400, code });
  await expect(client.responses.create({ ...spoiled, stream: true })).rejects.toMatchObject({ status: 400, code });
  await expect(client.responses.create({ ...spoiled, store: true })).resolves.toMatchObject({ status: 'completed' });
  await expect(client.responses.create(next)).resolves.toMatchObject({ status: 'completed' });
  // Of a turn before, it need not be carried.
  const later = {
    ...spoiled,
    input: [...next.input.filter(({ type }) => type !== 'reasoning'), ...bodyOf('say: on').input],
  };
  await expect(client.responses.create(later)).resolves.toMatchObject({ output_text: 'on' });
});

function altered(item: ResponseInputItem, sealed: string | null): ResponseInputItem {
  return item.type === 'reasoning' ? { ...item, encrypted_content: sealed } : item;
}

const call = { type: 'function_call' as const, call_id: 'c', name: 'shell', arguments: '{}' };
const output = { type: 'function_call_output' as const, call_id: 'c', output: 'x' };
test.each<[string, ResponseInputItem[], string]>([
  ['an answer without its call', [output], 'No tool call found for function call output with call_id c.'],
  ['an answer before its call', [output, call], 'No tool call found for function call output with call_id c.'],
  ['a call without an answer', [call], 'No tool output found for function call c.'],
  ['two answers', [call, output, output], 'No tool call found for function call output with call_id c.'],
  ['two calls of one id', [call, call, output], 'call_id "c"'],
  [
    'an answer of another kind',
    [call, { ...output, type: 'custom_tool_call_output' }],
    'No tool call found for custom tool call output with call_id c.',
  ],
])('%s is refused', async (_what, items, message) => {
  const body = bodyOf('say: hello');
  const asked = client.responses.create({ ...body, input: [...items, ...body.input] });
  await expect(asked).rejects.toMatchObject({ status: 400, param: 'input', message: expect.stringContaining(message) });
});

test.each(['408', '409', '429', '500', '503'])('fail: %s once fails, is fine, and fails again', async (name) => {
  const body = bodyOf(`fail: ${name} once`);
  const failing = { status: Number(name) };
  await expect(client.responses.create(body)).rejects.toMatchObject(failing);
  expect((await client.responses.create(body)).output_text).toBe('It went well this time.');
  await expect(client.responses.create(body)).rejects.toMatchObject(failing);
  // The official client tries again by itself.
  const patient = new OpenAI({ baseURL: practice.url, apiKey: 'practice', maxRetries: 1 });
  const tried = await patient.responses.create(body);
  expect(tried.output_text).toBe('It went well this time.');
});

test('429 says when to try again', async () => {
  const failed = client.responses.create(bodyOf('fail: 429'));
  await expect(failed).rejects.toSatisfy(
    (error) => error instanceof OpenAI.APIError && error.headers?.get('retry-after') === '1',
  );
});

async function cutStream(body: Body): Promise<{ types: string[]; error: unknown }> {
  const types: string[] = [];
  try {
    for await (const event of await client.responses.create({ ...body, stream: true })) {
      note(event);
      types.push(event.type);
    }
    return { types, error: null };
  } catch (error) {
    return { types, error };
  }
}

test('cut once breaks before the first event, then is fine; cut breaks in mid-answer', async () => {
  const first = await cutStream(bodyOf('fail: cut once'));
  expect(first.types).toEqual([]);
  expect(first.error).not.toBe(null);
  expect((await cutStream(bodyOf('fail: cut once'))).types.at(-1)).toBe('response.completed');
  const middle = await cutStream(bodyOf('fail: cut'));
  expect(middle.error).not.toBe(null);
  expect(middle.types).toContain('response.output_text.delta');
});

test.each([
  ['fail: cut after run: ls', 'response.output_text.delta', null],
  ['fail: cut once after run: ls', undefined, 'The command ended'],
])('%s: the round of the call is fine, the next one is cut', async (prompt, last, then) => {
  const body = bodyOf(prompt);
  const first = await answer(body);
  expect(kinds(first)).toBe('reasoning shell');
  const next = carried(body, first, 'Exit code: 0');
  const cut = await cutStream(next);
  expect(cut.error).not.toBe(null);
  expect(cut.types.at(-1)).toBe(last);
  if (then === null) expect((await cutStream(next)).error).not.toBe(null);
  else expect((await client.responses.create(next)).output_text).toContain(then);
});

test('a refusal is one', async () => {
  const { output } = await answer(bodyOf('fail: refusal'));
  expect(output).toMatchObject(
    [{ type: 'message', content: [{ type: 'refusal', refusal: /can’t help/ }] }].map(() => ({})),
  );
  expect(output[0]).toMatchObject({ content: [{ type: 'refusal' }] });
});

test('a small window is full beyond its size', async () => {
  const model = 'practice-1k';
  expect((await answer(bodyOf('say: hello', { model }))).output_text).toBe('hello');
  const long = bodyOf(`say: ${'x'.repeat(5000)}`, { model });
  await expect(client.responses.create(long)).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
  const streamed = await cutStream(long);
  expect(streamed.types.at(-1)).toBe('response.failed');
  expect((await answer({ ...long, model: 'practice-4k' })).status).toBe('completed');
});

test('what was sent in all these tests has the types of the official client', { timeout: 60_000 }, async () => {
  await cutStream(bodyOf('fail: incomplete'));
  await cutStream(bodyOf('fail: context'));
  expect(seen.size).toBeGreaterThan(200);
  const folder = mkdtempSync(path.join(tmpdir(), 'conformity-'));
  try {
    const require = createRequire(import.meta.url);
    const openai = path.dirname(require.resolve('openai'));
    const options = {
      ...{ strict: true, noEmit: true, skipLibCheck: true, types: [] },
      ...{ module: 'esnext', target: 'es2024' },
    };
    const compilerOptions = { ...options, moduleResolution: 'bundler', paths: { 'openai/*': [`${openai}/*`] } };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['sent.ts'] }));
    const lines = [
      SENT_TYPES,
      ...[...seen.values()].map((event, index) => `export const event${index}: SentEvent = ${JSON.stringify(event)};`),
      ...responses.map((one, index) => `export const response${index}: Sent = ${JSON.stringify(sent(one))};`),
    ];
    writeFileSync(path.join(folder, 'sent.ts'), lines.join('\n'));
    const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    // A code that OpenAI sends and its types don't list. One of each kind of complaint says enough.
    const complaints = [...new Set(stdout.split('\n').map((line) => line.replace(/^.*?: error /, '')))];
    expect(complaints.filter((one) => !one.includes('"context_length_exceeded"'))).toEqual(['']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The client makes `output_text` itself; what else is left out came to the API later, and endpoints do without it. */
const SENT_TYPES = `
import type { Response, ResponseStreamEvent, ResponseUsage } from 'openai/resources/responses/responses';
type Details = Omit<ResponseUsage['input_tokens_details'], 'cache_write_tokens'>;
type Usage = Omit<ResponseUsage, 'input_tokens_details'> & { input_tokens_details: Details };
type Sent = Omit<Response, 'output_text' | 'access_programs' | 'usage'> & { usage?: Usage };
type SentOf<T> = T extends { response: Response } ? Omit<T, 'response'> & { response: Sent } : T;
type SentEvent = SentOf<ResponseStreamEvent>;`;

/** A response as it was sent: the client adds its whole text. */
function sent({ output_text: _, ...response }: Response): unknown {
  return response;
}
