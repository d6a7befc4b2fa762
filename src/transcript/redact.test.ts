import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactEvent, redactText } from './redact.ts';

const long = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9aB3dE5gH7';
// Written in two halves, so that no scanner takes the samples for the real thing.
test.each([
  [`use s${'k-'}proj-${long} now`, 'use [redacted:api-key] now'],
  [`Authorization: Bearer ${long}`, 'Authorization: Bearer [redacted:bearer]'],
  [`gh${'p_'}${long}`, '[redacted:github-token]'],
  [`glpat${'-'}${long}`, '[redacted:gitlab-token]'],
  [`xox${'b-'}123456789012-abc`, '[redacted:slack-token]'],
  [`AK${'IA'}ABCDEFGHIJKLMNOP`, '[redacted:aws-key]'],
  [`ey${'J'}hbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl`, '[redacted:jwt]'],
  [`-----BEGIN RSA PRIVATE ${'KEY'}-----\nMIIE\n-----END RSA PRIVATE KEY-----`, '[redacted:private-key]'],
  [JSON.stringify({ said: `a\ns${'k-'}proj-${long}` }), '{"said":"a\\n[redacted:api-key]"}'],
  ['the task-runner asks for a desk-lamp; sk-learn is fine', 'the task-runner asks for a desk-lamp; sk-learn is fine'],
])('%s', (text, expected) => {
  expect(redactText(text, [])).toBe(expected);
});

const secret = fc.stringMatching(/^[A-Z0-9!%]{8,20}$/);

test('no known secret is left anywhere in a body, twice changes nothing more', () => {
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 3 }), fc.jsonValue(), (secrets, extra) => {
      const [first = ''] = secrets;
      const event = { kind: 'tool_call', seq: 1, arguments: { deep: [extra, `x${first}y`, { [first]: first }] } };
      const safe = redactEvent(event, secrets);
      for (const each of secrets) expect(JSON.stringify(safe)).not.toContain(each);
      expect(redactEvent(safe, secrets)).toBe(safe);
    }),
    { seed: 8, numRuns: 200 },
  );
});

test('the envelope and an innocent event stay as they are', () => {
  const event = { kind: 'assistant_text', threadId: 'secret-value-1', text: 'hello' };
  expect(redactEvent(event, ['secret-value-1'])).toBe(event);
});
