import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Usage } from './usage.ts';
import { noUsage, usageOfTurn } from './usage.ts';

const parts = ['input', 'cachedInput', 'output', 'reasoningOutput', 'cacheWrite'] as const;
const count = fc.nat(1_000_000);
const full = fc.record({ input: count, cachedInput: count, output: count, reasoningOutput: count, cacheWrite: count });
const some = fc.option(count);
const partial = fc.record({ input: some, cachedInput: some, output: some, reasoningOutput: some, cacheWrite: some });
const seeded = { seed: 20260102 };

const plus = (a: Usage, b: Usage): Usage => {
  const sum = (part: (typeof parts)[number]) => (a[part] ?? 0) + (b[part] ?? 0);
  return {
    input: sum('input'),
    cachedInput: sum('cachedInput'),
    output: sum('output'),
    reasoningOutput: sum('reasoningOutput'),
    cacheWrite: sum('cacheWrite'),
  };
};

test('a turn used what it added to the total', () => {
  fc.assert(
    fc.property(full, full, (before, own) => {
      expect(usageOfTurn(before, plus(before, own))).toEqual(own);
    }),
    seeded,
  );
});

test('the turns of a thread sum to its total', () => {
  fc.assert(
    fc.property(fc.array(full, { maxLength: 8 }), (turns) => {
      let total: Usage = noUsage;
      let sum: Usage = noUsage;
      for (const turn of turns) {
        const after = plus(total, turn);
        sum = plus(sum, usageOfTurn(total, after) ?? noUsage);
        total = after;
      }
      expect(sum).toEqual(total);
    }),
    seeded,
  );
});

test('unknown stays unknown: no total before, or a part that either side does not tell', () => {
  fc.assert(
    fc.property(partial, partial, (before, after) => {
      expect(usageOfTurn(null, after)).toBeNull();
      const own = usageOfTurn(before, after);
      if (own === null) return;
      for (const part of parts) {
        expect(own[part] === null).toBe(before[part] === null || after[part] === null);
        expect(own[part] ?? 0).toBeGreaterThanOrEqual(0);
      }
    }),
    seeded,
  );
});

test('a total that shrank is of another thread', () => {
  fc.assert(
    fc.property(full, fc.constantFrom(...parts), (before, part) => {
      fc.pre(before[part] > 0);
      expect(usageOfTurn(before, { ...before, [part]: before[part] - 1 })).toBeNull();
    }),
    seeded,
  );
});
