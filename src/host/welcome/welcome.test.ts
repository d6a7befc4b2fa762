import { expect, test } from 'vitest';
import type { LaneInputs } from '../../model/index.ts';
import { uncheckedNative } from '../../model/index.ts';
import { actionIds, deriveStatus, laneWords } from '../../routing/index.ts';
import { checkedAt, everyInput, locked, ready, withApi, withNative } from '../../routing/testing/inputs.ts';
import { welcomeOf } from './welcome.ts';

type Facts = Parameters<typeof welcomeOf>[0];

const t = (message: string) => message;
const factsOf = (inputs: LaneInputs, more: Partial<Facts> = {}): Facts => ({
  status: { document: deriveStatus(inputs), inputs, checkedAt, since: {}, checking: false, sequence: 1 },
  hasFolder: true,
  tools: null,
  untrusted: inputs.gates.trusted ? null : 'Trust the workspace to run Codex',
  offered: [],
  prompts: ['Explain a.ts'],
  words: ({ english }) => english,
  t,
  ...more,
});
const gates = (more: Partial<LaneInputs['gates']>): LaneInputs => ({ ...ready, gates: { ...ready.gates, ...more } });
const missing = { kind: 'missing', detail: '/opt/codex', problem: 'not-found' } as const;
const practice = { payer: null, needsKey: false, endpointLabel: 'practice (offline)' } as const;

/** Each state: the line, whether it leads to the gates, and what is offered. */
test.each<[string, LaneInputs, string, boolean, readonly string[]]>([
  ['all is well', ready, 'OpenAI API is ready · Codex native is ready', false, []],
  ['locked', locked, 'OpenAI API is ready · Codex native is locked', true, ['unlockNative']],
  [
    'fresh',
    { ...withApi(locked, { payer: null, checkedAt: null }), native: uncheckedNative },
    'OpenAI API was not checked yet · Codex native is locked, and not checked yet',
    true,
    ['refreshStatus', 'unlockNative'],
  ],
  [
    'no program',
    withNative(ready, { binary: missing }),
    'OpenAI API is ready · Codex CLI was not found',
    true,
    ['installCodex'],
  ],
  [
    'too old',
    withNative(ready, {
      abilities: { missingExecFlags: ['--json'], missingTurnOptions: [], plugin: false, appServer: false },
    }),
    'OpenAI API is ready · This Codex CLI can not run turns here',
    true,
    ['installCodex'],
  ],
  [
    'switched off',
    gates({ switchedOffBy: 'codexLanes.native.enabled' }),
    'OpenAI API is ready · Codex native is switched off',
    true,
    ['enableNative'],
  ],
  [
    'pinned',
    withNative(ready, { pin: { reason: 'failed to start 3 times', since: checkedAt } }),
    'OpenAI API is ready · Codex native is off after failed starts',
    true,
    ['liftPin'],
  ],
  [
    'not signed in',
    withNative(ready, { credential: { kind: 'none' } }),
    'OpenAI API is ready · Codex native has no credential',
    true,
    ['setNativeKey'],
  ],
  ['no key', withApi(ready, { payer: null }), 'OpenAI API needs a key · Codex native is ready', true, ['setApiKey']],
  [
    'offline',
    withApi(ready, { reach: 'offline' }),
    'OpenAI API was not reachable · Codex native is ready',
    true,
    ['refreshStatus'],
  ],
  [
    'practice',
    { ...withApi(locked, practice), selected: 'api' },
    'OpenAI API is ready · Codex native is locked · practice (offline)',
    true,
    ['unlockNative'],
  ],
  ['no trust', gates({ trusted: false }), 'Trust the workspace to run Codex', true, []],
])('%s', (_name, inputs, line, why, help) => {
  const welcome = welcomeOf(factsOf(inputs));
  expect([welcome.line, welcome.why, (welcome.help ?? []).map(({ id }) => id)]).toEqual([line, why, help]);
});

test('without a folder that comes first, and without trust no prompt is offered', () => {
  expect(welcomeOf(factsOf(ready, { hasFolder: false })).line).toBe(
    'No folder is open · OpenAI API is ready · Codex native is ready',
  );
  expect(welcomeOf(factsOf(ready)).prompts).toEqual(['Explain a.ts']);
  expect(welcomeOf(factsOf(gates({ trusted: false }))).prompts).toEqual([]);
});

test('what the API lane can do is said as it is: with tools, with them off, without a folder; of another lane nothing', () => {
  const does = (more: Partial<Facts>, inputs = ready) => welcomeOf(factsOf(inputs, more)).does;
  expect(does({ tools: true })).toMatch(/read and edit files in the folder and run commands/);
  expect(does({ tools: false })).toMatch(/switched off/);
  expect(does({ tools: true, hasFolder: false })).toMatch(/only answers/);
  expect(does({ tools: null })).toBeUndefined();
  expect(does({ tools: true }, gates({ trusted: false }))).toBeUndefined();
});

test('what the composer offers already is not offered twice', () => {
  const offered = [{ id: 'unlockNative', label: 'Unlock Codex Native Lane' }];
  expect(welcomeOf(factsOf(locked, { offered })).help).toBeUndefined();
});

test('in every combination: all is well is said only where nothing helps, and what is offered is wired', () => {
  const wrong: unknown[] = [];
  for (const inputs of everyInput()) {
    const facts = factsOf(inputs);
    const { line, why, help = [] } = welcomeOf(facts);
    const blocked = laneWords(facts.status).blocked;
    const unknown = help.filter(({ id, label }) => label === '' || !actionIds.some((known) => known === id));
    if (line === '' || unknown.length > 0 || (!why && (blocked || help.length > 0))) wrong.push([line, why, help]);
    if (!inputs.gates.trusted && help.length > 0) wrong.push([line, help]);
  }
  expect(wrong.slice(0, 3)).toEqual([]);
});
