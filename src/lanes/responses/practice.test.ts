import { expect, test } from 'vitest';
import { laneTurn, turnIo } from '../../../test/fakes/lane-turn.ts';
import type { LaneEvent } from '../../model/index.ts';
import { systemClock } from '../../node/index.ts';
import type { SettingsSnapshot } from '../../ports/index.ts';
import { startPractice } from '../../practice/index.ts';
import { createResponsesLane, probeApi } from './index.ts';

/** The practice endpoint knows nothing of this lane: an independent oracle. */
test.each([
  ['say: hello there', 'completed', undefined],
  ['fail: 401', 'failed', 'unauthorized'],
  ['fail: 403', 'failed', 'forbidden'],
  ['fail: 404', 'failed', 'model_unknown'],
  ['fail: quota', 'failed', 'quota_exceeded'],
  ['fail: context', 'failed', 'context_full'],
  ['fail: incomplete', 'failed', 'incomplete'],
  ['fail: cut', 'failed', 'stream_cut'],
])('%s ends as %s %s', async (text, outcome, code) => {
  const practice = await startPractice({ pace: 'instant' });
  try {
    const settings = {
      apiBaseUrl: practice.url,
      apiModel: 'practice',
      apiEffort: null,
      apiHeaders: {},
    } as unknown as SettingsSnapshot;
    const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const deps = { settings: () => settings, keyFor: async () => null, clock: systemClock, log: silent };
    const lane = createResponsesLane(deps);
    const events: LaneEvent[] = [];
    const end = await lane.run(
      laneTurn({ text, cwd: '/repo', sandbox: 'read-only' }),
      turnIo({ emit: (event) => events.push(event) }),
    );
    expect(end).toMatchObject({ outcome, facts: { endpoint: 'practice (offline)' } });
    if (end.outcome === 'failed') expect(end.error.code).toBe(code);
    if (outcome === 'completed') {
      expect(events.findLast((event) => event.kind === 'assistant_text')).toMatchObject({ text: 'hello there' });
      expect(events.some((event) => event.kind === 'unsupported_raw_event')).toBe(false);
    }
    expect(await probeApi({ settings, key: null })).toMatchObject({
      reach: 'reachable',
      endpointLabel: 'practice (offline)',
    });
  } finally {
    await practice.close();
  }
});
