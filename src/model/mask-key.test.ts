import { expect, test } from 'vitest';
import { maskKey } from './mask-key.ts';

test.each([
  ['sk-0123456789WXYZ', '…WXYZ'],
  ['sk-0123456789XY', '…'],
  ['', '…'],
])('a key is masked to its last four characters, a short one wholly: %s', (key, shown) => {
  expect(maskKey(key)).toBe(shown);
});
