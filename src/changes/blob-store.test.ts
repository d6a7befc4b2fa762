import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BlobStore } from './blob-store.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'blobs-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const fileOf = (id: string): string => join(home, 'blobs', id.slice(0, 2), id);

test('past the cap what was longest unused goes', async () => {
  const store = new BlobStore(async () => home, 250);
  const ids: string[] = [];
  for (const [at, letter] of ['a', 'b', 'c'].entries()) {
    const id = await store.keep(Buffer.from(letter.repeat(100)));
    await store.settled();
    if (at < 2) utimesSync(fileOf(id), at + 1, at + 1);
    ids.push(id);
  }
  expect(await Promise.all(ids.map(async (id) => (await store.read(id))?.toString().at(0) ?? null))).toEqual([
    null,
    'b',
    'c',
  ]);
});

test('a content has one file, and one that is not what its name says is none', async () => {
  const store = new BlobStore(async () => home);
  const id = await store.keep(Buffer.from('x'));
  expect(await store.keep(Buffer.from('x'))).toBe(id);
  expect(readdirSync(join(home, 'blobs', id.slice(0, 2)))).toEqual([id]);
  writeFileSync(fileOf(id), 'y');
  expect(await store.read(id)).toBeNull();
  expect(await store.read('../../secret')).toBeNull();
});

test('what another window keeps counts, too', async () => {
  const [one, other] = [new BlobStore(async () => home, 1600), new BlobStore(async () => home, 1600)];
  const keep = async (store: BlobStore, from: number, count: number) => {
    for (let at = from; at < from + count; at += 1) {
      await store.keep(Buffer.alloc(100, at));
      await store.settled();
    }
  };
  await keep(one, 0, 1);
  await keep(other, 1, 15);
  await keep(one, 16, 5);
  const files = readdirSync(join(home, 'blobs'), { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  expect(files.length).toBeLessThanOrEqual(17);
});
