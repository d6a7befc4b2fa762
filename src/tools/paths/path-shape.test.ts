import { expect, test } from 'vitest';
import type { Platform } from './path-shape.ts';
import { nameWithin, refusalOf } from './path-shape.ts';

const roots: Readonly<Record<Platform, readonly string[]>> = { linux: ['/w'], darwin: ['/w'], win32: ['C:\\w'] };
const every: readonly Platform[] = ['linux', 'darwin', 'win32'];

const everywhere: readonly (readonly [string, string | null])[] = [
  ['src/a.ts', null],
  ['./a b.ts', null],
  ['ünï/ço.ts', null],
  ['', 'empty'],
  ['  ', 'empty'],
  ['a\0.ts', 'NUL'],
  ['a\nb', 'control'],
  ['a\u001b[2K', 'control'],
  ['a\u202egpj.exe', 'control'],
  ['a\u0085', 'control'],
  [`${'a/'.repeat(2048)}b`, 'longer'],
  ['a'.repeat(256), 'longer'],
  ['a'.repeat(255), null],
];
test.each(everywhere)('%j: %s', (given, word) => {
  for (const platform of every) {
    const why = refusalOf(given, roots[platform], platform);
    if (word === null) expect(why).toBeNull();
    else expect(why).toContain(word);
  }
});

test('a name is measured in bytes on Linux, and in characters elsewhere', () => {
  expect(refusalOf('ü'.repeat(200), ['/w'], 'linux')).toContain('longer');
  expect(refusalOf('ü'.repeat(200), ['/w'], 'darwin')).toBeNull();
});

const ofWindows: readonly (readonly [string, string | null])[] = [
  ['\\\\?\\C:\\w\\a', 'Device'],
  ['\\\\.\\PhysicalDrive0', 'Device'],
  ['//./pipe/x', 'Device'],
  ['\\??\\C:\\w', 'Device'],
  ['\\\\server\\share\\a', 'other machines'],
  ['//server/share/a', 'other machines'],
  ['C:a.txt', 'relative to a drive'],
  ['C:\\w\\a.txt', null],
  ['D:/x/a.txt', null],
  ['\\w\\a.txt', null],
  ['CON', 'device'],
  ['src\\nul.txt', 'device'],
  ['aux .c', 'device'],
  ['COM1:x', 'device'],
  ['com¹', 'device'],
  ['console.ts', null],
  ['com10', null],
];
test.each(ofWindows)('on Windows %s: %s', (given, word) => {
  const why = refusalOf(given, roots.win32, 'win32');
  if (word === null) expect(why).toBeNull();
  else expect(why).toContain(word);
});

test('a workspace on a share of another machine may use that share, and no other one', () => {
  const share = ['C:\\w', '\\\\server\\share\\w'];
  expect(refusalOf('\\\\Server\\share\\w\\a', share, 'win32')).toBeNull();
  expect(refusalOf('\\\\server\\other\\a', share, 'win32')).toContain('other machines');
});

test.each(['CON', 'aux.c', '\\\\server\\share', 'C:a'])('elsewhere %s is a name like others', (given) => {
  for (const platform of ['linux', 'darwin'] as const) expect(refusalOf(given, ['/w'], platform)).toBeNull();
});

const within: readonly (readonly [Platform, string, string, string | null])[] = [
  ['linux', '/w', '/w', '.'],
  ['linux', '/w', '/w/src/a.ts', 'src/a.ts'],
  ['linux', '/w', '/w2/a', null],
  ['linux', '/w', '/', null],
  ['linux', '/w', '/W/a', null],
  ['linux', '/w', '/w/..a', '..a'],
  ['linux', '/', '/etc/passwd', 'etc/passwd'],
  ['darwin', '/Users/a/w', '/Users/a/w/b', 'b'],
  ['win32', 'C:\\w', 'c:\\W\\src\\a.ts', 'src/a.ts'],
  ['win32', 'C:\\w', 'C:\\w2\\a', null],
  ['win32', 'C:\\w', 'D:\\w\\a', null],
  ['win32', 'C:\\w', '\\\\server\\share\\w\\a', null],
  ['win32', '\\\\server\\share\\w', '\\\\server\\share\\w\\a', 'a'],
  ['win32', '\\\\server\\share\\w', '\\\\server\\other\\w\\a', null],
];
test.each(within)('on %s, within %s: %s is %s', (platform, folder, path, name) => {
  expect(nameWithin(folder, path, platform)).toBe(name);
});
