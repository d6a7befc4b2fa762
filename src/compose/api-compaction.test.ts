import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { ThreadId } from '../model/index.ts';
import { requestId } from '../model/index.ts';
import type { RecordedEndpoint } from './testing/recorded-endpoint.ts';
import { recordedEndpoint } from './testing/recorded-endpoint.ts';
import { send, TestRoom } from './testing/test-app.ts';

const patience = { timeout: 30_000, interval: 10 };
let room: TestRoom;
let endpoint: RecordedEndpoint;
beforeEach(async () => {
  room = new TestRoom();
  endpoint = await recordedEndpoint(room.work);
});
afterEach(async () => {
  await room.close();
  await endpoint.close();
});

const open = (): Promise<App> =>
  room.open({ practiceUrl: endpoint.url, settings: { lane: { value: 'api', source: 'test' } } });
const ofKind = (kind: string) => room.events.filter((event) => event.kind === kind);
const lastInput = (): readonly { readonly role?: string }[] =>
  JSON.parse(endpoint.asked.findLast(({ method }) => method === 'POST')?.body ?? '{}').input;

async function ended(count: number): Promise<void> {
  await vi.waitFor(() => expect(ofKind('receipt')).toHaveLength(count), patience);
}

async function compact(app: App, thread: ThreadId): Promise<void> {
  const asked = await app.threads.submit(thread, {
    requestId: requestId('compact-1'),
    text: 'Compact',
    act: { kind: 'compact' },
  });
  expect(asked).toEqual({ ok: true });
}

test('what was summed up stays so in the next turn, and in another window', async () => {
  const app = await open();
  const thread = app.threads.create(room.work);
  await send(app, thread, 'say: the-first-answer');
  await ended(1);
  await compact(app, thread);
  await ended(2);
  expect(ofKind('turn_failed')).toEqual([]);
  expect(ofKind('context_compacted')).toMatchObject([{ how: 'lanes', summary: expect.any(String) }]);
  expect(ofKind('receipt').at(-1)).toMatchObject({ receipt: { rounds: 1, usage: { input: expect.any(Number) } } });
  await send(app, thread, 'say: second');
  await ended(3);
  const input = lastInput();
  expect(input.map(({ role }) => role)).toEqual(['user', 'user']);
  expect(JSON.stringify(input[0])).toContain('summed up');
  await app.close();

  const again = await open();
  await send(again, thread, 'say: third');
  await ended(4);
  const later = lastInput();
  expect(later.map(({ role }) => role)).toEqual(['user', 'user', 'assistant', 'user']);
  expect(later[0]).toEqual(input[0]);
});

test('a compaction that fails changes nothing of what the next turn is told', async () => {
  const app = await open();
  const thread = app.threads.create(room.work);
  await send(app, thread, 'say: the-first-answer');
  await ended(1);
  endpoint.instead = { status: 400, body: '{"error":{"message":"no"}}' };
  await compact(app, thread);
  await ended(2);
  expect(ofKind('turn_failed')).toHaveLength(1);
  expect(ofKind('context_compacted')).toEqual([]);
  endpoint.instead = null;
  await send(app, thread, 'say: second');
  await ended(3);
  expect(lastInput().map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
});
