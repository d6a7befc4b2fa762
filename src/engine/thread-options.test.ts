import { expect, test } from 'vitest';
import type { Script } from '../../test/fakes/engine.ts';
import { engineOnFakes, readyInputs, says, untilStopped } from '../../test/fakes/engine.ts';
import type { Attachment, LogEvent, ThreadOptions } from '../model/index.ts';
import { defaultThreadOptions, isTerminal, nativeThreadId, requestId } from '../model/index.ts';

const kinds = (events: readonly LogEvent[]): string[] => events.map((event) => event.kind);
const chosen: ThreadOptions = { ...defaultThreadOptions, model: 'gpt-6', effort: 'high', addDirs: ['/a', '/b'] };
const native = { ...readyInputs, selected: 'codex-native' } as const;

test('options of a thread without events are kept ahead and written behind its first one', async () => {
  const t = engineOnFakes();
  const id = t.engine.create('/w');
  expect(await t.engine.setOptions(id, chosen)).toEqual({ ok: true });
  expect(t.transcript.logs.size).toBe(0);
  expect(t.transcript.writers.size).toBe(0);
  expect((await t.engine.view(id)).options).toEqual(chosen);
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(kinds(t.stored(id)).slice(0, 2)).toEqual(['thread_started', 'thread_options_changed']);
  expect(t.folded(id).options).toEqual(chosen);
  expect(t.turns[0]).toMatchObject({ model: 'gpt-6', effort: 'high' });
  expect(t.stored(id).find((event) => event.kind === 'turn_started')).toMatchObject({ model: 'gpt-6', effort: 'high' });
});

test('options hold from the next turn on, also when a turn runs, and after a restart', async () => {
  const t = engineOnFakes({ scripts: [untilStopped] });
  t.state.settings = { ...t.state.settings, nativeAddDirs: ['/a', '/s'], nativeProfile: 'set', nativeModel: 'm' };
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  expect(await t.engine.setOptions(id, { ...chosen, outputSchema: '/schema.json' })).toEqual({ ok: true });
  expect(t.turns[0]).toMatchObject({ model: 'm', addDirs: ['/a', '/s'], outputSchema: null, profile: 'set' });
  await t.engine.close();
  const next = engineOnFakes({ transcript: t.transcript });
  next.state.settings = t.state.settings;
  next.state.inputs = native;
  await next.prompt(id, 'two');
  await next.until(next.idle(id));
  expect(next.turns[0]).toMatchObject({
    model: 'gpt-6',
    addDirs: ['/a', '/s', '/b'],
    outputSchema: '/schema.json',
    profile: 'set',
  });
});

test.each<[string, Partial<ThreadOptions>, RegExp]>([
  ['a relative folder', { addDirs: ['/a', 'b/c'] }, /b\/c is not an absolute path/],
  ['a relative schema', { outputSchema: 'schema.json' }, /schema\.json is not an absolute path/],
  ['a worktree of an ephemeral thread', { worktree: true, ephemeral: true }, /worktree can’t be combined/],
])('%s is refused by name, and nothing is kept', async (_name, wrong, words) => {
  const t = engineOnFakes();
  const id = t.engine.create('/w');
  const answer = await t.engine.setOptions(id, { ...defaultThreadOptions, ...wrong });
  expect(answer).toMatchObject({ ok: false, message: expect.stringMatching(words) });
  expect((await t.engine.view(id)).options).toEqual(defaultThreadOptions);
});

test('a worktree is refused where the setting makes threads ephemeral, and where it became so later the turn says it', async () => {
  const t = engineOnFakes();
  t.state.inputs = native;
  t.state.settings = { ...t.state.settings, nativeEphemeral: true };
  const id = t.engine.create('/w');
  const worktree = { ...defaultThreadOptions, worktree: true };
  expect(await t.engine.setOptions(id, worktree)).toMatchObject({ ok: false });
  expect(await t.engine.setOptions(id, { ...worktree, ephemeral: false })).toEqual({ ok: true });
  t.state.settings = { ...t.state.settings, nativeEphemeral: false };
  expect(await t.engine.setOptions(id, worktree)).toEqual({ ok: true });
  t.state.settings = { ...t.state.settings, nativeEphemeral: true };
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(t.turns).toEqual([]);
  expect(t.stored(id).find(isTerminal)).toMatchObject({ kind: 'turn_failed', error: { code: 'bad_request' } });
});

const tree = { path: '/trees/1', origin: '/w', base: 'abc' };
const n1 = nativeThreadId('n1');
const notFound = { code: 'folder_missing', message: 'it was not found', retryable: false, hint: 'a way out' } as const;

