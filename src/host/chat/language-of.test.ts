import { expect, test } from 'vitest';
import { languageOf } from './language-of.ts';

test.each([
  ['ts', 'typescript'],
  ['TSX', 'typescriptreact'],
  ['python', 'python'],
  ['sh', 'shellscript'],
  ['constructor', null],
  ['klingon', null],
])('a fence of %s is %s', (fence, expected) => {
  expect(languageOf(fence, ['typescript', 'typescriptreact', 'python', 'shellscript'])).toBe(expected);
});
