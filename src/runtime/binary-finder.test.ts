import { renameSync, rmSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { BinaryFact } from '../model/index.ts';
import { createBinaryFinder } from './binary-finder.ts';
import { codexScript, noPlaces, programFolder } from './testing/program-folder.ts';

describe.skipIf(process.platform === 'win32')('the finder', () => {
  const folder = programFolder();
  const clockAt = (time: { now: number }) => ({
    now: () => time.now,
    monotonic: () => time.now,
    after: () => () => undefined,
  });
  const found = (path: string, version: string): BinaryFact => ({
    kind: 'found',
    identity: { path, source: 'system-path', version },
  });
  const versionOf = (answer: { readonly fact: BinaryFact }): string =>
    answer.fact.kind === 'found' ? answer.fact.identity.version : answer.fact.kind;

  test('an answer is kept for 30 s; a failed look serves the old one for 5 min while the file is the same', async () => {
    const path = folder.file('codex', codexScript('1.0.0'));
    const time = { now: 0 };
    let fact = found(path, 'v');
    const discover = vi.fn(async () => fact);
    const finder = createBinaryFinder(clockAt(time), discover);
    await finder.find(noPlaces);
    time.now = 29_000;
    expect(await finder.find(noPlaces)).toMatchObject({ stale: false });
    expect(discover).toHaveBeenCalledTimes(1);
    fact = { kind: 'missing', detail: 'slow', problem: 'no-answer' };
    time.now = 31_000;
    expect(await finder.find(noPlaces)).toMatchObject({ fact: { kind: 'found' }, stale: true });
    time.now = 299_000;
    expect(await finder.find(noPlaces)).toMatchObject({ fact: { kind: 'found' }, stale: true });
    time.now = 300_000;
    expect(await finder.find(noPlaces)).toMatchObject({ fact: { kind: 'missing' }, stale: false });
    expect(discover).toHaveBeenCalledTimes(4);
  });

  test('a failed look is not kept', async () => {
    const path = folder.file('codex', codexScript('1.0.0'));
    let fact: BinaryFact = { kind: 'missing', detail: '', problem: 'not-found' };
    const finder = createBinaryFinder(clockAt({ now: 0 }), async () => fact);
    expect(await finder.find(noPlaces)).toMatchObject({ fact: { kind: 'missing' } });
    fact = found(path, 'v');
    expect(await finder.find(noPlaces)).toMatchObject({ fact: { kind: 'found' } });
  });

  test('a file that took its place is looked at, however young the answer; when it fails, the old answer is no answer', async () => {
    const path = folder.file('codex', codexScript('1.0.0'));
    const setting = { value: path, source: 'codexLanes.codex.path' };
    const finder = createBinaryFinder(clockAt({ now: 0 }));
    const find = () => finder.find({ ...noPlaces, setting });
    expect(versionOf(await find())).toBe('codex-cli 1.0.0');
    renameSync(folder.file('new', codexScript('2.0.0')), path);
    expect(versionOf(await find())).toBe('codex-cli 2.0.0');
    renameSync(folder.file('new', '#!/bin/sh\necho garbage\n'), path);
    expect(await find()).toMatchObject({ fact: { problem: 'not-codex' }, stale: false });
    rmSync(path);
    expect(await find()).toMatchObject({ fact: { problem: 'not-found' }, stale: false });
  });

  test('two who ask at once share a look; another input is another question', async () => {
    const path = folder.file('codex', codexScript('1.0.0'));
    const discover = vi.fn(async () => found(path, 'v'));
    const finder = createBinaryFinder(clockAt({ now: 0 }), discover);
    await Promise.all([finder.find(noPlaces), finder.find(noPlaces)]);
    expect(discover).toHaveBeenCalledTimes(1);
    await finder.find({ ...noPlaces, env: { PATH: '/elsewhere' } });
    expect(discover).toHaveBeenCalledTimes(2);
  });

  test('for a turn, a known program serves at once after 30 s and is looked for once the turn has begun; another file in its place is not', async () => {
    const path = folder.file('codex', codexScript('1.0.0'));
    const time = { now: 0 };
    let calls = 0;
    const looks: (() => void)[] = [];
    const timers: { readonly ms: number; readonly call: () => void }[] = [];
    const after = (ms: number, call: () => void) => {
      timers.push({ ms, call });
      return () => undefined;
    };
    const finder = createBinaryFinder({ ...clockAt(time), after }, async () => {
      calls += 1;
      const version = `v${calls}`;
      if (calls > 1) await new Promise<void>((go) => looks.push(go));
      return found(path, version);
    });
    await finder.find(noPlaces);
    time.now = 31_000;
    expect(versionOf(await finder.find(noPlaces, { atOnce: true }))).toBe('v1');
    // Not beside the start of the turn; once, however many turns begin meanwhile.
    expect(calls).toBe(1);
    expect(versionOf(await finder.find(noPlaces, { atOnce: true }))).toBe('v1');
    expect(timers.map(({ ms }) => ms)).toEqual([2000]);
    timers[0]?.call();
    expect(calls).toBe(2);
    looks.shift()?.();
    await vi.waitFor(async () => expect(versionOf(await finder.find(noPlaces))).toBe('v2'));
    expect(calls).toBe(2);
    time.now = 62_000;
    renameSync(folder.file('new', codexScript('2.0.0')), path);
    const waits = finder.find(noPlaces, { atOnce: true });
    await vi.waitFor(() => expect(looks).toHaveLength(1));
    looks.shift()?.();
    expect(versionOf(await waits)).toBe('v3');
  });
});
