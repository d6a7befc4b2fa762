import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkAttachment } from './check-attachment.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanes-attach-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, bytes: string): string => {
  writeFileSync(join(folder, name), bytes, 'latin1');
  return join(folder, name);
};
const check = (path: string, kind: 'image' | 'file' = 'image') => checkAttachment({ kind, path, label: 'x' });

test.each([
  ['a.png', '\x89PNG\r\n\x1a\n....'],
  ['b.jpg', '\xff\xd8\xff\xe0..'],
  ['c.gif', 'GIF89a......'],
  ['named-wrongly.txt', 'RIFF\x10\x00\x00\x00WEBPVP8 '],
])('%s is an image by its content', async (name, bytes) => {
  expect(await check(put(name, bytes))).toBeNull();
});

test('what is no image, no file, too large or not there is named', async () => {
  const text = put('fake.png', 'hello');
  expect(await check(text)).toBe(`${text} is not a PNG, JPEG, GIF or WebP image.`);
  expect(await check(text, 'file')).toBeNull();
  expect(await check(put('empty.png', ''))).toMatch(/not a PNG/);
  expect(await check(folder, 'file')).toBe(`${folder} is not a file.`);
  expect(await check(join(folder, 'gone'))).toBe(`${join(folder, 'gone')} does not exist.`);
  expect(await check(join(text, 'below'), 'file')).toMatch(/does not exist/);
  const large = put('large.png', '\x89PNG\r\n\x1a\n');
  truncateSync(large, 20 * 1024 * 1024);
  expect(await check(large)).toBeNull();
  truncateSync(large, 20 * 1024 * 1024 + 1);
  expect(await check(large)).toBe(`${large} is larger than 20 MB.`);
});

test.skipIf(process.platform === 'win32')('a pipe is not waited for', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', pipe]);
  expect(await check(pipe)).toBe(`${pipe} is not a file.`);
});
