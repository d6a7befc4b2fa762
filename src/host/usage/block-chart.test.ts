import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bar, columns } from './block-chart.ts';

test('columns stand to each other as their values do', () => {
  expect(columns([0, 1, 50, 100])).toBe('·▁▄█');
  expect(columns([0, 0])).toBe('··');
  expect(columns([])).toBe('');
});

test('a bar is as long as its share, in eighths', () => {
  expect(bar(100, 100, 4)).toBe('████');
  expect(bar(50, 100, 4)).toBe('██');
  expect(bar(53, 100, 4)).toBe('██▏');
  expect(bar(1, 1_000_000, 4)).toBe('▏');
  expect(bar(0, 100, 4)).toBe('');
});

test('more is never drawn smaller', () => {
  const lengthOf = (drawn: string) => [...drawn].reduce((sum, block) => sum + 0x2590 - (block.codePointAt(0) ?? 0), 0);
  const amount = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(amount, amount, amount, (a, b, c) => {
      const [less = 0, more = 0, most = 0] = [a, b, c].sort((x, y) => x - y);
      expect(lengthOf(bar(less, most, 20))).toBeLessThanOrEqual(lengthOf(bar(more, most, 20)));
      const [low = '', high = ''] = columns([less, more, most]);
      expect(low.codePointAt(0)).toBeLessThanOrEqual(high.codePointAt(0) ?? 0);
    }),
    { seed: 7 },
  );
});
