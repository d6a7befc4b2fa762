import { expect, test, vi } from 'vitest';
import { dayTime } from './day-time.ts';

vi.mock('vscode', () => ({ env: { language: 'en-GB' } }));

const noon = new Date(2026, 10, 21, 12, 0).getTime();

test.each([
  ['the same day', [2026, 10, 21, 14, 30], '14:30'],
  ['another day of the week', [2026, 10, 23, 9, 5], /^Mon 0?9:05$/],
  ['the day before', [2026, 10, 20, 23, 59], /^Fri 23:59$/],
  ['a week from now', [2026, 10, 28, 12, 0], /^28\/11\/2026, 12:00$/],
] as const)('%s', (_, [year, month, day, hour, minute], written) => {
  expect(dayTime(new Date(year, month, day, hour, minute).getTime(), noon)).toMatch(written);
});
