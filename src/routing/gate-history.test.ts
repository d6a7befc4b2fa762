import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LaneInputs } from '../model/index.ts';
import type { GatesSeen } from './gate-history.ts';
import { gatesSeen, sinceOf } from './gate-history.ts';
import { locked, ready, withApi, withNative } from './testing/inputs.ts';

const unlocked = ready;
const dropped: LaneInputs = withNative(ready, { binary: { kind: 'unchecked' }, credential: { kind: 'unchecked' } });
const missing = withNative(ready, { binary: { kind: 'missing', detail: '', problem: 'not-found' } });

test('every gate that is known has a time from the first look on', () => {
  const since = sinceOf({ seen: {}, since: {} }, gatesSeen(ready), 't0');
  expect(Object.keys(since)).toHaveLength(18);
  expect(new Set(Object.values(since))).toEqual(new Set(['t0']));
});

test('a gate that nobody knows for a while keeps its time, unless it comes back another way', () => {
  const start = gatesSeen(ready);
  const since = sinceOf({ seen: {}, since: {} }, start, 't0');
  const between = gatesSeen(dropped, start);
  const meanwhile = sinceOf({ seen: start, since }, between, 't1');
  expect(meanwhile).toMatchObject({ 'codex-native.binary': 't0', 'codex-native.probe': 't1' });
  const again = sinceOf({ seen: between, since: meanwhile }, gatesSeen(ready, between), 't2');
  expect(again).toMatchObject({ 'codex-native.binary': 't0', 'codex-native.probe': 't2' });
  const gone = sinceOf({ seen: between, since: meanwhile }, gatesSeen(missing, between), 't2');
  expect(gone).toMatchObject({ 'codex-native.binary': 't2', 'api.trust': 't0' });
});

test('without a clock a gate that changed has no time', () => {
  const since = sinceOf({ seen: {}, since: {} }, gatesSeen(unlocked), 't0');
  const later = sinceOf({ seen: gatesSeen(unlocked), since }, gatesSeen(locked), null);
  expect(later['codex-native.unlock']).toBeUndefined();
  expect(later['codex-native.trust']).toBe('t0');
});

test('over any history, a gate’s time is that of its last change', () => {
  const states = [
    ready,
    locked,
    missing,
    withApi(ready, { payer: null }),
    { ...ready, gates: { ...ready.gates, trusted: false } },
  ];
  fc.assert(
    fc.property(fc.array(fc.nat(states.length - 1), { minLength: 1, maxLength: 20 }), (history) => {
      let seen: GatesSeen = {};
      let since: Readonly<Record<string, string>> = {};
      const changed: Record<string, string> = {};
      for (const [step, index] of history.entries()) {
        const now = gatesSeen(states[index] ?? ready, seen);
        for (const [key, standing] of Object.entries(now)) if (seen[key] !== standing) changed[key] = `t${step}`;
        since = sinceOf({ seen, since }, now, `t${step}`);
        seen = now;
      }
      expect(since).toEqual(changed);
    }),
    { seed: 3 },
  );
});
