import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isKeptImage, keepImage } from './kept-images.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kept-images-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('an image is kept by its content, for its owner alone', async () => {
  const path = await keepImage(home, new Uint8Array([1, 2, 3]), 'image/png');
  expect(path).toMatch(/[\\/]images[\\/][0-9a-f]{32}\.png$/);
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  if (process.platform !== 'win32') {
    expect([statSync(path), statSync(join(home, 'images'))].map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o700]);
  }
});

test('the same bytes are one file, others are another', async () => {
  const one = await keepImage(home, new Uint8Array([1]), 'image/gif');
  expect(await keepImage(home, new Uint8Array([1]), 'image/gif')).toBe(one);
  expect(await keepImage(home, new Uint8Array([2]), 'image/gif')).not.toBe(one);
  expect(readdirSync(join(home, 'images'))).toHaveLength(2);
});

test('a file that was cut is written anew', async () => {
  const path = await keepImage(home, new Uint8Array([1, 2, 3]), 'image/webp');
  writeFileSync(path, '');
  await keepImage(home, new Uint8Array([1, 2, 3]), 'image/webp');
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
});

test('a folder that can not be made is named', async () => {
  writeFileSync(join(home, 'images'), 'a file');
  await expect(keepImage(home, new Uint8Array([1]), 'image/png')).rejects.toMatchObject({
    kind: 'storage',
    message: expect.stringContaining(join(home, 'images')),
  });
});

test('a kept image is known by its path; what lies elsewhere, or is named otherwise, is none', async () => {
  const path = await keepImage(home, new Uint8Array([7]), 'image/png');
  expect(isKeptImage(home, path)).toBe(true);
  const others = ['../x.png', 'images/../secrets.png', 'images/a.png', `threads/${basename(path)}`];
  expect([...others.map((name) => `${home}/${name}`), `${path}.sh`, ''].filter((it) => isKeptImage(home, it))).toEqual(
    [],
  );
});
