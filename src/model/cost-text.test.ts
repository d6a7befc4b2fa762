import { expect, test } from 'vitest';
import { costText } from './cost-text.ts';

test.each([
  [0, '$0.00'],
  [0.000_000_012, '$0.00000001'],
  [0.0042, '$0.0042'],
  [0.004_249, '$0.0042'],
  [0.012_6, '$0.013'],
  [0.099_9, '$0.100'],
  [0.1, '$0.10'],
  [1.2, '$1.20'],
  [1234.567, '$1234.57'],
])('%s is %s', (usd, text) => {
  expect(costText(usd)).toBe(text);
});
