import { expect, test } from 'vitest';
import { OutputDocuments } from './output-documents.ts';

test('the same output is the same document, and the oldest goes first', () => {
  const outputs = new OutputDocuments();
  const first = outputs.add('one', 'log');
  expect(first).toBe('/Output 1.log');
  expect(outputs.add('one', 'log')).toBe(first);
  expect(outputs.add('one', 'json')).toBe('/Output 2.json');
  for (let index = 0; index < 19; index++) outputs.add(`text ${index}`, 'log');
  expect(outputs.get(first)).toBeUndefined();
  expect(outputs.get('/Output 2.json')).toBe('one');
});
