import { expect, test } from 'vitest';
import { laneTurn, turnIo } from '../../../test/fakes/lane-turn.ts';
import type { LaneEvent } from '../../model/index.ts';
import { systemClock } from '../../node/index.ts';
import type { HistoryMessage, LaneTurn, SettingsSnapshot } from '../../ports/index.ts';
import { startPractice } from '../../practice/index.ts';
import { createResponsesLane } from './index.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** About 2,600 tokens as the practice endpoint counts them. */
const history: readonly HistoryMessage[] = Array.from({ length: 10 }, (_, index) => [
  { role: 'user' as const, text: `Question ${index}: ${'why '.repeat(120)}` },
  { role: 'assistant' as const, text: `Answer ${index}: ${'so '.repeat(160)}` },
]).flat();

type Options = {
  readonly turn?: Partial<LaneTurn>;
  /** Of the endpoint; what the lane knows of it is `told`. */
  readonly window: number;
  readonly told: number | null;
  readonly onRequest?: (count: number, stop: () => void) => Response | null;
  readonly maxRounds?: number;
};

async function run({ turn = {}, window, told, onRequest, maxRounds = 100 }: Options) {
  const practice = await startPractice({ pace: 'instant', contextWindow: window });
  const bodies: string[] = [];
  const events: LaneEvent[] = [];
  const stopper = new AbortController();
  try {
    const settings = {
      ...{ apiBaseUrl: practice.url, apiModel: 'practice', apiEffort: null, apiHeaders: {}, apiPrices: {} },
      ...{ apiMaxRounds: maxRounds, apiMaxTokens: 1e9, apiMaxMinutes: 60, apiContextWindow: null },
    } as unknown as SettingsSnapshot;
    const lane = createResponsesLane({
      ...{ settings: () => settings, keyFor: async () => null, clock: systemClock, log: silent },
      modelFacts: (id) => ({ id, label: id, description: '', ...(told === null ? {} : { contextWindow: told }) }),
      fetch: async (url, init) => {
        bodies.push(String(init?.body));
        return onRequest?.(bodies.length, () => stopper.abort('user')) ?? fetch(url, init);
      },
    });
    const end = await lane.run(
      laneTurn({ text: 'say: hello', history, ...turn }),
      turnIo({ emit: (event) => events.push(event), signal: stopper.signal }),
    );
    const compacted = events.filter((event) => event.kind === 'context_compacted');
    const texts = events.flatMap((event) => (event.kind === 'assistant_text' ? [event.text] : []));
    return { end, bodies, events, compacted, text: texts.join('') };
  } finally {
    await practice.close();
  }
}

test('a conversation that would not fit is summed up first; the request after it goes on with the summary', async () => {
  const { end, bodies, compacted, text } = await run({ window: 2500, told: 2500 });
  expect(end).toMatchObject({ outcome: 'completed', facts: { rounds: 2 } });
  expect(text).toBe('hello');
  expect(compacted).toMatchObject([{ how: 'lanes', before: expect.any(Number), after: expect.any(Number) }]);
  const [event] = compacted;
  if (event?.kind !== 'context_compacted') throw new Error('none');
  expect(event.before).toBeGreaterThan(2500 * 0.85);
  expect(event.after).toBeLessThan(2500 * 0.6);
  expect(bodies).toHaveLength(2);
  expect(bodies[0]).toContain('<conversation>');
  expect(bodies[1]).toContain(JSON.stringify(event.summary).slice(1, 60));
  expect(bodies[1]).toContain('say: hello');
  expect(bodies[1]).not.toContain('Question 0');
});

test('with a window that nobody knows it is summed up once the endpoint says that it is too long', async () => {
  const { end, bodies, compacted, text } = await run({ window: 2000, told: null });
  expect(end.outcome).toBe('completed');
  expect(text).toBe('hello');
  expect(compacted).toHaveLength(1);
  // Refused; told in full, which is too long as well, then in half; the answer.
  expect(bodies).toHaveLength(4);
  expect(end.facts.rounds).toBe(4);
});

test('one that fits is left as it is', async () => {
  const { end, bodies, compacted } = await run({ window: 100_000, told: 100_000 });
  expect([end.outcome, bodies.length, compacted.length]).toEqual(['completed', 1, 0]);
});

test('a stop in the middle of it ends the turn; nothing is compacted', async () => {
  const { end, compacted, text } = await run({
    window: 2500,
    told: 2500,
    onRequest: (_count, stop) => {
      stop();
      return null;
    },
  });
  expect([end.outcome, compacted.length, text]).toEqual(['interrupted', 0, '']);
});

test('where it fails the turn says so, and a prompt alone is not even tried', async () => {
  const refused = (): Response =>
    Response.json({ error: { code: 'context_length_exceeded', message: 'too long' } }, { status: 400 });
  const failing = await run({ window: 2500, told: null, onRequest: refused });
  expect(failing.end).toMatchObject({ outcome: 'failed', error: { code: 'context_full' } });
  expect([failing.bodies.length, failing.compacted.length]).toEqual([4, 0]);
  const alone = await run({ window: 2500, told: null, onRequest: refused, turn: { history: [] } });
  expect(alone.end).toMatchObject({ outcome: 'failed', error: { code: 'context_full' } });
  expect(alone.bodies).toHaveLength(1);
});

test('it counts: with a budget of one round it is all that the turn does', async () => {
  const { end, bodies, compacted } = await run({ window: 2500, told: 2500, maxRounds: 1 });
  expect(end.outcome).toBe('failed');
  expect([bodies.length, compacted.length]).toEqual([1, 1]);
});

test('as an act it is the whole turn, and it shows no answer', async () => {
  const { end, bodies, compacted, text } = await run({ window: 1e6, told: null, turn: { act: { kind: 'compact' } } });
  expect(end).toMatchObject({ outcome: 'completed', facts: { rounds: 1 } });
  expect([bodies.length, compacted.length, text]).toEqual([1, 1, '']);
  expect(bodies[0]).not.toContain('say: hello');
  const none = await run({ window: 1e6, told: null, turn: { act: { kind: 'compact' }, history: [] } });
  expect(none.end).toMatchObject({ outcome: 'failed', error: { code: 'bad_request' } });
  expect(none.bodies).toEqual([]);
});

test('a budget that is spent asks for no summary of what was refused as too long', async () => {
  const refused = (): Response =>
    Response.json({ error: { code: 'context_length_exceeded', message: 'too long' } }, { status: 400 });
  const { end, bodies } = await run({ window: 2500, told: null, maxRounds: 1, onRequest: refused });
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'budget_spent' } });
  expect(bodies).toHaveLength(1);
});
