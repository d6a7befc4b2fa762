import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Payer } from './index.ts';
import { isPaying, isSamePayer, payerText } from './index.ts';

const key: Payer = { kind: 'api-key', label: '…abcd', source: 'stored key' };
const none: Payer = { kind: 'none', label: '127.0.0.1:1234', source: 'none' };
const keyless: Payer = { kind: 'provider', label: 'practice (offline)', source: 'none' };
const provider: Payer = { kind: 'provider', label: 'azure', source: 'AZURE_KEY' };
const account: Payer = { kind: 'chatgpt', label: 'me@x.y (plus)', source: 'Codex login' };

test.each([
  ['the same key', key, { ...key }, true],
  ['another key', key, { ...key, label: '…wxyz' }, false],
  ['the same tail from another place', key, { ...key, source: 'CODEX_API_KEY' }, false],
  ['an account instead of a key', key, account, false],
  ['two places that take no credential', none, keyless, true],
  ['a key where none was needed', keyless, key, false],
  ['a provider with a key of its own, where none was needed', none, provider, false],
  ['no credential after a key', key, none, false],
] as const)('%s', (_name, a, b, same) => {
  expect(isSamePayer(a, b)).toBe(same);
});

const payer: fc.Arbitrary<Payer> = fc.record({
  kind: fc.constantFrom('api-key' as const, 'chatgpt' as const, 'provider' as const, 'none' as const),
  label: fc.constantFrom('…abcd', '…wxyz'),
  source: fc.constantFrom('none', 'CODEX_API_KEY'),
});

test('it is an equivalence, and what is not the same reads otherwise', () => {
  fc.assert(
    fc.property(payer, payer, payer, (a, b, c) => {
      expect(isSamePayer(a, a)).toBe(true);
      expect(isSamePayer(a, b)).toBe(isSamePayer(b, a));
      if (isSamePayer(a, b) && isSamePayer(b, c)) expect(isSamePayer(a, c)).toBe(true);
      if (!isSamePayer(a, b)) expect(payerText(a)).not.toBe(payerText(b));
      if (!isPaying(a)) expect(payerText(a)).toMatch(/^nobody/);
    }),
    { seed: 3, numRuns: 400 },
  );
});