test('the first native turn makes the worktree, later ones run in it, and it is asked for once', async () => {
  const t = engineOnFakes({
    scripts: [
      async (_turn, io, end) => {
        io.emit({ kind: 'worktree_created', worktree: tree, nativeThreadId: n1 });
        return end({ nativeThreadId: n1, completionPolicy: 'persistent' });
      },
      async () => {
        throw new Error('unused');
      },
    ],
  });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.engine.setOptions(id, { ...defaultThreadOptions, worktree: true });
  for (const text of ['one', 'two']) {
    await t.prompt(id, text);
    await t.until(t.idle(id));
  }
  expect(t.turns.map((turn) => [turn.newWorktree, turn.cwd])).toEqual([
    [true, '/w'],
    [false, '/trees/1'],
  ]);
  const started = t.stored(id).filter((event) => event.kind === 'turn_started');
  expect(started.map((event) => event.cwd)).toEqual(['/w', '/trees/1']);
  expect(t.folded(id).cwd).toBe('/w');
  // Asking again is nothing new; on another thread that has begun it is.
  expect(await t.engine.setOptions(id, { ...defaultThreadOptions, worktree: true })).toEqual({ ok: true });
});

test('where the first turn ended before it told of its worktree, the lane has to find that, until the option is switched off', async () => {
  const worktree = { ...defaultThreadOptions, worktree: true };
  const dies: Script = async (_turn, io, end) => {
    io.emit({ kind: 'thread_status_changed', status: { type: 'active', flags: [] }, nativeThreadId: n1 });
    return { outcome: 'interrupted', facts: end({ nativeThreadId: n1, completionPolicy: 'persistent' }).facts };
  };
  const t = engineOnFakes({
    scripts: [
      dies,
      async (_turn, _io, end) => ({ outcome: 'failed', error: notFound, facts: end().facts }),
      says({ kind: 'worktree_created', worktree: tree, nativeThreadId: n1 }),
    ],
  });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  const turn = async (text: string): Promise<void> => {
    await t.prompt(id, text);
    await t.until(t.idle(id));
  };
  await t.engine.setOptions(id, worktree);
  for (const text of ['one', 'two']) await turn(text);
  expect(t.turns[1]).toMatchObject({ newWorktree: true, nativeThreadId: n1, cwd: '/w' });
  // The way out that it names is not written over.
  expect(t.stored(id).findLast(isTerminal)).toMatchObject({ error: notFound });
  for (const text of ['three', 'four']) await turn(text);
  expect(t.turns.slice(2)).toMatchObject([
    { newWorktree: true, cwd: '/w' },
    { newWorktree: false, cwd: '/trees/1' },
  ]);

  const other = engineOnFakes({ scripts: [dies] });
  other.state.inputs = native;
  const off = other.engine.create('/w');
  await other.engine.setOptions(off, worktree);
  await other.prompt(off, 'one');
  await other.until(other.idle(off));
  expect(await other.engine.setOptions(off, defaultThreadOptions)).toEqual({ ok: true });
  expect(await other.engine.setOptions(off, worktree)).toMatchObject({ ok: false });
  await other.prompt(off, 'two');
  await other.until(other.idle(off));
  expect(other.turns[1]).toMatchObject({ newWorktree: false, nativeThreadId: n1, cwd: '/w' });
});

test('a worktree is not asked for while the first native turn runs without one', async () => {
  const t = engineOnFakes({ scripts: [untilStopped] });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.until(() => t.turns.length === 1);
  expect(await t.engine.setOptions(id, { ...defaultThreadOptions, worktree: true })).toMatchObject({ ok: false });
  await t.engine.stop(id, 'user');
});

test('a thread that has begun gets no worktree any more', async () => {
  const t = engineOnFakes({
    scripts: [async (_turn, _io, end) => end({ nativeThreadId: n1, completionPolicy: 'persistent' })],
  });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.until(t.idle(id));
  const answer = await t.engine.setOptions(id, { ...defaultThreadOptions, worktree: true });
  expect(answer).toMatchObject({ ok: false, message: expect.stringContaining('Start a new thread') });
});

