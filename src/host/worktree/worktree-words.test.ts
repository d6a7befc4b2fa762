import { expect, test } from 'vitest';
import type { Translate } from '../translate.ts';
import { conflictText, discardDetail, mergeDetail } from './worktree-words.ts';

const t: Translate = (text, ...args) => text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));
const file = (path: string) => ({ path, kind: 'update', added: 4, removed: 2 });
const files = (count: number) => Array.from({ length: count }, (_, index) => file(`src/${index}.ts`));

test('merging says how much changes, where, and that it is all or nothing', () => {
  const detail = mergeDetail('/w/app', files(1), t);
  expect(detail).toContain('1 file of /w/app would change');
  expect(detail).toContain('all of them or none');
  expect(detail).toContain('src/0.ts +4 −2');
});

test('discarding says that nothing is lost', () => {
  const detail = discardDetail({ files: files(2) }, t);
  expect(detail).toContain('2 files with changes would leave the thread.');
  expect(detail).toContain('kept under a Git reference');
  expect(discardDetail({ files: [] }, t)).toMatch(/^It has no changes\./);
  expect(discardDetail({ files: [] }, t)).not.toContain('reference');
});

test('what is lost for good is said, whatever is known of the rest', () => {
  const lost = 'with the files in it that Git ignores';
  expect(mergeDetail('/w', [], t)).toContain('nothing in /w would change');
  expect(mergeDetail('/w', files(1), t)).toContain(lost);
  expect(discardDetail({ files: [] }, t)).toContain(lost);
  const unknown = discardDetail({ unknown: 'It can’t be compared.' }, t);
  expect(unknown).toMatch(/^It can’t be compared\./);
  expect(unknown).toContain(lost);
});

test('a long list is cut, and says by how much', () => {
  const detail = mergeDetail('/w', files(13), t).split('\n');
  expect(detail.filter((line) => line.startsWith('src/'))).toHaveLength(10);
  expect(detail).toContain('and 3 more');
});

test('what stands against a merge is named', () => {
  expect(conflictText('It does not fit.', [], t)).toBe('It does not fit.');
  expect(conflictText('It does not fit.', ['a.ts', 'b.ts'], t)).toBe('It does not fit.\n\na.ts\nb.ts');
  const many = conflictText(
    'No.',
    files(12).map(({ path }) => path),
    t,
  );
  expect(many.split('\n').at(-1)).toBe('and 2 more');
});
