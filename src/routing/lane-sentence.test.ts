import { expect, test } from 'vitest';
import type { LaneInputs } from '../model/index.ts';
import { deriveStatus } from './derive-status.ts';
import { isPlainlyReady, laneSentence } from './lane-sentence.ts';
import { isUnchecked, isUntrusted, optionOf } from './status-lines.ts';
import { checkedAt, everyInput, ready, withApi, withNative } from './testing/inputs.ts';

/** What the status document says of a lane that is described by a sentence. */
const statesOf: Readonly<Record<string, readonly string[]>> = {
  'says.api.ready': ['ready'],
  'says.api.refused': ['ready'],
  'says.api.offline': ['degraded'],
  'says.api.notes': ['degraded'],
  'says.api.unchecked': ['unchecked'],
  'says.api.key': ['authentication-required'],
  'says.native.ready': ['ready'],
  'says.native.notes': ['degraded'],
  'says.native.issue': ['ready', 'degraded'],
  'says.native.unchecked': ['unchecked'],
  'says.native.locked-unchecked': ['unchecked'],
  'says.native.locked': ['locked'],
  'says.native.off': ['disabled'],
  'says.native.pinned': ['disabled'],
  'says.native.too-old': ['disabled'],
  'says.native.missing': ['runtime-missing'],
  'says.native.unusable': ['runtime-missing'],
  'says.native.sign-in': ['authentication-required'],
};

test('in every combination of what the gates can say, the sentences are what the status document says', () => {
  const seen = new Set<string>();
  const wrong: unknown[] = [];
  for (const inputs of everyInput()) {
    const document = deriveStatus(inputs);
    const { codex } = document.providers;
    for (const lane of ['api', 'codex-native'] as const) {
      const option = optionOf(codex, lane);
      const said = laneSentence(lane, { inputs });
      if (said === null || option === undefined) {
        if (!isUntrusted(codex)) wrong.push([lane, inputs]);
        continue;
      }
      seen.add(said.code);
      const state = isUnchecked(option) ? 'unchecked' : option.state;
      const runs = option.available && option.selectable;
      const claimsToRun = /is ready/.test(said.english);
      if (!statesOf[said.code]?.includes(state) || (claimsToRun && !runs)) wrong.push([said.code, state, inputs]);
      if (isPlainlyReady(lane, { inputs }) !== / is ready$/.test(said.english))
        wrong.push([said.code, 'plainly', inputs]);
    }
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  // A case that none of the combinations has is asked for below.
  expect(Object.keys(statesOf).filter((code) => !seen.has(code))).toEqual(['says.api.notes', 'says.native.unusable']);
});

const gates = (more: Partial<LaneInputs['gates']>): LaneInputs => ({ ...ready, gates: { ...ready.gates, ...more } });

test.each<[string, LaneInputs, 'api' | 'codex-native', string | null]>([
  ['ready', ready, 'api', 'OpenAI API is ready'],
  ['notes', withApi(ready, { notes: ['old TLS'] }), 'api', 'OpenAI API is ready, with notes'],
  ['no key', withApi(ready, { payer: null }), 'api', 'OpenAI API needs a key'],
  ['no trust', gates({ trusted: false }), 'api', null],
  [
    'a folder',
    withNative(ready, { binary: { kind: 'missing', detail: '/opt/codex', problem: 'is-folder' } }),
    'codex-native',
    'The Codex CLI can not be used',
  ],
  [
    'pinned',
    withNative(ready, { pin: { reason: 'failed to start 3 times', since: checkedAt } }),
    'codex-native',
    'Codex native is off after failed starts',
  ],
  ['locked', gates({ unlocked: false }), 'codex-native', 'Codex native is locked'],
])('%s', (_name, inputs, lane, sentence) => {
  expect(laneSentence(lane, { inputs })?.english ?? null).toBe(sentence);
});
