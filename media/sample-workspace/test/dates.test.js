import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daysInMonth, formatDate, monthName } from '../src/dates.js';

test('monthName counts from one', () => {
  assert.equal(monthName(1), 'January');
  assert.equal(monthName(12), 'December');
});

test('daysInMonth knows the short months', () => {
  assert.equal(daysInMonth(2026, 4), 30);
  assert.equal(daysInMonth(2026, 2), 28);
});

test('formatDate writes a date in words', () => {
  assert.equal(formatDate({ year: 2026, month: 3, day: 3 }), '3 March 2026');
});
