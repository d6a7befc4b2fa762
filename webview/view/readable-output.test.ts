import { expect, test } from 'vitest';
import { readableOutput } from './readable-output.ts';
import { visible } from './visible.ts';

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]8;;https://a.b\u0007link\u001b]8;;\u0007', 'link'],
  ['\u001b]0;title\u001b\\text', 'text'],
  ['10%\r50%\r100%\n', '100%\n'],
  ['a\r\nb', 'a\nb'],
  ['bell\u0007\ttab', 'bell\ttab'],
])('%j reads %j', (output, expected) => {
  expect(readableOutput(output)).toBe(expected);
});

test('nothing hides in what is asked', () => {
  expect(visible('rm \u202e-rf\u200b x\n\ty')).toBe('rm \\u{202e}-rf\\u{200b} x\n\ty');
});
