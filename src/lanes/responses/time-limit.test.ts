import { expect, test } from 'vitest';
import { laneTurn, turnIo } from '../../../test/fakes/lane-turn.ts';
import { nativeSettings } from '../../../test/fakes/settings.ts';
import type { LaneEvent } from '../../model/index.ts';
import { createResponsesLane } from './index.ts';

test('an answer without an end is stopped when the minutes of the turn are over, not only behind it', async () => {
  let now = 0;
  const timers = new Map<object, { readonly at: number; readonly call: () => void }>();
  const events: LaneEvent[] = [];
  const stop = new AbortController();
  let cut = false;
  const lane = createResponsesLane({
    settings: () => ({ ...nativeSettings, apiBaseUrl: 'http://localhost/v1', apiModel: 'm', apiMaxMinutes: 5 }),
    keyFor: async () => null,
    clock: {
      now: () => now,
      monotonic: () => now,
      after: (ms, call) => {
        const timer = { at: now + ms, call };
        timers.set(timer, timer);
        return () => void timers.delete(timer);
      },
    },
    fetch: async (_url, init) => {
      const body = new ReadableStream<Uint8Array>({
        pull: async (stream) => {
          // It says something every minute, so that no silence ends it.
          await new Promise((next) => setImmediate(next));
          if (init?.signal?.aborted) {
            cut = true;
            stream.error(new Error('aborted'));
            return;
          }
          now += 60_000;
          const delta = { type: 'response.output_text.delta', item_id: 'a', delta: 'on ' };
          stream.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(delta)}\n\n`));
          for (const timer of [...timers.values()].filter(({ at }) => at <= now)) {
            timers.delete(timer);
            timer.call();
          }
          if (now > 60 * 60_000) stop.abort('user');
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  const end = await lane.run(
    laneTurn({ text: 'hi' }),
    turnIo({ emit: (event) => events.push(event), signal: stop.signal }),
  );
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'budget_spent' } });
  expect(now).toBeLessThanOrEqual(7 * 60_000);
  expect(cut).toBe(true);
  // Nothing is left that would fire.
  expect([...timers.values()]).toEqual([]);
});
