import { expect, test } from 'vitest';
import { laneTurn, turnIo } from '../../../test/fakes/lane-turn.ts';
import { nativeSettings } from '../../../test/fakes/settings.ts';
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
      ...{ apiMaxRounds: 100, apiMaxTokens: 1e9, apiMaxMinutes: 60 },
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

test('rounds: what it calls is run by the tools of the turn, and it goes on from what they answer', async () => {
  const practice = await startPractice({ pace: 'instant' });
  const ran: string[] = [];
  try {
    const settings = { ...nativeSettings, apiBaseUrl: practice.url, apiModel: 'practice', apiTools: true };
    const lane = createResponsesLane({
      settings: () => settings,
      keyFor: async () => null,
      clock: systemClock,
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      tools: {
        offered: () => true,
        open: async () => ({
          specs: [
            { name: 'editor_look', description: '', parameters: { type: 'object', properties: {} }, parallel: true },
          ],
          call: async ({ name, input }) => {
            ran.push(`${name} ${input}`);
            return { parts: [{ type: 'text', text: 'seen' }], status: 'completed' };
          },
          commands: () => ({ sandboxed: 0, unsandboxed: 0 }),
          end: async () => undefined,
        }),
      },
    });
    const events: LaneEvent[] = [];
    const end = await lane.run(
      laneTurn({ text: 'tool: editor_look {"at":1}', cwd: '/repo' }),
      turnIo({ emit: (event) => events.push(event) }),
    );
    expect(end).toMatchObject({ outcome: 'completed', facts: { rounds: 2 } });
    expect(ran).toEqual(['editor_look {"at":1}']);
    expect(events.findLast((event) => event.kind === 'assistant_text')).toMatchObject({
      text: expect.stringContaining('seen'),
    });
    expect(lane.capabilities.commands).toBe(true);
  } finally {
    await practice.close();
  }
});
