import { expect, test } from 'vitest';
import * as z from 'zod';
import type { LaneEvent } from '../model/index.ts';
import { itemId } from '../model/index.ts';
import { planArguments, planTool } from './plan.ts';

const call = { itemId: itemId('i'), name: 'update_plan', input: '' };
const ioOf = (events: LaneEvent[]) => ({
  emit: (event: LaneEvent) => void events.push(event),
  approvals: { ask: () => Promise.reject(new Error('asked')), fill: () => Promise.reject(new Error('asked')) },
  beforeChange: async () => undefined,
  signal: new AbortController().signal,
});

test('the schema that the model sees is the one that is checked', () => {
  const { $schema: _, ...schema } = z.toJSONSchema(planArguments, { io: 'input' });
  expect(planTool().spec.parameters).toEqual(schema);
});

test('a plan is shown as a plan', async () => {
  const events: LaneEvent[] = [];
  const plan = [{ step: 'Look', status: 'completed' }];
  expect(await planTool().run({ plan }, call, ioOf(events))).toMatchObject({ status: 'completed' });
  expect(events).toEqual([{ kind: 'plan_updated', steps: [{ text: 'Look', status: 'completed' }], itemId: 'i' }]);
});

test('what does not fit is named, and nothing is shown', async () => {
  const events: LaneEvent[] = [];
  const outcome = await planTool().run({ plan: [{ step: 'Look', status: 'done' }] }, call, ioOf(events));
  expect(outcome.status).toBe('failed');
  expect(outcome.parts[0]).toMatchObject({ text: expect.stringContaining('plan.0.status') });
  expect(events).toEqual([]);
});
