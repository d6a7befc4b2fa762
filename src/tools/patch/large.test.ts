import { expect, test } from 'vitest';
import { applyHunks } from './apply.ts';
import { parsePatch } from './parse.ts';
import { PatchWorkspace } from './testing/workspace.ts';
import { unifiedDiff } from './unified-diff.ts';

const update = (...lines: readonly string[]): string =>
  ['*** Begin Patch', '*** Update File: f', ...lines, '*** End Patch'].join('\n');

/** Quadratic in these sizes would be minutes. */
const patience = 60_000;

test('many lines that are all alike', { timeout: patience }, () => {
  const alike = Array.from({ length: 20_000 }, () => ' x');
  const parsed = parsePatch(update('@@ x', '@@ x', ...alike, '-y', '+z'));
  const [file] = parsed.ok ? parsed.files : [];
  if (file?.kind !== 'update') throw new Error('not read');
  const text = 'x\n'.repeat(100_000);
  expect(applyHunks(text, file.hunks)).toMatchObject({ ok: false });
  expect(applyHunks(`${text}y\n`, file.hunks)).toEqual({ ok: true, text: `${text}z\n` });
});

test('long texts that have nothing in common', { timeout: patience }, () => {
  const of = (word: string): string => Array.from({ length: 100_000 }, (_, index) => `${word} ${index}\n`).join('');
  const diff = unifiedDiff({ path: 'f', before: of('a'), after: of('b') });
  expect(diff.startsWith('--- a/f\n+++ b/f\n@@ -1,100000 +1,100000 @@\n-a 0\n')).toBe(true);
});

test('a patch of too many files, and one that is too long', () => {
  const files = Array.from({ length: 501 }, (_, index) => `*** Delete File: f${index}`);
  const many = parsePatch(['*** Begin Patch', ...files, '*** End Patch'].join('\n'));
  expect(many.ok ? null : many.problem.words).toBe('The patch is about 501 files, 500 are the most. Send it in parts.');
  const long = parsePatch(update(`+${'x'.repeat(2_000_000)}`));
  expect(long.ok ? null : long.problem.words).toContain('2000000 are the most. Send it in parts.');
});

test('files that are too large, one alone and all together', { timeout: patience }, async () => {
  const workspace = await PatchWorkspace.open();
  try {
    await workspace.write('f', Buffer.alloc(16 * 1024 * 1024 + 1, 'x'));
    expect((await workspace.run(update('@@', '-x', '+y'))).text).toContain(
      'f: it has 16777217 bytes, and 16777216 are the most.',
    );
    for (const name of 'abcde') await workspace.write(name, Buffer.alloc(15 * 1024 * 1024, 'x\n'));
    const all = [...'abcde'].map((name) => `*** Delete File: ${name}`);
    const { text } = await workspace.run(['*** Begin Patch', ...all, '*** End Patch'].join('\n'));
    expect(text).toContain('e: with it the files of the patch have more than 67108864 bytes.');
  } finally {
    await workspace.close();
  }
});
