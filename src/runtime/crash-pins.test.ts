import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExecutableIdentity } from '../model/index.ts';
import type { CrashPins } from './crash-pins.ts';
import { createCrashPins } from './crash-pins.ts';

let root: string;
let warnings: string[];
let build: ExecutableIdentity;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pins-'));
  warnings = [];
  writeFileSync(join(root, 'codex'), 'one');
  build = { path: join(root, 'codex'), source: 'system-path', version: 'codex-cli 0.169.0' };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = (): CrashPins =>
  createCrashPins({
    home: async () => root,
    homePath: () => root,
    clock: { now: () => 0, monotonic: () => performance.now(), after: () => () => undefined },
    log: { debug: () => {}, info: () => {}, error: () => {}, warn: (line) => warnings.push(line) },
  });
const file = (): string => join(root, 'crash-pins.json');
const failed = { failed: 'exit code 101' } as const;

test('three failed starts in a row pin a build until the user lifts it', async () => {
  const pins = open();
  expect(await pins.record(build, failed)).toBe(false);
  expect(await pins.record(build, failed)).toBe(false);
  expect(await pins.pinOf(build)).toBeNull();
  expect(await pins.record(build, failed)).toBe(true);
  const pin = {
    reason: expect.stringContaining('3 times in a row (exit code 101)'),
    since: '1970-01-01T00:00:00.000Z',
  };
  expect(await pins.pinOf(build)).toEqual(pin);
  // One that was on its way when the pin came does not lift it.
  expect(await pins.record(build, 'started')).toBe(false);
  expect(await open().pinOf(build)).toEqual(pin);
  await open().lift();
  expect(await pins.pinOf(build)).toBeNull();
  expect(await pins.record(build, failed)).toBe(false);
});

test('a start clears the count', async () => {
  const pins = open();
  for (const start of [failed, failed, 'started', failed, failed] as const) {
    expect(await pins.record(build, start)).toBe(false);
  }
  expect(await pins.pinOf(build)).toBeNull();
});

test('another build is not pinned: another version, path or file', async () => {
  const pins = open();
  for (let i = 0; i < 3; i += 1) await pins.record(build, failed);
  expect(await pins.pinOf({ ...build, version: 'codex-cli 0.170.0' })).toBeNull();
  writeFileSync(join(root, 'other'), 'one');
  expect(await pins.pinOf({ ...build, path: join(root, 'other') })).toBeNull();
  expect(await pins.pinOf({ ...build, source: 'setting' })).not.toBeNull();
  writeFileSync(join(root, 'codex'), 'another program');
  expect(await pins.pinOf(build)).toBeNull();
});

test('windows share the count, also when they fail at the same time', async () => {
  const results = await Promise.all([open(), open(), open()].map((pins) => pins.record(build, failed)));
  expect(results.filter(Boolean)).toHaveLength(1);
  expect(await open().pinOf(build)).not.toBeNull();
  expect(readdirSync(root).filter((name) => name.includes('.lock') || name.endsWith('.tmp'))).toEqual([]);
  if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test('a build that starts writes nothing', async () => {
  await open().record(build, 'started');
  expect(existsSync(file())).toBe(false);
  await open().lift();
  expect(existsSync(file())).toBe(false);
});

test.each([['{"format":"codex-lanes/crash-pins","ver'], ['[]'], ['{"format":"x","version":1,"builds":[]}'], ['']])(
  'a damaged file counts as empty, is said once, kept and replaced: %s',
  async (text) => {
    writeFileSync(file(), text);
    const pins = open();
    expect(await pins.pinOf(build)).toBeNull();
    expect(await pins.pinOf(build)).toBeNull();
    expect(warnings).toHaveLength(1);
    await pins.record(build, failed);
    expect(readFileSync(`${file()}.damaged`, 'utf8')).toBe(text);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ version: 1, builds: [{ failures: 1 }] });
  },
);

test('a file of a newer release is left alone', async () => {
  const text = JSON.stringify({ format: 'codex-lanes/crash-pins', version: 2, pins: {} });
  writeFileSync(file(), text);
  const pins = open();
  expect(await pins.record(build, failed)).toBe(false);
  await pins.lift();
  expect(await pins.pinOf(build)).toBeNull();
  expect(readFileSync(file(), 'utf8')).toBe(text);
});

test('what can’t be kept is logged; only who lifts a pin hears of it', async () => {
  const pins = createCrashPins({
    home: () => Promise.reject(new Error('no disk')),
    homePath: () => {
      throw new Error('no place');
    },
    clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
    log: { debug: () => {}, info: () => {}, error: () => {}, warn: (line) => warnings.push(line) },
  });
  expect(await pins.pinOf(build)).toBeNull();
  expect(await pins.record(build, failed)).toBe(false);
  await expect(pins.lift()).rejects.toThrow('The pin could not be lifted: no disk');
  expect(warnings.join()).toContain('no disk');
});
