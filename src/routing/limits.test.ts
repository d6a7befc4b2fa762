import { expect, test } from 'vitest';
import type { LaneInputs, Readings, WindowSnapshot } from '../model/index.ts';
import { noReadings, withLimits } from '../model/index.ts';
import { limitCopy, limitNote } from './limits.ts';
import { ready } from './testing/inputs.ts';

const now = Date.parse('2026-01-02T10:00:00Z');
const minute = 60_000;
const timeOf = (at: number) => new Date(at).toISOString().slice(11, 16);
const native: LaneInputs = { ...ready, gates: { ...ready.gates, interactive: true, transport: 'app-server' } };
const window = (usedPercent: number, resetsIn: number | null = 60): WindowSnapshot => ({
  ...{ usedPercent, minutes: 300, resetsAt: resetsIn === null ? null : now + resetsIn * minute },
});

function told(primary: WindowSnapshot | null, secondary: WindowSnapshot | null = null, at = now): Readings {
  const snapshot = { id: 'codex', name: null, primary, secondary, credits: null, reached: null };
  return { ...noReadings, limits: { kind: 'told', at: '', value: withLimits({}, snapshot, at) } };
}
const note = (readings: Readings, inputs = native, at = now) => {
  const found = limitNote(inputs, readings, at, timeOf);
  return found === null ? null : `${found.label.english}: ${found.description.english}${found.usedUp ? ' !' : ''}`;
};

test.each([
  [300, null, '5-hour limit'],
  [10_080, null, 'Weekly limit'],
  [43_200, null, '30-day limit'],
  [90, null, '90-minute limit'],
  [null, null, 'Limit'],
  [60, 'Other', 'Other (1 h)'],
  [1440, 'Other', 'Other (1 d)'],
  [null, 'Other', 'Other'],
])('a window of %s minutes of %s is called %s', (minutes, limit, label) => {
  const whole = { id: 'x', limit, minutes, usedPercent: 99.9, resetsAt: null, toldAt: now };
  const { label: said, description } = limitCopy(whole, timeOf);
  // What is not used up is not said to be.
  expect([said.english, description.english]).toEqual([label, '99% used']);
});

test('said from 75 % on, the tightest alone; of two that are used up the one that lasts longer', () => {
  expect(note(told(window(74.9)))).toBe(null);
  expect(note(told(window(75)))).toBe('5-hour limit: 75% used, resets 11:00');
  expect(note(told(window(80), { ...window(90), minutes: 10_080 }))).toBe('Weekly limit: 90% used, resets 11:00');
  expect(note(told(window(100), { ...window(100, 120), minutes: 10_080 }))).toBe(
    'Weekly limit: 100% used, resets 12:00 !',
  );
  expect(note(told(window(92, null)))).toBe('5-hour limit: 92% used');
});

test('a window whose time is over is not shown at its old figure, nor one that is full again in a minute', () => {
  const readings = told(window(92));
  expect(note(readings, native, now + 58 * minute)).not.toBe(null);
  expect(note(readings, native, now + 59 * minute)).toBe(null);
  expect(note(readings, native, now + 61 * minute)).toBe(null);
});

test('only of the lane of the next turn, and only where it is told', () => {
  const readings = told(window(92));
  expect(note(noReadings)).toBe(null);
  expect(note(readings, { ...native, gates: { ...native.gates, interactive: false } })).toBe(null);
  expect(note(readings, { ...native, gates: { ...native.gates, transport: 'exec' } })).toBe(null);
  expect(note(readings, { ...native, selected: 'api' })).toBe(null);
});

test('the API lane says its endpoint’s', () => {
  const api = { ...native, selected: 'api' } as const;
  const left = (remaining: number, resetsIn: number | null, limit: number | null = 100): Readings => ({
    ...noReadings,
    endpoint: {
      kind: 'told',
      at: new Date(now).toISOString(),
      value: [{ of: 'requests', limit, remaining, resetsAt: resetsIn === null ? null : now + resetsIn * minute }],
    },
  });
  expect(note(left(8, 60), api)).toBe('Requests to the endpoint: 92% used, resets 11:00');
  expect([
    note(left(8, 60, null), api),
    note(left(8, 0.5), api),
    note(left(8, -1), api),
    note(left(8, 60), native),
  ]).toEqual([null, null, null, null]);
});
