import { expect, test } from 'vitest';
import { laneTurn, turnIo } from '../../../test/fakes/lane-turn.ts';
import { nativeSettings } from '../../../test/fakes/settings.ts';
import type { EndpointQuirk, LaneEvent } from '../../model/index.ts';
import { systemClock } from '../../node/index.ts';
import type { Quirk } from '../../practice/index.ts';
import { startPractice } from '../../practice/index.ts';
import { defaultFeatures, without } from './features.ts';
import { createResponsesLane } from './index.ts';
import { KeptConversation } from './kept-conversation.ts';

// Endpoints that keep conversations whether one wants it or not.

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
type Sent = { readonly store?: boolean; readonly previous_response_id?: string; readonly input: readonly object[] };

/** Two turns of three rounds each; for each request, what it carried and how it was answered. */
async function twoTurns(quirks: readonly Quirk[]) {
  const practice = await startPractice({ pace: 'instant', quirks, workspaces: [import.meta.dirname] });
  const requests: string[][] = [[], []];
  const said: string[] = [];
  const learnt: EndpointQuirk[] = [];
  try {
    const settings = { ...nativeSettings, apiBaseUrl: practice.url, apiModel: 'practice', apiTools: true };
    const parameters = { type: 'object', properties: { plan: { type: 'array' } } };
    let turn = 0;
    const lane = createResponsesLane({
      settings: () => settings,
      keyFor: async () => null,
      clock: systemClock,
      log: silent,
      endpoints: { quirks: async () => learnt, learn: async (_endpoint, _model, quirk) => void learnt.push(quirk) },
      fetch: async (url, init) => {
        const answer = await fetch(url, init);
        const { store, previous_response_id: id, input } = JSON.parse(String(init?.body)) as Sent;
        const how = [store === false ? 'unkept' : 'kept', ...(id === undefined ? [] : ['id']), input.length];
        requests[turn]?.push(`${how.join(' ')} ${answer.status}`);
        return answer;
      },
      tools: {
        offered: () => true,
        open: async () => ({
          specs: [{ name: 'update_plan', description: '', parameters, parallel: true }],
          call: async () => ({ parts: [{ type: 'text', text: 'shown' }], status: 'completed' }),
          commands: () => ({ sandboxed: 0, unsandboxed: 0 }),
          end: async () => undefined,
        }),
      },
    });
    const emit = (event: LaneEvent): void => {
      if (event.kind === 'system_notice') said.push(event.text.replace(/^.* does not/, 'does not'));
    };
    for (turn = 0; turn < 2; turn += 1) {
      const end = await lane.run(laneTurn({ text: 'rounds: 2', cwd: import.meta.dirname }), turnIo({ emit }));
      expect(end).toMatchObject({ outcome: 'completed', facts: { rounds: 3 } });
    }
    return { requests, said, learnt: learnt.map(({ feature }) => feature) };
  } finally {
    await practice.close();
  }
}

const noStore = 'does not take requests that it is to keep nothing of: left out from now on.';

test('an endpoint that keeps nothing gets the whole conversation', async () => {
  const { requests, said, learnt } = await twoTurns([]);
  expect(requests[0]).toEqual(['unkept 1 200', 'unkept 3 200', 'unkept 5 200']);
  expect(requests[1]).toEqual(requests[0]);
  expect([said, learnt]).toEqual([[], []]);
});

test('where keeping nothing is refused, only what is new follows the last answer; said once, and remembered', async () => {
  const { requests, said, learnt } = await twoTurns(['stored-only']);
  expect(requests[0]).toEqual(['unkept 1 400', 'kept 1 200', 'kept id 1 200', 'kept id 1 200']);
  expect(requests[1]).toEqual(['kept 1 200', 'kept id 1 200', 'kept id 1 200']);
  expect([said, learnt]).toEqual([[noStore], ['store']]);
});

test('an answer that is not found any more: the whole conversation goes along again, once', async () => {
  const { requests, said, learnt } = await twoTurns(['stored-only', 'forgets-answers']);
  const rest = ['kept 1 200', 'kept id 1 400', 'kept 3 200', 'kept 5 200'];
  expect(requests).toEqual([['unkept 1 400', ...rest], rest]);
  const lost = 'does not take the id of an earlier answer: left out in this turn.';
  // It may find them the next time: that is not remembered.
  expect([said, learnt]).toEqual([[noStore, lost, lost], ['store']]);
});

test('an endpoint that takes no ids gets the whole conversation, and hears of them no more', async () => {
  const { requests, learnt } = await twoTurns(['stored-only', 'no-previous-response']);
  expect(requests[0]).toEqual(['unkept 1 400', 'kept 1 200', 'kept id 1 400', 'kept 3 200', 'kept 5 200']);
  expect(requests[1]).toEqual(['kept 1 200', 'kept 3 200', 'kept 5 200']);
  expect(learnt).toEqual(['store', 'previousResponseId']);
});

test('what is kept is gone on from until the conversation is another one', () => {
  const item = (text: string) => ({ type: 'message', text });
  const input = ['a', 'b', 'c'].map(item);
  const stored = without(['store']);
  const kept = new KeptConversation();
  expect(kept.rest(stored, input)).toEqual({ input, previous: null });
  kept.answered('resp_1', 2);
  expect(kept.rest(stored, input)).toEqual({ input: [item('c')], previous: 'resp_1' });
  expect(kept.rest(defaultFeatures, input)).toEqual({ input, previous: null });
  expect(kept.rest(without(['store', 'previousResponseId']), input)).toEqual({ input, previous: null });
  kept.forget();
  expect(kept.rest(stored, input)).toEqual({ input, previous: null });
  kept.answered(null, 2);
  expect(kept.rest(stored, input)).toEqual({ input, previous: null });
});
