import { expect, test } from 'vitest';
import type { ModelOffer, ThreadOptions } from '../../model/index.ts';
import { defaultThreadOptions } from '../../model/index.ts';
import type { SettingsSnapshot } from '../ports.ts';
import type { Translate } from '../translate.ts';
import { effortRows, modelRows, optionRows, profileRows } from './option-rows.ts';

const t: Translate = (text, ...args) => text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));
const settings = {
  nativeModel: 'gpt-native',
  nativeEffort: null,
  apiModel: 'gpt-api',
  apiEffort: 'low',
  nativeProfile: null,
  nativeAddDirs: ['/srv/configured'],
  nativeEphemeral: false,
} as unknown as SettingsSnapshot;

function said(options: Partial<ThreadOptions>, native = true, begun = false) {
  const rows = optionRows({
    options: { ...defaultThreadOptions, ...options },
    settings,
    native,
    begun,
    offer: null,
    t,
  });
  return rows.map((row) => (row.kind === 'group' ? row.label : [row.label.replace(/^\S+ /, ''), row.description]));
}

test('what the thread leaves open is as configured for the lane', () => {
  expect(said({})).toEqual([
    ['Model', 'gpt-native (as configured)'],
    ['Reasoning effort', 'the default (as configured)'],
    ['Form of the answer', 'free'],
    'Codex native',
    ['Profile', 'none (as configured)'],
    ['What Codex keeps', 'keeps the thread (as configured)'],
    ['New worktree', 'off'],
    'More folders that may be written in',
    ['Add a folder…', ''],
    ['/srv/configured', 'as configured: choose to open the setting'],
  ]);
  expect(said({}, false).slice(0, 3)).toEqual([
    ['Model', 'gpt-api (as configured)'],
    ['Reasoning effort', 'low (as configured)'],
    ['Form of the answer', 'free'],
  ]);
});

test('what the thread says itself holds', () => {
  const own = said({
    model: 'gpt-x',
    effort: 'xhigh',
    profile: 'fast',
    ephemeral: true,
    outputSchema: '/w/schema.json',
    worktree: true,
    addDirs: ['/srv/own'],
  });
  expect(own).toContainEqual(['Model', 'gpt-x']);
  expect(own).toContainEqual(['Reasoning effort', 'xhigh']);
  expect(own).toContainEqual(['Profile', 'fast']);
  expect(own).toContainEqual(['What Codex keeps', 'keeps nothing']);
  expect(own).toContainEqual(['Form of the answer', '/w/schema.json']);
  expect(own).toContainEqual(['New worktree', 'on']);
  expect(own).toContainEqual(['/srv/own', 'choose to remove']);
});

test('a folder of the thread is removed by its row, one of the settings is not', () => {
  const options = { ...defaultThreadOptions, addDirs: ['/srv/own'] };
  const rows = optionRows({ options, settings, native: true, begun: false, offer: null, t });
  const ids = rows.flatMap((row) => (row.kind === 'option' ? [row.id] : []));
  expect(ids.filter((id) => typeof id === 'object')).toEqual([{ removeFolder: '/srv/own' }]);
});

test('a worktree is offered as long as Codex has no thread, and can be taken back ever after', () => {
  const labels = (fresh: boolean, worktree: boolean) => said({ worktree }, true, !fresh).map(([label]) => label);
  expect([labels(true, false), labels(false, true)].map((rows) => rows.includes('New worktree'))).toEqual([true, true]);
  expect(labels(false, false)).not.toContain('New worktree');
});

test('models are what the lane lists, with what is in effect even if it lists it not', () => {
  const models = [
    { id: 'gpt-a', label: 'GPT A', description: 'the big one' },
    { id: 'gpt-b', label: 'gpt-b', description: '' },
  ];
  const rows = (current: string | null) =>
    modelRows(models, current, t).map(({ value, description }) => [value, description]);
  expect(rows(null)).toEqual([
    [null, 'in effect'],
    ['gpt-a', 'gpt-a'],
    ['gpt-b', ''],
    [{ type: true }, ''],
  ]);
  expect(rows('gpt-a')[1]).toEqual(['gpt-a', 'gpt-a · in effect']);
  expect(rows('gpt-own')[3]).toEqual(['gpt-own', 'in effect']);
});

test('profiles are those that lie in Codex’s folder, and any other by name', () => {
  expect(profileRows(['fast'], null, t).map(({ value, description }) => [value, description])).toEqual([
    [null, 'in effect'],
    ['fast', 'fast.config.toml'],
    [{ type: true }, ''],
  ]);
});

test('efforts are those that are known, and any other by name', () => {
  expect(effortRows('high', { offer: null, all: [] }, t).map(({ value, description }) => [value, description])).toEqual(
    [
      [null, ''],
      ['minimal', ''],
      ['low', ''],
      ['medium', ''],
      ['high', 'in effect'],
      ['xhigh', ''],
      [{ type: true }, ''],
    ],
  );
});

const offer: ModelOffer = {
  ...{ id: 'gpt-a', label: 'GPT A', description: 'The big one.', isDefault: true, defaultEffort: 'low' },
  efforts: [
    { effort: 'low', description: 'Fast' },
    { effort: 'ultra', description: 'Slow' },
  ],
};

test('where Codex told of its models: the default is marked, and each says its efforts', () => {
  const [, first] = modelRows(
    [offer, { ...offer, id: 'gpt-b', label: 'gpt-b', isDefault: false, efforts: [] }],
    null,
    t,
  );
  expect([first?.description, first?.detail]).toEqual([
    'gpt-a · default',
    'The big one. Reasoning efforts: low, ultra.',
  ]);
});

test('efforts are those of the model; one that it lacks is said, and may be chosen all the same', () => {
  const rows = (current: string | null, of: ModelOffer | null = offer) =>
    effortRows(current, { offer: of, all: [offer] }, t).map(({ value, description }) => [value, description]);
  expect(rows('ultra')).toEqual([
    [null, ''],
    ['low', 'default of GPT A'],
    ['ultra', 'in effect'],
    [{ type: true }, ''],
  ]);
  expect(rows('xhigh')[3]).toEqual(['xhigh', 'GPT A does not list it · in effect']);
  // Of a model that nobody told of, each that some model has, and no claim.
  expect(rows('xhigh', null)).toEqual([
    [null, ''],
    ['low', ''],
    ['ultra', ''],
    ['xhigh', 'in effect'],
    [{ type: true }, ''],
  ]);
});

test('the menu says of an effort that the model does not list it, also of the configured one', () => {
  const detail = (effort: string | null, configured: string | null) =>
    optionRows({
      options: { ...defaultThreadOptions, model: 'gpt-a', effort },
      settings: { ...settings, nativeEffort: configured },
      ...{ native: true, begun: false, offer, t },
    }).flatMap((row) => (row.kind === 'option' && row.id === 'effort' ? [row.detail] : []));
  const says = ['GPT A does not list it: Codex may use another'];
  expect([detail('max', null), detail(null, 'max'), detail('low', 'max'), detail(null, null)]).toEqual([
    says,
    says,
    [undefined],
    [undefined],
  ]);
});
