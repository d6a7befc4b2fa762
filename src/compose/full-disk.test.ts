import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { engineOnFakes, MemoryTranscript, untilStopped } from '../../test/fakes/engine.ts';
import type { LogEvent } from '../model/index.ts';
import { defaultThreadOptions, isTerminal, LanesError } from '../model/index.ts';
import { createTranscript } from '../transcript/index.ts';
import type { FullDisk } from './testing/full-disk.ts';

const root = mkdtempSync(join(tmpdir(), 'lanes-full-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test.skipIf(process.platform === 'win32')(
  'a log that the system lets grow no further ends the turn with words; all that was shown is there, and it goes on',
  async () => {
    const folder = join(root, 'threads');
    const script = join(import.meta.dirname, 'testing/full-disk.ts');
    // In blocks of 1024 bytes, or 512: room for some of what the turn says.
    const limited = `ulimit -f 64 && exec "$0" "$1" "$2"`;
    const child = spawnSync('/bin/sh', ['-c', limited, process.execPath, script, folder], { encoding: 'utf8' });
    expect(child.stderr).toBe('');
    const said = JSON.parse(child.stdout) as FullDisk;
    expect(said.first).toEqual({ ok: true });
    expect(said.told).toMatchObject({
      running: false,
      problem: expect.stringMatching(/larger than the system allows/),
    });
    const words = expect.stringMatching(/larger than the system allows/);
    expect(said.again).toMatchObject({ ok: false, message: words });
    const store = createTranscript({ folder, secrets: () => [], label: 'a test', log });
    const kept = await store.read(said.id);
    expect(said.sent).toBeGreaterThan(4);
    expect(kept).toHaveLength(said.sent);
    expect((await store.list()).map(({ title, state }) => [title, state])).toEqual([['one', 'interrupted']]);
    // With room again, the turn is ended on record and the thread goes on.
    const t = engineOnFakes({ store });
    expect((await t.engine.view(said.id)).turns.map((turn) => turn.state)).toEqual(['interrupted']);
    expect(await t.prompt(said.id, 'three')).toEqual({ ok: true });
    await t.until(t.idle(said.id));
    expect((await t.engine.view(said.id)).turns.map((turn) => turn.state)).toEqual(['interrupted', 'completed']);
    await t.engine.close();
  },
);

const full = new LanesError('storage', 'Saving the thread failed: the disk is full.');

test('once the disk has room again, the same window goes on, and nothing that was shown is lost', async () => {
  const t = engineOnFakes({
    scripts: [
      async (turn, io, end) => {
        io.emit({ kind: 'assistant_text', text: 'kept', isDelta: false });
        await t.until(() => t.sent.some((event) => event.kind === 'assistant_text'));
        t.transcript.failWith = full;
        io.emit({ kind: 'assistant_text', text: 'lost', isDelta: false });
        return await untilStopped(turn, io, end);
      },
    ],
  });
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.until(t.idle(id));
  const shown: readonly LogEvent[] = [...t.sent];
  expect(t.engine.activity(id).problem).toContain('the disk is full');
  expect(await t.prompt(id, 'two')).toMatchObject({ ok: false, message: expect.stringContaining('the disk is full') });
  expect(await t.engine.rename(id, 'x')).toMatchObject({ ok: false });
  expect(await t.engine.fork(id)).toMatchObject({ ok: false });
  expect(t.stored(id)).toEqual(shown);
  t.transcript.failWith = null;
  expect(await t.prompt(id, 'three')).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(t.engine.activity(id).problem).toBeNull();
  expect(t.stored(id)).toEqual(t.sent);
  expect(t.sent.slice(0, shown.length)).toEqual(shown);
  expect(t.stored(id).map((event) => event.seq)).toEqual(t.stored(id).map((_, i) => i + 1));
  expect(
    t
      .stored(id)
      .filter(isTerminal)
      .map((event) => event.kind),
  ).toEqual(['turn_interrupted', 'turn_completed']);
  expect(await t.engine.view(id)).toEqual(t.folded(id));
});

test('a first prompt that could not be written begins the thread when it can, with the options chosen ahead', async () => {
  const t = engineOnFakes();
  const id = t.engine.create('/w');
  const options = { ...defaultThreadOptions, model: 'm' };
  await t.engine.setOptions(id, options);
  t.transcript.failWith = full;
  expect(await t.prompt(id, 'one')).toMatchObject({ ok: false });
  await t.until(t.idle(id));
  expect(t.stored(id)).toEqual([]);
  t.transcript.failWith = null;
  expect(await t.prompt(id, 'two')).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(
    t
      .stored(id)
      .map((event) => event.kind)
      .slice(0, 2),
  ).toEqual(['thread_started', 'thread_options_changed']);
  expect(t.folded(id)).toMatchObject({ cwd: '/w', options, title: 'two' });
});

test('where nothing can be written at all, a prompt is refused with the reason', async () => {
  class ReadOnly extends MemoryTranscript {
    override readonly open = () =>
      Promise.reject(new LanesError('storage', 'Opening the thread failed: the disk is read-only.'));
  }
  const t = engineOnFakes({ store: new ReadOnly() });
  const id = t.engine.create('/w');
  expect(await t.prompt(id, 'one')).toMatchObject({ ok: false, message: expect.stringContaining('read-only') });
  expect(t.turns).toEqual([]);
  expect(t.engine.activity(id).running).toBe(false);
});
