import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ToolEndpoint } from '../lanes/app-server/testing/tool-endpoint.ts';
import { startToolEndpoint } from '../lanes/app-server/testing/tool-endpoint.ts';
import { practiceCodexConfig } from '../practice/index.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

const patience = { timeout: 30_000, interval: 10 };
const secret = 'correct-horse-battery-staple';

let room: TestRoom;
let endpoint: ToolEndpoint;
beforeEach(async () => {
  room = new TestRoom();
  endpoint = await startToolEndpoint();
});
afterEach(async () => {
  await room.close();
  await endpoint.close();
});

/** Every file of ours, by name; Codex's own home is not among them. */
function ours(): ReadonlyMap<string, string> {
  const names = readdirSync(room.dataHome, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
}

test.skipIf(realCodex === '')(
  'a secret that the model asks for: it gets it, and nothing of ours keeps it',
  async () => {
    const app = await room.open({
      config: () =>
        practiceCodexConfig(endpoint.url).replace('[features]', '[features]\ndefault_mode_request_user_input = true'),
      settings: {
        nativeInteractive: { value: true, source: 'codexLanes.native.interactive' },
        keepRawStreams: true,
      },
    });
    const thread = app.threads.create(room.work);
    const fields = [
      {
        id: 'key',
        header: 'Key',
        question: 'The key?',
        isSecret: true,
        options: [{ label: 'None', description: '-' }],
      },
      { id: 'name', header: 'Name', question: 'Whose?', options: [{ label: 'Mine', description: '-' }] },
    ];
    await send(app, thread, `quietly call request_user_input ${JSON.stringify({ questions: fields })}`);
    const question = () => room.events.find((event) => event.kind === 'approval_requested');
    await vi.waitFor(() => expect(question()).toBeDefined(), patience);
    expect(question()?.fields?.map(({ id, isSecret }) => [id, isSecret])).toEqual([
      ['key', true],
      ['name', false],
    ]);
    const approvalId = question()?.approvalId;
    if (approvalId === undefined) throw new Error('nothing is asked');
    const answers = { key: [secret], name: ['Ada'] };
    expect(await app.threads.answer(thread, approvalId, { decision: 'answer', answers })).toMatchObject({ ok: true });
    await vi.waitFor(() => expect(room.events.some(({ kind }) => kind === 'receipt')).toBe(true), patience);
    // The model has it.
    expect(endpoint.heard()).toContain(secret);
    const resolved = room.events.find((event) => event.kind === 'approval_resolved');
    expect(resolved).toMatchObject({ decision: 'answer', decidedBy: 'user', answers: { name: ['Ada'] } });
    await app.close();
    const kept = ours();
    expect([...kept.keys()].some((file) => file.endsWith('events.jsonl'))).toBe(true);
    // What is not secret is kept where it belongs, so that a search of the wrong files would be noticed.
    expect([...kept].filter(([, text]) => text.includes('"Ada"'))).not.toEqual([]);
    expect([...kept].filter(([, text]) => text.includes(secret)).map(([file]) => file)).toEqual([]);
    expect(JSON.stringify([room.events, room.logged])).not.toContain(secret);
  },
);
