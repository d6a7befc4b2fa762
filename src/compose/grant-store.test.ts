import { mkdir, mkdtemp, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { GrantKind } from '../model/index.ts';
import { threadId } from '../model/index.ts';
import { createGrantStore } from './grant-store.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const day = 24 * 60 * 60 * 1000;

/** A data home with two folders to work in; `window` opens the store as another window does. */
async function room() {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'grants-')));
  folders.push(root);
  const [home, a, b] = [join(root, 'home'), join(root, 'a'), join(root, 'b')];
  for (const folder of [home, a, b]) await mkdir(folder);
  const state = { now: Date.parse('2026-01-01T00:00:00.000Z'), warned: 0 };
  const log = { debug: () => {}, info: () => {}, warn: () => (state.warned += 1), error: () => {} };
  const clock = { now: () => state.now, monotonic: () => state.now, after: () => () => {} };
  const window = (secrets: readonly string[] = []) =>
    createGrantStore({ home: async () => home, secrets: () => secrets, clock, log, label: 'a test' });
  return { root, home, a, b, state, window, file: join(home, 'grants.json') };
}

const [one, two] = [threadId('one'), threadId('two')];
const asked = (cwd: string, command = 'npm test') => ({ decision: 'accept', command, cwd });
const both: readonly GrantKind[] = ['thread', 'folder'];

test('a grant answers from then on, in each window, and its uses are counted', async () => {
  const { a, state, window } = await room();
  const store = window();
  expect(await store.of(one).use(asked(a))).toEqual({ kind: 'ask', near: null, kinds: both });
  expect(await store.of(one).add(asked(a), 'folder')).toBeNull();
  state.now += day;
  expect(await window().of(two).use(asked(a))).toEqual({ kind: 'granted' });
  state.now += day;
  expect(await store.of(one).use(asked(a))).toEqual({ kind: 'granted' });
  expect(await store.list()).toMatchObject([
    {
      ...{ kind: 'folder', command: 'npm test', folder: a, threadId: 'one', uses: 2 },
      last: { at: '2026-01-03T00:00:00.000Z', threadId: 'one' },
    },
  ]);
});

test('a folder is its real path: a link to it is the same, and one that leads elsewhere by now is not', async () => {
  const { root, a, b, window } = await room();
  const link = join(root, 'link');
  await symlink(a, link);
  const store = window();
  await store.of(one).add(asked(link), 'folder');
  expect(await store.of(one).use(asked(a))).toEqual({ kind: 'granted' });
  await rm(link);
  await symlink(b, link);
  const near = { why: 'other_folder', command: 'npm test', folder: a };
  expect(await store.of(one).use(asked(link))).toEqual({ kind: 'ask', near, kinds: both });
  // Nothing is granted in a folder that is not there.
  expect(await store.of(one).use(asked(join(root, 'none')))).toEqual({ kind: 'ask', near: null, kinds: [] });
});

test('one that was not used for its time has lapsed, and says so until it is forgotten', async () => {
  const { a, state, window } = await room();
  const store = window();
  await store.of(one).add(asked(a), 'thread');
  state.now += 29 * day;
  expect(await store.of(one).use(asked(a))).toEqual({ kind: 'granted' });
  state.now += 29 * day;
  expect(await store.of(one).use(asked(a))).toEqual({ kind: 'granted' });
  state.now += 30 * day;
  const near = { why: 'lapsed', command: 'npm test', folder: a };
  expect(await store.of(one).use(asked(a))).toEqual({ kind: 'ask', near, kinds: both });
  state.now += 91 * day;
  await store.of(one).add(asked(a, 'ls'), 'folder');
  expect((await store.list()).map(({ command }) => command)).toEqual(['ls']);
});

test('a grant with scripts lapses when one changes, and stands for the new ones once it is given again', async () => {
  const { a, window } = await room();
  const store = window();
  const ran = (digest: string, sandbox: 'workspace-write' | 'danger-full-access' = 'workspace-write') => ({
    ...asked(a),
    ...{ sandbox, scripts: [{ name: 'package.json: test', digest }] },
  });
  await store.of(one).add(ran('1'), 'folder');
  expect(await window().of(two).use(ran('1'))).toEqual({ kind: 'granted' });
  const near = { command: 'npm test', folder: a };
  expect(await store.of(one).use(ran('2'))).toMatchObject({ kind: 'ask', near: { ...near, why: 'script_changed' } });
  expect(await store.of(one).use(ran('1', 'danger-full-access'))).toMatchObject({ near: { why: 'other_sandbox' } });
  expect(await store.of(one).use(asked(a))).toMatchObject({ kind: 'ask' });
  await store.of(one).add(ran('2'), 'folder');
  expect(await store.of(one).use(ran('2'))).toEqual({ kind: 'granted' });
  expect(await store.of(one).use(ran('1'))).toMatchObject({ kind: 'ask' });
  expect(await store.list()).toHaveLength(1);
});

test('a grant that is revoked answers nothing any more, and is revoked once', async () => {
  const { a, window } = await room();
  const store = window();
  await store.of(one).add(asked(a), 'folder');
  const [grant] = await store.list();
  expect(await window().revoke(grant?.id ?? '')).toBe(true);
  expect(await store.revoke(grant?.id ?? '')).toBe(false);
  expect(await store.of(one).use(asked(a))).toEqual({ kind: 'ask', near: null, kinds: both });
});

