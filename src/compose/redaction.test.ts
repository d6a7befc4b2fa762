import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

// What a model of the API lane does with a value of the vault: nothing that we write holds it.

const patience = { timeout: 30_000, interval: 10 };
let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

type Round = readonly object[];

/** Answers one request after the other, and hears what it is asked. */
async function endpointOf(rounds: readonly Round[]): Promise<{ readonly url: string; readonly bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => {
      body += String(data);
    });
    request.on('end', () => {
      if (request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      const items = rounds[bodies.push(body) - 1] ?? [];
      const said = [
        { type: 'response.created', response: {} },
        ...items.map((item, output_index) => ({ type: 'response.output_item.done', output_index, item })),
        { type: 'response.completed', response: {} },
      ];
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(said.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const before = close;
  close = async () => {
    await before();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, bodies };
}

let calls = 0;
const call = (name: string, args: object | string) => {
  calls += 1;
  const text = typeof args === 'string' ? args : JSON.stringify(args);
  return { type: 'function_call', id: `fc${calls}`, call_id: `c${calls}`, name, arguments: text };
};

test.skipIf(realCodex === '' || process.platform !== 'linux').each([
  ['plain', 'the-value-of-the-vault-4711'],
  ['with a quote and a backslash', 'the"value\\of-the-vault-4711'],
])('a value of the vault, %s: in arguments, diffs, files, words and the next turn', async (_name, value) => {
  const room = new TestRoom();
  close = () => room.close();
  const patch = ['*** Begin Patch', '*** Add File: made.txt', `+key ${value}`, '*** End Patch'].join('\n');
  const halves = [value.slice(0, 9), value.slice(9)].map((half) => `'${half}'`);
  const { url, bodies } = await endpointOf([
    [
      { type: 'reasoning', id: 'rs', summary: [{ text: `I think ${value}` }] },
      call('read_file', { path: 'notes.txt' }),
      call('search_files', { pattern: value, literal: true }),
      call('read_file', { path: value }),
      call('no_such_tool', { a: [{ [value]: value }] }),
      call('read_file', `{"path": ${JSON.stringify(value)}, broken`),
      { type: 'custom_tool_call', id: 'ct', call_id: 'ct', name: 'apply_patch', input: patch },
      call('shell', { command: `echo 'x ${value}'; printf %s ${halves[0]}; sleep 0.3; printf %s ${halves[1]}` }),
      call('update_plan', { plan: [{ step: value, status: 'pending' }] }),
      { type: 'brand_new_item', id: 'bn', deep: { is: [value] } },
    ],
    [{ type: 'message', id: 'm', content: [{ type: 'output_text', text: `Done with ${value}.` }] }],
    [{ type: 'message', id: 'm', content: [{ type: 'output_text', text: 'On.' }] }],
  ]);
  const app = await room.open({
    practiceUrl: url,
    settings: { lane: { value: 'api', source: 'test' }, apiTools: true, apiPolicy: 'full', keepRawStreams: true },
    vault: new Map([[new URL(url).origin, value]]),
  });
  writeFileSync(join(room.work, 'notes.txt'), `first\nkey: ${value}\nrest\n`);
  const thread = app.threads.create(room.work);
  const receipts = () => room.events.filter(({ kind }) => kind === 'receipt');
  await send(app, thread, `what is ${value}?`);
  await vi.waitFor(() => expect(receipts()).toHaveLength(1), patience);
  await send(app, thread, 'go on');
  await vi.waitFor(() => expect(receipts()).toHaveLength(2), patience);
  // All of it was really there, and the model worked with it.
  expect(readFileSync(join(room.work, 'made.txt'), 'utf8')).toContain(value);
  expect(
    JSON.parse(bodies[1] ?? '')
      .input.map((item: object) => JSON.stringify(item))
      .join(),
  ).toContain('rest');
  const done = room.events.filter((event) => 'status' in event && event.status === 'completed');
  expect(done.map(({ kind }) => kind)).toEqual(['tool_call', 'file_change', 'command_execution']);
  const spellings = [value, JSON.stringify(value).slice(1, -1), JSON.stringify(JSON.stringify(value)).slice(3, -3)];
  const has = (text: string) => spellings.some((one) => text.includes(one));
  // The conversation is rebuilt from the log: what is told again is what the log holds.
  const again: object[] = JSON.parse(bodies[2] ?? '').input;
  expect(again.map((item) => JSON.stringify(item)).filter(has)).toEqual([]);
  expect(bodies[2]).toContain('[redacted:');
  const told = room.events.filter((event) => has(JSON.stringify(event))).map(({ kind }) => kind);
  expect(told).toEqual([]);
  expect(room.logged.filter(has)).toEqual([]);
  await app.close();
  const files = readdirSync(room.dataHome, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const kept = files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => !path.includes('/blobs/'));
  expect(kept.some((path) => path.endsWith('events.jsonl'))).toBe(true);
  expect(kept.some((path) => path.includes('raw'))).toBe(true);
  const lines = kept.flatMap((path) => readFileSync(path, 'utf8').split('\n'));
  expect(lines.filter(has).map((line) => line.slice(0, 300))).toEqual([]);
});
