import { beforeEach, expect, test, vi } from 'vitest';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import type { App } from '../../compose.ts';
import type { Readings, ThreadOptions } from '../../model/index.ts';
import { defaultThreadOptions, emptyThread, noReadings, threadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { createCore } from '../core/index.ts';
import { pickOptions, pickPolicy } from './index.ts';

const editor = vi.hoisted(
  (): FakeEditor => ({ said: [], ran: [], lists: [], staying: [], documents: [], answers: [] }),
);
vi.mock('vscode', async () => (await import('../../../test/fakes/editor.ts')).fakeEditor(editor));

const id = threadId('t');
let options: ThreadOptions = defaultThreadOptions;
let refusal: string | null = null;
let retold = 0;

const threads = {
  view: async () => ({ ...emptyThread(id), options }),
  setOptions: async (_: string, next: ThreadOptions) => {
    if (refusal !== null) return { ok: false, message: refusal };
    options = next;
    return { ok: true };
  },
};
const runtime = { profiles: async () => ['fast'] };
const models = [{ id: 'gpt-a', label: 'GPT A', description: '' }];
const settings = {
  nativeModel: null,
  nativeEffort: null,
  nativeProfile: null,
  nativeAddDirs: [] as string[],
  nativeEphemeral: false,
  apiTools: true,
  apiPolicy: 'ask',
};
let selected = 'codex-native';
let interactive = false;
let reads = 0;
let told: Readings = noReadings;
const gpt = { label: 'GPT A', description: '', defaultEffort: 'low', efforts: [{ effort: 'low', description: '' }] };
const asked: Readings = {
  ...noReadings,
  models: { kind: 'told', at: '2026-01-01T00:00:00.000Z', value: [{ ...gpt, id: 'gpt-told', isDefault: true }] },
};
const readings = {
  current: () => told,
  read: async () => {
    reads += 1;
    told = asked;
    return told;
  },
};
const inputs = () => ({
  ...{ selected, native: { models }, api: { models: [] } },
  gates: { interactive },
});
const ctx = {
  readings,
  core: createCore(async () => ({ threads, runtime }) as unknown as App),
  session: { optionsChanged: async () => (retold += 1) },
  log: { info: () => {} },
  status: { current: () => ({ inputs: inputs() }) },
  settings: { get: () => settings },
} as unknown as HostContext;

beforeEach(() => {
  options = defaultThreadOptions;
  interactive = false;
  told = noReadings;
  reads = 0;
  refusal = null;
  settings.nativeAddDirs = [];
  retold = 0;
  for (const list of [editor.said, editor.lists, editor.answers, editor.ran]) list.length = 0;
});

test('one after the other until the menu is left', async () => {
  editor.answers.push('Model', 'GPT A', 'Reasoning effort', 'high', 'New worktree', undefined);
  await pickOptions(ctx, id);
  expect(options).toEqual({ ...defaultThreadOptions, model: 'gpt-a', effort: 'high', worktree: true });
  expect([retold, editor.lists.length]).toEqual([3, 6]);
});

test('a list that follows another is not closed by the focus that the other gives back', async () => {
  editor.staying?.splice(0);
  editor.answers.push('Model', 'GPT A', 'Form of the answer', 'Free', 'What Codex keeps', undefined, undefined);
  await pickOptions(ctx, id);
  expect(editor.staying).toEqual([false, true, true, true, true, true, true]);
});

test('the policy of the tools is chosen where the API lane has some, and by itself', async () => {
  selected = 'api';
  editor.answers.push('What the model may do unasked', 'edits unasked', undefined);
  await pickOptions(ctx, id);
  expect(options.policy).toBe('auto-edit');
  expect(editor.lists[1]).toEqual(['As configured', 'read only', 'asks', 'edits unasked', 'works unasked']);
  editor.answers.push('As configured');
  await pickPolicy(ctx, id);
  expect(options.policy).toBeNull();
  selected = 'codex-native';
  await pickOptions(ctx, id);
  expect(editor.lists.at(-1)).not.toContain('What the model may do unasked');
});

test('a name may be typed, and taken back', async () => {
  editor.answers.push('Model', 'Enter a name…', ' gpt-own ', 'Model', 'As configured', undefined);
  const seen: (string | null)[] = [];
  const { setOptions } = threads;
  const spy = vi.spyOn(threads, 'setOptions').mockImplementation(async (thread, next) => {
    seen.push(next.model);
    return setOptions(thread, next);
  });
  await pickOptions(ctx, id);
  spy.mockRestore();
  expect(seen).toEqual(['gpt-own', null]);
});

test('a list that is left leads back to the menu, and changes nothing', async () => {
  editor.answers.push('Model', undefined, 'Profile', undefined, 'What Codex keeps', undefined, undefined);
  await pickOptions(ctx, id);
  expect([options, editor.lists.filter(([first]) => first === 'Model').length]).toEqual([defaultThreadOptions, 4]);
});

test('folders are added and removed, a schema is chosen and taken back', async () => {
  const folder = (path: string) => ({ fsPath: path });
  editor.answers.push('Add a folder…', [folder('/srv/a'), folder('/srv/b')], '/srv/a');
  editor.answers.push('Form of the answer', 'A JSON Schema…', [folder('/w/schema.json')], undefined);
  await pickOptions(ctx, id);
  expect([options.addDirs, options.outputSchema]).toEqual([['/srv/b'], '/w/schema.json']);
  editor.answers.push('Form of the answer', 'Free', undefined);
  await pickOptions(ctx, id);
  expect(options.outputSchema).toBeNull();
});

test('a configured folder leads to its setting', async () => {
  settings.nativeAddDirs = ['/srv/configured'];
  editor.answers.push('/srv/configured', undefined);
  await pickOptions(ctx, id);
  expect(editor.ran).toEqual(['workbench.action.openSettings']);
});

test('a message that stays open does not hold up the menu', async () => {
  refusal = 'It does not fit.';
  editor.answers.push('Profile', 'fast', undefined);
  const { window } = (await import('vscode')) as unknown as { window: Record<string, () => Promise<undefined>> };
  const { showErrorMessage } = window;
  window.showErrorMessage = () => new Promise(() => {});
  await pickOptions(ctx, id);
  window.showErrorMessage = showErrorMessage as () => Promise<undefined>;
  expect(editor.lists.filter(([first]) => first === 'Model')).toHaveLength(2);
});

test('what the core refuses is said, and the menu stays', async () => {
  refusal = 'It does not fit.';
  editor.answers.push('Profile', 'fast', undefined);
  await pickOptions(ctx, id);
  expect(editor.said.map(({ how, text }) => [how, text])).toEqual([['error', 'It does not fit.']]);
  expect([options, retold]).toEqual([defaultThreadOptions, 0]);
});

test('options that come along are taken without a question, wrong ones not at all', async () => {
  await pickOptions(ctx, id, { model: 'gpt-b', ephemeral: true });
  expect(options).toEqual({ ...defaultThreadOptions, model: 'gpt-b', ephemeral: true });
  await pickOptions(ctx, id, { model: 7 });
  expect([options.model, editor.said.length, editor.lists]).toEqual(['gpt-b', 1, []]);
});

test('with the gate open Codex is asked for its models once; an effort that the chosen one lacks is said', async () => {
  interactive = true;
  editor.answers.push('Model', 'GPT A', 'Reasoning effort', 'low', 'Reasoning effort', 'Enter a name…', 'ultra');
  await pickOptions(ctx, id);
  expect(options).toMatchObject({ model: 'gpt-told', effort: 'ultra' });
  expect(editor.lists.filter(([first]) => first === 'As configured')).toEqual([
    ['As configured', 'GPT A', 'Enter a name…'],
    ['As configured', 'low', 'Enter a name…'],
    ['As configured', 'low', 'Enter a name…'],
  ]);
  expect(editor.said.map(({ how, text }) => [how, text])).toEqual([
    ['warning', 'GPT A does not list the reasoning effort ultra: Codex may use another. It lists low.'],
  ]);
  expect(reads).toBe(1);
});

test('where Codex tells of no models, the list is that of the build; with the gate shut nobody is asked', async () => {
  readings.read = async () => {
    reads += 1;
    return noReadings;
  };
  interactive = true;
  editor.answers.push('Model', undefined, undefined);
  await pickOptions(ctx, id);
  interactive = false;
  editor.answers.push('Model', undefined, 'Reasoning effort', undefined, undefined);
  await pickOptions(ctx, id);
  const lists = editor.lists.filter(([first]) => first === 'As configured');
  expect(lists.slice(0, 2)).toEqual([
    ['As configured', 'GPT A', 'Enter a name…'],
    ['As configured', 'GPT A', 'Enter a name…'],
  ]);
  expect(reads).toBe(1);
});