test.each([
  ['of a newer release', JSON.stringify({ format: 'codex-lanes/grants', version: 2, rules: [] }), /newer release/],
  ['broken', '{"format":"codex-lanes/gra', /not as they should be/],
  ['of something else', '{"grants":[]}', /not as they should be/],
])('a file %s is left as it is: the user is asked, and no grant is offered', async (_, content, says) => {
  const { a, file, state, window } = await room();
  await writeFile(file, content);
  const store = window();
  expect(await store.of(one).use(asked(a))).toEqual({ kind: 'ask', near: null, kinds: [] });
  expect(await store.of(one).add(asked(a), 'folder')).toMatch(says);
  await expect(store.list()).rejects.toThrow(says);
  await expect(store.revoke('x')).rejects.toThrow(says);
  expect(await readFile(file, 'utf8')).toBe(content);
  expect(state.warned).toBe(1);
});

test('the file is its owner’s alone, and a command with a secret in it comes into none', async () => {
  const { a, file, window } = await room();
  const store = window(['a-very-secret-value']);
  const secret = asked(a, 'curl -H "x: a-very-secret-value" example.org');
  expect(await store.of(one).use(secret)).toEqual({ kind: 'ask', near: null, kinds: [] });
  expect(await store.of(one).use(asked(a, 'x'.repeat(5000)))).toEqual({ kind: 'ask', near: null, kinds: [] });
  await store.of(one).add(asked(a), 'folder');
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a use that can’t be put on record is none: the user is asked', async () => {
  const { home, a, window } = await room();
  const store = window();
  await store.of(one).add(asked(a), 'folder');
  // Another program holds the list, and goes on holding it.
  await writeFile(join(home, 'grants.json.lock'), JSON.stringify({ pid: process.pid, label: 'a test', token: 'x' }));
  expect(await store.of(one).use(asked(a))).toEqual({ kind: 'ask', near: null, kinds: [] });
  await rename(join(home, 'grants.json.lock'), join(home, 'away'));
  expect(await store.of(one).use(asked(a))).toEqual({ kind: 'granted' });
  expect(await store.list()).toMatchObject([{ uses: 1 }]);
});

type Act = {
  readonly window: 0 | 1;
  readonly what: 'use' | 'thread' | 'folder' | 'revoke' | 'wait';
  readonly thread: 0 | 1;
  readonly place: 0 | 1;
  readonly command: 0 | 1 | 2;
};
const index = fc.constantFrom(0 as const, 1 as const);
const act: fc.Arbitrary<Act> = fc.record({
  window: index,
  what: fc.constantFrom('use', 'use', 'use', 'thread', 'folder', 'revoke', 'wait'),
  thread: index,
  place: index,
  command: fc.constantFrom(0 as const, 1 as const, 2 as const),
});

test('two windows in any order: a grant answers where a simple list of what was given says so, and nowhere else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
      const { a, b, state, window } = await room();
      const windows = [window(), window()] as const;
      const [threads, places, commands] = [[one, two] as const, [a, b] as const, ['ls', 'ls -l', 'pwd'] as const];
      let given: { kind: GrantKind; thread: string; place: string; command: string; until: number; uses: number }[] =
        [];
      for (const { window: which, what, thread: of, place: at, command: nth } of acts) {
        const [store, thread, place, command] = [windows[which], threads[of], places[at], commands[nth]];
        const holds = (grant: (typeof given)[number]): boolean =>
          grant.command === command &&
          grant.place === place &&
          grant.until > state.now &&
          (grant.kind === 'folder' || grant.thread === thread);
        switch (what) {
          case 'use': {
            const look = await store.of(thread).use(asked(place, command));
            const used = given.find(holds);
            expect(look.kind).toBe(used === undefined ? 'ask' : 'granted');
            if (used === undefined) break;
            used.uses += 1;
            used.until = state.now + (used.kind === 'thread' ? 30 : 90) * day;
            break;
          }
          case 'thread':
          case 'folder': {
            await store.of(thread).add(asked(place, command), what);
            const isSame = (grant: (typeof given)[number]): boolean =>
              grant.kind === what &&
              grant.command === command &&
              grant.place === place &&
              (what === 'folder' || grant.thread === thread);
            const until = state.now + (what === 'thread' ? 30 : 90) * day;
            given = [
              ...given.filter((grant) => !isSame(grant)),
              { kind: what, thread, place, command, until, uses: 0 },
            ];
            break;
          }
          case 'revoke': {
            const [first] = await store.list();
            if (first !== undefined) await store.revoke(first.id);
            given = given.slice(0, -1);
            break;
          }
          case 'wait':
            state.now += 20 * day;
        }
        const listed = (await windows[which].list()).toReversed();
        expect(listed.map((grant) => [grant.kind, grant.command, grant.folder, grant.uses])).toEqual(
          given.map((grant) => [grant.kind, grant.command, grant.place, grant.uses]),
        );
      }
    }),
    { numRuns: 40, seed: 6 },
  );
}, 60_000);

test('windows that write at the same moment lose nothing of one another', async () => {
  const { a, window } = await room();
  const windows = Array.from({ length: 4 }, () => window());
  await Promise.all(
    windows.flatMap((store, w) => [0, 1, 2].map((n) => store.of(one).add(asked(a, `c${w}.${n}`), 'folder'))),
  );
  expect(await windows[0]?.list()).toHaveLength(12);
  await Promise.all(windows.map((store) => store.of(one).use(asked(a, 'c0.0'))));
  expect((await windows[1]?.list())?.find(({ command }) => command === 'c0.0')?.uses).toBe(4);
});
