import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataHomePath, openDataHome } from './data-home.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanes-home-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  [{ CODEX_LANES_HOME: '/own', XDG_DATA_HOME: '/xdg' }, 'linux', '/own'],
  [{ XDG_DATA_HOME: '/xdg' }, 'linux', join('/xdg', 'codex-lanes')],
  [{ XDG_DATA_HOME: 'relative' }, 'linux', join('/home/u', '.local', 'share', 'codex-lanes')],
  [{}, 'darwin', join('/home/u', 'Library', 'Application Support', 'codex-lanes')],
  [{ APPDATA: '/roaming' }, 'win32', join('/roaming', 'codex-lanes')],
] as const)('%j on %s is %s', (env, platform, expected) => {
  expect(dataHomePath({ env, platform, home: '/home/u' })).toBe(expected);
});

test('a relative CODEX_LANES_HOME is refused', () => {
  expect(() => dataHomePath({ env: { CODEX_LANES_HOME: 'here' } })).toThrow(/absolute/);
});

test('is made private, with its format, and opens again', async () => {
  const env = { CODEX_LANES_HOME: join(folder, 'a', 'home') };
  const path = await openDataHome({ env });
  expect(JSON.parse(await readFile(join(path, 'format'), 'utf8'))).toEqual({
    format: 'codex-lanes/data-home',
    version: 1,
  });
  if (process.platform !== 'win32') {
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect((await stat(join(path, 'format'))).mode & 0o777).toBe(0o600);
  }
  expect(await openDataHome({ env })).toBe(path);
});

test.each([
  ['{"format":"codex-lanes/data-home","version":2}', 'newer-format'],
  ['{"format":"something/else","version":1}', 'storage'],
  ['garbage', 'storage'],
])('with the format %s it is refused as %s and nothing is touched', async (text, kind) => {
  await writeFile(join(folder, 'format'), text);
  await expect(openDataHome({ env: { CODEX_LANES_HOME: folder } })).rejects.toMatchObject({ kind });
  expect(await readdir(folder)).toEqual(['format']);
  expect(await readFile(join(folder, 'format'), 'utf8')).toBe(text);
});

test('a file in the way is a storage error that names the folder', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(openDataHome({ env: { CODEX_LANES_HOME: join(file, 'home') } })).rejects.toMatchObject({
    kind: 'storage',
    message: expect.stringContaining('data folder'),
  });
});
