import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readVsix } from './vsix.mjs';

const folder = mkdtempSync(join(tmpdir(), 'codex-lanes-vsix-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A zip of stored files, written by hand from PKWARE APPNOTE 4.3. */
function zip(entries) {
  const directory = entries.map(([name, bytes]) => {
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(bytes, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt16LE(2, 30);
    return Buffer.concat([entry, Buffer.from(name), Buffer.from([0, 0])]);
  });
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(7, 16);
  return Buffer.concat([Buffer.from('content'), ...directory, end]);
}

test('names and sizes come from the directory', () => {
  const path = join(folder, 'two.zip');
  const entries = [
    ['extension/package.json', 12],
    ['extension/media/größe.md', 70_000],
  ];
  writeFileSync(path, zip(entries));
  expect([...readVsix(path)]).toEqual(entries);
});

test('what is no zip is an error, not an empty package', () => {
  const path = join(folder, 'none.zip');
  writeFileSync(path, 'no zip');
  expect(() => readVsix(path)).toThrow('is no zip archive');
});