test('a worktree that is gone is named with the way out; closing it leads back', async () => {
  const t = engineOnFakes({
    scripts: [
      async (_turn, io, end) => {
        io.emit({ kind: 'worktree_created', worktree: tree, nativeThreadId: n1 });
        return end({ nativeThreadId: n1, completionPolicy: 'persistent' });
      },
      async (_turn, _io, end) => ({
        outcome: 'failed',
        facts: end().facts,
        error: { code: 'folder_missing', message: 'x', retryable: false, hint: null },
      }),
    ],
  });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.engine.setOptions(id, { ...defaultThreadOptions, worktree: true });
  await t.prompt(id, 'one');
  await t.until(t.idle(id));
  await t.prompt(id, 'two');
  await t.until(t.idle(id));
  expect(t.stored(id).findLast(isTerminal)).toMatchObject({
    error: { message: expect.stringContaining('worktree'), hint: expect.stringContaining('/w') },
  });
  const closed = await t.engine.whileIdle(id, async (thread) => {
    // A prompt is kept out while it is worked on.
    expect(await t.prompt(id, 'not now')).toMatchObject({ ok: false });
    expect(await t.engine.fork(id)).toMatchObject({ ok: false });
    await thread.add({ kind: 'worktree_closed', how: 'discarded', kept: null });
    return thread.view.worktree;
  });
  expect(closed).toEqual({ ok: true, value: tree });
  expect(t.transcript.writers.size).toBe(0);
  await t.prompt(id, 'three');
  await t.until(t.idle(id));
  expect(t.turns.at(-1)).toMatchObject({ cwd: '/w', newWorktree: false });
});

test('work on a thread is refused while a turn runs, here or elsewhere, and on one without events', async () => {
  const t = engineOnFakes({ scripts: [untilStopped] });
  const id = t.engine.create('/w');
  const work = async (): Promise<string> => 'done';
  expect(await t.engine.whileIdle(id, work)).toMatchObject({ ok: false });
  await t.prompt(id, 'one');
  expect(await t.engine.whileIdle(id, work)).toMatchObject({ ok: false, message: expect.stringContaining('running') });
  const other = engineOnFakes({ transcript: t.transcript });
  expect(await other.engine.whileIdle(id, work)).toMatchObject({
    ok: false,
    message: expect.stringContaining('another window'),
  });
  await t.engine.stop(id, 'user');
  expect(await other.engine.whileIdle(id, work)).toEqual({ ok: true, value: 'done' });
});

test('a thread is renamed, also while it runs; an empty title is refused', async () => {
  const t = engineOnFakes({ scripts: [untilStopped] });
  const id = t.engine.create('/w');
  expect(await t.engine.rename(id, 'early')).toMatchObject({ ok: false });
  await t.prompt(id, 'one');
  expect(await t.engine.rename(id, ' ')).toMatchObject({ ok: false });
  expect(await t.engine.rename(id, ' Name ')).toEqual({ ok: true });
  expect(t.folded(id).title).toBe('Name');
  await t.engine.stop(id, 'user');
  expect(t.folded(id).turns.map((turn) => turn.state)).toEqual(['interrupted']);
});

const image: Attachment = { kind: 'image', path: '/p/a.png', label: 'a.png' };

test('attachments reach the record and the lane, also from the queue', async () => {
  const t = engineOnFakes({ scripts: [untilStopped] });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  const prompt = { requestId: requestId('r'), text: 'two', attachments: [image] };
  expect(await t.engine.submit(id, prompt)).toEqual({ ok: true });
  expect(t.folded(id).queued[0]?.attachments).toEqual([image]);
  await t.engine.stop(id, 'user');
  await t.engine.submit(id, { ...prompt, text: 'three' });
  await t.until(t.idle(id));
  expect(t.turns.at(-1)).toMatchObject({ text: 'three', attachments: [image] });
  expect(t.folded(id).rows.findLast((row) => row.kind === 'user')).toMatchObject({ attachments: [image] });
});

test('a file that is not there, and an image where the lane takes none, are refused by name before anything is written', async () => {
  const t = engineOnFakes();
  t.state.apiImages = false;
  const id = t.engine.create('/w');
  const bad = { kind: 'file', path: '/p/bad', label: 'bad' } as const;
  const submit = (attachments: readonly Attachment[]) =>
    t.engine.submit(id, { requestId: requestId('r'), text: 'x', attachments });
  expect(await submit([bad])).toMatchObject({ ok: false, message: '/p/bad does not exist.' });
  expect(await submit([image])).toMatchObject({ ok: false, message: expect.stringMatching(/no images \(a\.png\)/) });
  expect(t.transcript.logs.size).toBe(0);
  expect(t.transcript.writers.size).toBe(0);
});

test('an image that waited for a lane which takes none ends its turn with words', async () => {
  let finish = (): void => {};
  const first = new Promise<void>((done) => {
    finish = done;
  });
  const t = engineOnFakes({
    scripts: [
      async (_turn, _io, end) => {
        await first;
        return end();
      },
    ],
  });
  t.state.inputs = native;
  t.state.apiImages = false;
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  expect(await t.engine.submit(id, { requestId: requestId('r'), text: 'two', attachments: [image] })).toEqual({
    ok: true,
  });
  t.state.inputs = readyInputs;
  finish();
  await t.until(t.idle(id));
  expect(t.turns.map((turn) => turn.text)).toEqual(['one']);
  expect(t.stored(id).findLast(isTerminal)).toMatchObject({ error: { code: 'bad_request', hint: expect.any(String) } });
});
