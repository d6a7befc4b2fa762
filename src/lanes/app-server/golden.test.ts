import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { captureNames, linesOf, rawLinesOf, replayed } from './testing/replayed.ts';

const golden = new URL('../../../test/golden/app-server/', import.meta.url);

describe('captures of the real app-server', () => {
  test('are there, each with its golden file and no golden file without one', () => {
    expect(captureNames.length).toBeGreaterThan(5);
    const recorded = readdirSync(golden).map((name) => name.replace(/\.jsonl$/, ''));
    expect(recorded.toSorted()).toEqual(captureNames);
  });

  test.each(captureNames)('%s', async (name) => {
    const told = replayed(linesOf(name));
    const text = told.map((call) => `${JSON.stringify(call)}\n`).join('');
    await expect(text).toMatchFileSnapshot(new URL(`${name}.jsonl`, golden).pathname);
  });

  test.each(captureNames)('%s says the same as raw lines of both sides', (name) => {
    expect(replayed(rawLinesOf(name, 'both'))).toEqual(replayed(linesOf(name)));
  });

  test('without the client’s lines only its own words are missing: its prompts come as items, its answers are unknown', () => {
    const heard = replayed(rawLinesOf('as-approvals', 'server'));
    const all = replayed(linesOf('as-approvals'));
    const ends = (calls: typeof all) => calls.flatMap((call) => (call.call === 'end' ? [call.end] : []));
    expect(ends(heard)).toEqual(ends(all));
    const bodies = (calls: typeof all, kind: string) =>
      calls.flatMap((call) => (call.call === 'event' && call.event.kind === kind ? [call.event] : []));
    expect(bodies(heard, 'user_message')).toEqual(bodies(all, 'user_message'));
    expect(bodies(heard, 'approval_requested')).toEqual(bodies(all, 'approval_requested'));
    const decisions = bodies(heard, 'approval_resolved').map((event) => 'decision' in event && event.decision);
    expect(new Set(decisions)).toEqual(new Set(['unknown']));
  });
});
