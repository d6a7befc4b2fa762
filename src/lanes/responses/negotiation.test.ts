import { expect, test } from 'vitest';
import { laneTurn, turnIo } from '../../../test/fakes/lane-turn.ts';
import type { EndpointQuirk, LaneEvent } from '../../model/index.ts';
import { endpointFeatures } from '../../model/index.ts';
import { systemClock } from '../../node/index.ts';
import type { EndpointMemory, SettingsSnapshot } from '../../ports/index.ts';
import type { Quirk } from '../../practice/index.ts';
import { QUIRKS, startPractice } from '../../practice/index.ts';
import type { EndpointFeatures } from './features.ts';
import { createResponsesLane } from './index.ts';
import { openNegotiation } from './negotiation.ts';
import { readRefusedRequest } from './refused-request.ts';
import type { RoundEnd } from './round.ts';
import { usedFeatures } from './used-features.ts';

function memoryOf(): EndpointMemory & { readonly learnt: EndpointQuirk[] } {
  const learnt: EndpointQuirk[] = [];
  return {
    learnt,
    quirks: async () => learnt,
    learn: async (_endpoint, _model, quirk) => {
      learnt.push(quirk);
    },
  };
}

/** All that a request can use; the practice endpoint keeps nothing, so that an earlier answer is named by none. */
function bodyFor(has: EndpointFeatures): string {
  const strict = has.strictSchemas ? { strict: true } : {};
  return JSON.stringify({
    model: 'practice',
    input: [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'say: hello' },
          ...(has.images ? [{ type: 'input_image', image_url: 'data:image/png;base64,AA==' }] : []),
        ],
      },
    ],
    reasoning: {
      ...(has.reasoningEffort ? { effort: 'low' } : {}),
      ...(has.reasoningSummary ? { summary: 'auto' } : {}),
    },
    ...(has.encryptedReasoning ? { include: ['reasoning.encrypted_content'] } : {}),
    ...(has.store ? { store: false } : {}),
    ...(has.parallelCalls ? { parallel_tool_calls: true } : {}),
    ...(has.serviceTier ? { service_tier: 'flex' } : {}),
    text: {
      ...(has.verbosity ? { verbosity: 'low' } : {}),
      ...(has.structuredOutput ? { format: { type: 'json_schema', name: 'a', schema: {} } } : {}),
    },
    ...(has.tools
      ? {
          tools: [
            { type: 'function', name: 'f', parameters: {}, ...strict },
            ...(has.customTools ? [{ type: 'custom', name: 'c' }] : []),
            ...(has.webSearch ? [{ type: 'web_search' }] : []),
            ...(has.builtInTools ? [{ type: 'shell' }] : []),
          ],
        }
      : {}),
  });
}

async function converse(quirks: readonly Quirk[], memory = memoryOf()) {
  const practice = await startPractice({ pace: 'instant', quirks });
  const statuses: number[] = [];
  const events: LaneEvent[] = [];
  try {
    const about = { memory, endpoint: practice.url, host: 'h', model: 'practice', clock: systemClock };
    const negotiation = await openNegotiation({ ...about, emit: (event) => events.push(event) });
    const end = await negotiation.send(bodyFor, async (body): Promise<RoundEnd> => {
      const answer = await fetch(`${practice.url}/responses`, { method: 'POST', body });
      statuses.push(answer.status);
      const text = await answer.text();
      if (answer.ok) return { outcome: 'completed' };
      const error = { code: 'bad_request', message: '', retryable: false, hint: null } as const;
      return { outcome: 'failed', error, refusal: readRefusedRequest(answer.status, text) };
    });
    return { end, statuses, events, memory, features: negotiation.features() };
  } finally {
    await practice.close();
  }
}

test.each(QUIRKS.filter((quirk) => quirk !== 'no-previous-response' && quirk !== 'forgets-answers'))(
  'a server with %s is asked once more',
  async (quirk) => {
    const { end, statuses, events, memory } = await converse([quirk]);
    expect(end).toEqual({ outcome: 'completed' });
    // Nothing was answered, and so paid for, twice.
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    // Which kind of tool is meant is not always said: then each is tried in turn.
    expect(statuses.length).toBeLessThanOrEqual(quirk === 'no-built-in-tools' ? 4 : 2);
    expect(events).toHaveLength(statuses.length - 1);
    expect(memory.learnt).toHaveLength(statuses.length - 1);
    const again = await converse([quirk], memory);
    expect(again.statuses).toEqual([200]);
    expect(again.events).toEqual([]);
  },
);

