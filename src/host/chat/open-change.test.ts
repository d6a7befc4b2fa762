import { beforeEach, expect, test, vi } from 'vitest';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import type { App } from '../../compose.ts';
import type { Baseline, RowOf } from '../../model/index.ts';
import { emptyThread, itemId, threadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { createCore } from '../core/index.ts';
import { openChange, registerBefore } from './open-change.ts';

type Shown = { readonly scheme?: string; readonly path: string; readonly query?: string };
const editor = vi.hoisted((): FakeEditor => ({ said: [], ran: [], lists: [], documents: [], answers: [] }));
const diffs = vi.hoisted((): unknown[][] => []);
const provided = vi.hoisted(
  (): { provide: (uri: { readonly query: string }) => Promise<Uint8Array>; readonly: unknown } => ({
    provide: async () => new Uint8Array(),
    readonly: false,
  }),
);
vi.mock('vscode', async () => {
  const fake = (await import('../../../test/fakes/editor.ts')).fakeEditor(editor);
  return {
    ...fake,
    Uri: {
      from: (parts: object) => parts,
      file: (path: string) => ({ scheme: 'file', path }),
      joinPath: (base: { readonly path: string }, path: string) => ({ fsPath: `${base.path}/${path}` }),
    },
    commands: { executeCommand: async (...all: readonly unknown[]) => void diffs.push([...all]) },
    workspace: {
      registerFileSystemProvider: (_scheme: string, provider: { readFile: never }, options: object) => {
        provided.provide = provider.readFile;
        provided.readonly = options;
        return { dispose: () => {} };
      },
    },
  };
});

const item = itemId('t:item_1');
const known = 'a'.repeat(64);

function windowWith(
  baselines: readonly Baseline[],
  real: (path: string) => string | null = (path) => path,
  code = 'ENOENT',
): HostContext {
  const row = { kind: 'file-change', itemId: item, baselines } as unknown as RowOf<'file-change'>;
  const threads = {
    view: async () => ({ ...emptyThread(threadId('t')), cwd: '/w', rows: [row] }),
    contentBefore: async (blob: string) => (blob === known ? new TextEncoder().encode('before\n') : null),
  };
  return {
    core: createCore(async () => ({ threads }) as unknown as App),
    workspace: { folders: () => [{ path: '/w', name: 'w' }] },
    realPath: async (path: string) => {
      const found = real(path);
      return found ?? Promise.reject(Object.assign(new Error(), { code }));
    },
    extension: { subscriptions: [] },
    log: { info: () => {}, warn: () => {} },
  } as unknown as HostContext;
}

const named = (path: string) => ({ threadId: threadId('t'), itemId: item, path });
const baseline = (path: string, blob: string | null = known): Baseline => ({ path, grade: 'git', blob });
const sides = (): readonly Shown[] => (diffs.at(-1) ?? []).slice(1, 3) as Shown[];

beforeEach(() => {
  diffs.length = 0;
  editor.said.length = 0;
});

test('what stood before stands beside the file', async () => {
  const ctx = windowWith([baseline('/w/a.ts')]);
  registerBefore(ctx);
  expect(await openChange(ctx, named('/w/a.ts'))).toBe(true);
  expect(diffs[0]?.[0]).toBe('vscode.diff');
  expect(sides()).toEqual([
    { scheme: 'codex-lanes-before', path: '/w/a.ts', query: known },
    { scheme: 'file', path: '/w/a.ts' },
  ]);
  expect(diffs[0]?.[3]).toBe('a.ts (before, from Git) ↔ a.ts');
  expect(provided.readonly).toEqual({ isReadonly: true });
  const read = async (query: string) => new TextDecoder().decode(await provided.provide({ query }));
  expect(await read(known)).toBe('before\n');
  expect(await read('')).toBe('');
  expect(await read('../../etc/passwd')).toContain('not kept');
});

test('a relative path lies in the thread’s folder; a file that was added had nothing before', async () => {
  expect(await openChange(windowWith([baseline('new.ts', null)]), named('new.ts'))).toBe(true);
  expect(diffs[0]?.[3]).toBe('new.ts (new) ↔ new.ts');
  expect(sides()).toEqual([
    { scheme: 'codex-lanes-before', path: '/new.ts', query: '' },
    { scheme: 'file', path: '/w/new.ts' },
  ]);
});

test('a file that is gone is nothing now', async () => {
  expect(
    await openChange(
      windowWith([baseline('/w/a.ts')], (path) => (path === '/w' ? path : null)),
      named('/w/a.ts'),
    ),
  ).toBe(true);
  expect(sides()[1]).toEqual({ scheme: 'codex-lanes-before', path: '/w/a.ts', query: '' });
  expect(diffs[0]?.[3]).toBe('a.ts (before, from Git) ↔ a.ts (deleted)');
});

test.each<readonly [string, HostContext, string]>([
  ['nothing is known of before', windowWith([{ path: '/w/a', grade: 'unknown', blob: null, gap: 'ignored' }]), '/w/a'],
  ['another file than the item’s', windowWith([baseline('/w/a')]), '/w/b'],
  ['outside of the folders', windowWith([baseline('/x/a')]), '/x/a'],
  ['a link that leads outside', windowWith([baseline('/w/a')], (path) => (path === '/w/a' ? '/x/a' : path)), '/w/a'],
  ['a folder that may not be entered', windowWith([baseline('/w/a')], () => null, 'EACCES'), '/w/a'],
  ['not kept any more', windowWith([baseline('/w/a', 'b'.repeat(64))]), '/w/a'],
])('no difference is shown: %s', async (_name, ctx, path) => {
  expect(await openChange(ctx, named(path))).toBe(false);
  expect(diffs).toEqual([]);
});

test('what is not kept any more is said', async () => {
  await openChange(windowWith([baseline('/w/a', 'b'.repeat(64))]), named('/w/a'));
  expect(editor.said.map(({ text }) => text)).toEqual(['What stood in /w/a before is not kept any more.']);
});

test.each([
  ['exact', 'a (right before the change) ↔ a'],
  ['copied', 'a (before, from a copy) ↔ a'],
  ['reconstructed', 'a (before, as far as known) ↔ a'],
] as const)('the title names the grade: %s', async (grade, title) => {
  await openChange(windowWith([{ path: '/w/a', grade, blob: known }]), named('/w/a'));
  expect(diffs[0]?.[3]).toBe(title);
});
