import { expect, test } from 'vitest';
import { visible } from './visible.ts';

test('nothing hides in what is asked', () => {
  expect(visible('rm \u202e-rf\u200b x\n\ty')).toBe('rm \\u{202e}-rf\\u{200b} x\n\ty');
});