test('a server with every quirk is found out, a feature a try', async () => {
  const { end, statuses, memory, features } = await converse(QUIRKS);
  expect(end).toEqual({ outcome: 'completed' });
  expect(statuses.at(-1)).toBe(200);
  expect(new Set(statuses.slice(0, -1))).not.toContain(200);
  expect(statuses.length).toBeLessThanOrEqual(endpointFeatures.length + 1);
  expect(new Set(memory.learnt.map(({ feature }) => feature)).size).toBe(statuses.length - 1);
  expect(usedFeatures(JSON.parse(bodyFor(features)))).toEqual(new Set());
});

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test('a turn says once what it leaves out, and the next one does not ask for it', async () => {
  const practice = await startPractice({
    pace: 'instant',
    quirks: ['no-reasoning-summary', 'no-verbosity', 'no-service-tier', 'no-store'],
  });
  try {
    const settings = {
      ...{ apiBaseUrl: practice.url, apiModel: 'practice', apiEffort: 'low', apiHeaders: {} },
      ...{ apiMaxRounds: 100, apiMaxTokens: 1e9, apiMaxMinutes: 60 },
      ...{ apiVerbosity: 'low', apiServiceTier: 'flex' },
    } as unknown as SettingsSnapshot;
    const memory = memoryOf();
    const lane = createResponsesLane({
      ...{ settings: () => settings, keyFor: async () => null, clock: systemClock, log: silent },
      endpoints: memory,
    });
    const run = async () => {
      const events: LaneEvent[] = [];
      const end = await lane.run(laneTurn({ text: 'say: hi' }), turnIo({ emit: (event) => events.push(event) }));
      expect(end.outcome).toBe('completed');
      return events.flatMap((event) => (event.kind === 'system_notice' ? [event.text] : []));
    };
    const host = new URL(practice.url).host;
    expect(await run()).toEqual([
      `The endpoint ${host} does not take summaries of reasoning: left out from now on.`,
      `The endpoint ${host} does not take requests that it is to keep nothing of: left out from now on.`,
      `The endpoint ${host} does not take this verbosity: left out from now on.`,
      `The endpoint ${host} does not take this service tier: left out from now on.`,
    ]);
    expect(await run()).toEqual([]);
    expect(memory.learnt[0]).toMatchObject({
      feature: 'reasoningSummary',
      why: 'Your organization must be verified to generate reasoning summaries.',
    });
  } finally {
    await practice.close();
  }
});

test('what the list of models says is not taken is not even sent, and the turn says so', async () => {
  const practice = await startPractice({ pace: 'instant', quirks: ['no-reasoning-effort', 'no-verbosity'] });
  try {
    const settings = {
      ...{ apiBaseUrl: practice.url, apiModel: 'practice', apiEffort: 'low', apiHeaders: {}, apiVerbosity: 'low' },
      ...{ apiMaxRounds: 100, apiMaxTokens: 1e9, apiMaxMinutes: 60 },
    } as unknown as SettingsSnapshot;
    let requests = 0;
    const lane = createResponsesLane({
      ...{ settings: () => settings, keyFor: async () => null, clock: systemClock, log: silent },
      modelFacts: (id) => ({ id, label: id, description: '', takes: { effort: false, verbosity: false, tools: true } }),
      fetch: (url, init) => {
        requests += 1;
        return fetch(url, init);
      },
    });
    const said: string[] = [];
    const emit = (event: LaneEvent): void => {
      if (event.kind === 'system_notice') said.push(event.text);
    };
    const end = await lane.run(laneTurn({ text: 'say: hi' }), turnIo({ emit }));
    expect([end.outcome, requests]).toEqual(['completed', 1]);
    expect(said).toEqual([
      'The endpoint’s list says that practice takes no reasoning effort: left out.',
      'The endpoint’s list says that practice takes no verbosity: left out.',
    ]);
  } finally {
    await practice.close();
  }
});
