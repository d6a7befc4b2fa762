import { beforeEach, expect, test, vi } from 'vitest';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import type { SignInEnd, SignInStep } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { signIn } from './index.ts';

const editor = vi.hoisted((): FakeEditor => ({ said: [], ran: [], lists: [], documents: [], answers: [] }));
/** What the features did outside of lists and messages, and the place that the window is in. */
const seen = vi.hoisted(() => ({
  ...{ opened: [] as string[], copied: [] as string[], progress: [] as string[] },
  ...{ remoteName: undefined as string | undefined, cancel: () => {} },
}));
vi.mock('vscode', async () => {
  const fake = (await import('../../../test/fakes/editor.ts')).fakeEditor(editor);
  const progress = { report: ({ message }: { message: string }) => void seen.progress.push(message) };
  const token = {
    onCancellationRequested: (call: () => void) => {
      seen.cancel = call;
    },
  };
  return {
    ...fake,
    ProgressLocation: { Notification: 15 },
    UIKind: { Desktop: 1, Web: 2 },
    Uri: { parse: (text: string) => text },
    env: {
      uiKind: 1,
      get remoteName() {
        return seen.remoteName;
      },
      openExternal: async (uri: string) => void seen.opened.push(uri),
      clipboard: { writeText: async (text: string) => void seen.copied.push(text) },
    },
    window: {
      ...(fake.window as object),
      withProgress: (_: object, work: (p: object, t: object) => Promise<unknown>) => work(progress, token),
    },
  };
});
beforeEach(() => {
  for (const list of [editor.said, editor.ran, editor.lists, editor.answers, seen.opened, seen.copied, seen.progress]) {
    list.length = 0;
  }
  seen.remoteName = undefined;
});

const page: SignInStep = { kind: 'open', url: 'https://auth.example/authorize?x=1' };
const code: SignInStep = { kind: 'enter-code', url: 'https://auth.example/device', code: 'AB-12' };

type Options = { readonly step?: SignInStep; readonly trusted?: boolean; readonly files?: readonly string[] };

/** A core whose sign-in tells one step and waits for its end. */
function host({ step, trusted = true, files = [] }: Options = {}) {
  const asked: string[] = [];
  const ended = Promise.withResolvers<SignInEnd>();
  const runtime = {
    signIn: (method: string, onStep: (step: SignInStep) => void, signal: AbortSignal) => {
      asked.push(method);
      signal.addEventListener('abort', () => ended.resolve({ kind: 'cancelled' }));
      if (step !== undefined) onStep(step);
      return ended.promise;
    },
  };
  const ctx = {
    core: { get: async () => ({ runtime }) },
    workspace: { trusted: () => trusted },
    log: { info: () => {}, error: () => {} },
    extension: { subscriptions: [] },
    realPath: async (path: string) => {
      if (!files.includes(path)) throw new Error('ENOENT');
      return path;
    },
  } as unknown as HostContext;
  return { ctx, asked, ended };
}
const texts = () => editor.said.map(({ text }) => text);

test.each([
  ['on this machine', undefined, [], ['Browser', 'Device code']],
  ['over SSH', 'ssh-remote', [], ['Device code', 'Browser']],
  ['in Docker', undefined, ['/.dockerenv'], ['Device code', 'Browser']],
  ['in Podman', undefined, ['/run/.containerenv'], ['Device code', 'Browser']],
] as const)('%s, the way that works is the first; picking none asks nobody', async (_, remoteName, files, rows) => {
  seen.remoteName = remoteName;
  const { ctx, asked } = host({ files });
  await signIn(ctx);
  expect(editor.lists).toEqual([rows]);
  expect(asked).toEqual([]);
  expect(editor.said).toEqual([]);
});

test('an untrusted workspace is asked nothing and starts nothing', async () => {
  const { ctx, asked } = host({ trusted: false });
  await signIn(ctx);
  expect(editor.lists).toEqual([]);
  expect(asked).toEqual([]);
  expect(texts()).toEqual(['This workspace is not trusted, so nothing is started in it.']);
});

test('browser: the page is opened when the user says so, not before', async () => {
  const { ctx, asked, ended } = host({ step: page });
  const chosen = Promise.withResolvers<string>();
  editor.answers.push('Browser', chosen.promise);
  const done = signIn(ctx);
  await expect.poll(texts).toEqual(['Sign in at auth.example in the browser.']);
  expect(asked).toEqual(['browser']);
  expect(seen.progress).toEqual(['waits for the browser at auth.example']);
  expect(seen.opened).toEqual([]);
  chosen.resolve('Open');
  await expect.poll(() => seen.opened).toEqual(['https://auth.example/authorize?x=1']);
  ended.resolve({ kind: 'signed-in' });
  await done;
  expect(texts().at(-1)).toBe('Codex is signed in to ChatGPT, and keeps the login.');
});

test('device code: the code is shown, copied, and its page opened', async () => {
  const { ctx, asked, ended } = host({ step: code });
  editor.answers.push('Device code', 'Copy Code', 'Open');
  const done = signIn(ctx);
  await expect.poll(() => seen.opened).toEqual(['https://auth.example/device']);
  expect(asked).toEqual(['device-code']);
  expect(seen.copied).toEqual(['AB-12']);
  expect(seen.progress).toEqual(['waits for the code AB-12 at auth.example']);
  expect(editor.said[0]).toMatchObject({
    text: 'Enter the code AB-12 at auth.example to sign in to Codex.',
    buttons: ['Copy Code', 'Open'],
  });
  ended.resolve({ kind: 'signed-in' });
  await done;
});

test('a message that outlives its sign-in opens nothing', async () => {
  const { ctx, ended } = host({ step: page });
  const chosen = Promise.withResolvers<string>();
  editor.answers.push('Browser', chosen.promise);
  const done = signIn(ctx);
  await expect.poll(texts).toHaveLength(1);
  ended.resolve({ kind: 'failed', message: 'OpenAI can’t be reached.', hint: 'Check the network.' });
  await done;
  expect(texts().at(-1)).toBe('Codex was not signed in. OpenAI can’t be reached. Check the network.');
  chosen.resolve('Open');
  await chosen.promise;
  await Promise.resolve();
  expect(seen.opened).toEqual([]);
});

test('one sign-in at a time; Cancel ends it, and the next may begin', async () => {
  const { ctx, asked } = host();
  editor.answers.push('Browser');
  const done = signIn(ctx);
  await expect.poll(() => asked).toEqual(['browser']);
  await signIn(ctx);
  expect(texts()).toEqual(['A sign-in to Codex is under way already.']);
  seen.cancel();
  await done;
  expect(texts().at(-1)).toBe('Codex was not signed in: cancelled.');
  await signIn(ctx);
  expect(editor.lists).toHaveLength(2);
});
