import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nativeThreadId } from '../../model/index.ts';
import { practiceCodexConfig } from '../../practice/index.ts';
import { otherProvider } from './other-provider.ts';
import { LaneRoom, realCodex } from './testing/lane-room.ts';
import type { TurnLease } from './turn-lease.ts';

test.skipIf(realCodex === null)(
  'a thread of another provider than the configured one is not gone on with; its own goes on, and a fork takes the new one',
  async () => {
    const room = await LaneRoom.open();
    try {
      const { run } = room.lane();
      const config = practiceCodexConfig(room.practice.url);
      const configure = (text: string) => writeFileSync(join(room.root, 'codex-home/config.toml'), text);
      const team = `\n[model_providers.team]\nname = "Team"\nbase_url = "${room.practice.url}"\nwire_api = "responses"\n`;
      const { facts } = await run('say: one').end;
      const { nativeThreadId: parent } = facts;
      configure(config.replace('model_provider = "practice"', 'model_provider = "team"') + team);
      const refused = run('say: two', { turn: { nativeThreadId: parent } });
      expect(await refused.end).toMatchObject({
        outcome: 'failed',
        error: {
          code: 'bad_request',
          retryable: false,
          message: expect.stringContaining('“practice” and does not go on with “team”'),
          hint: expect.stringContaining('Fork'),
        },
        facts: { usage: null },
      });
      expect(refused.text()).toBe('');
      expect((await run('say: two', { turn: { forkOf: parent } }).end).outcome).toBe('completed');
      configure(config + team);
      // It was let go.
      expect((await run('say: three', { turn: { nativeThreadId: parent } }).end).outcome).toBe('completed');
    } finally {
      await room.close();
    }
  },
);

test('where a layer above the file names another provider, that one counts; what nobody can tell counts as configured', async () => {
  const asked: string[] = [];
  const leaseOf = (answer: unknown) =>
    ({
      request: async (method: string, _: unknown, read: { parse: (value: unknown) => unknown }) => {
        asked.push(method);
        if (answer instanceof Error) throw answer;
        return read.parse(answer);
      },
    }) as unknown as TurnLease;
  const open = { id: nativeThreadId('t'), sandbox: null, how: 'resumed', provider: 'a' } as const;
  const why = (answer: unknown, more = {}, configured: string | null = 'b') =>
    otherProvider(leaseOf(answer), { ...open, ...more }, configured, '/w');
  expect(await why({ config: { model_provider: 'a' } })).toBeNull();
  expect(await why({ config: { model_provider: 'c' } })).toMatchObject({ message: expect.stringContaining('“c”') });
  expect(await why({ config: {} })).toMatchObject({ message: expect.stringContaining('“openai”') });
  expect(await why(new Error('no such method'))).toMatchObject({ message: expect.stringContaining('“b”') });
  expect(asked).toHaveLength(4);
  // Nothing to compare, or nothing that differs: nobody is asked.
  expect(await why(null, {}, 'a')).toBeNull();
  expect(await why(null, {}, null)).toBeNull();
  expect(await why(null, { how: 'forked' })).toBeNull();
  expect(await why(null, { provider: undefined })).toBeNull();
  expect(asked).toHaveLength(4);
});
