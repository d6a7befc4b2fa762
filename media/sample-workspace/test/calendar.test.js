import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monthLines } from '../src/calendar.js';

test('monthLines breaks after seven days', () => {
  const lines = monthLines(2026, 2);
  assert.equal(lines.length, 5);
  assert.equal(lines[1], ' 1  2  3  4  5  6  7');
});
