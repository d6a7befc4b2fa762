import { expect, test, vi } from 'vitest';
import type { GrantEntry } from '../../model/index.ts';
import { threadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { showGrants } from './show-grants.ts';

type Item = { readonly id: string; readonly label: string; readonly detail: string };

/** The list that was shown last, with ways to do in it what a user does. */
const shown = vi.hoisted(() => ({
  ...{ items: [] as readonly Item[], placeholder: '', visible: false, disposed: 0, said: [] as string[] },
  ...{ press: (_: { item: Item }) => {}, hide: () => {} },
}));
vi.mock('vscode', () => {
  const picker = {
    set items(items: readonly Item[]) {
      shown.items = items;
    },
    set placeholder(text: string) {
      shown.placeholder = text;
    },
    show: () => {
      shown.visible = true;
    },
    dispose: () => {
      shown.disposed += 1;
    },
    onDidHide: (call: () => void) => {
      shown.hide = call;
    },
    onDidTriggerItemButton: (call: typeof shown.press) => {
      shown.press = call;
    },
  };
  const say = async (text: string) => void shown.said.push(text);
  return {
    env: { language: 'en' },
    l10n: {
      t: (text: string, ...args: unknown[]) => text.replace(/\{(\d)\}/g, (_, n: string) => String(args[Number(n)])),
    },
    ThemeIcon: class {},
    window: { createQuickPick: () => picker, showErrorMessage: say, showInformationMessage: say },
  };
});

const grant = (id: string): GrantEntry => ({
  ...{ id, kind: 'folder', command: `run ${id}`, folder: '/w', threadId: threadId('a') },
  ...{ givenAt: '2026-01-01T00:00:00.000Z', lapsesAt: '2099-01-01T00:00:00.000Z', uses: 0, last: null },
});

test('each grant is listed; its button takes it back, and choosing a row does not', async () => {
  let kept = [grant('x'), grant('y')];
  let failure: Error | null = null;
  const grants = {
    list: async () => kept,
    revoke: async (id: string) => {
      if (failure !== null) throw failure;
      const before = kept.length;
      kept = kept.filter((one) => one.id !== id);
      return kept.length < before;
    },
  };
  const core = { get: async () => ({ grants, threads: { list: async () => [] } }) };
  const done = showGrants({ core, log: { info: () => {} } } as unknown as HostContext);
  await expect.poll(() => shown.visible).toBe(true);
  expect(shown.items.map(({ label }) => label)).toEqual(['run x', 'run y']);
  const [first, second] = shown.items;
  if (first === undefined || second === undefined) throw new Error('nothing is listed');
  shown.press({ item: first });
  await expect.poll(() => shown.items.map(({ label }) => label)).toEqual(['run y']);
  // Another window was faster.
  shown.press({ item: first });
  await expect.poll(() => shown.said).toEqual(['It was revoked already: run x']);
  failure = new Error('The list of grants is in use.');
  shown.press({ item: second });
  await expect.poll(() => shown.said.at(-1)).toBe('The list of grants is in use.');
  expect(kept).toHaveLength(1);
  failure = null;
  shown.press({ item: second });
  await expect.poll(() => shown.placeholder).toBe('Nothing was allowed beyond once');
  shown.hide();
  await done;
  expect(shown.disposed).toBe(1);
});
