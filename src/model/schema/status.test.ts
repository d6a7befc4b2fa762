import { expect, test } from 'vitest';
import { isLanesError } from '../errors.ts';
import { readStampedStatus, readStatusDocument } from './status.ts';

const read = (provider: object) => {
  return readStatusDocument(JSON.stringify({ schemaVersion: 1, providers: { codex: provider } })).providers.codex;
};

test("defaults of somebody else's options", () => {
  const options = [
    {},
    { id: 'x', selectable: false, available: true, recommended: true },
    { label: 'L', available: 1 },
  ];
  expect(read({ availableBackends: options })?.availableBackends).toMatchObject([
    { id: 'unknown', label: 'unknown', selectable: true, available: false, recommended: false },
    { id: 'x', label: 'x', selectable: false, available: true, recommended: true },
    { id: 'unknown', label: 'L', selectable: true, available: false, recommended: false },
  ]);
});

test('unknown keys are kept, values of a wrong type are defaults', () => {
  const provider = {
    authenticated: 'yes',
    statusMessage: 7,
    later: { a: 1 },
    availableBackends: [{ id: 'x', extra: 2 }],
  };
  expect(read(provider)).toMatchObject({
    authenticated: false,
    statusMessage: null,
    later: { a: 1 },
    availableBackends: [{ id: 'x', extra: 2 }],
  });
});

test('noise around the JSON is tolerated, no JSON and no document are not', () => {
  const text = 'warn: x\n{"providers":{"codex":{}}}\nbye';
  expect(readStatusDocument(text).providers.codex?.availableBackends).toEqual([]);
  for (const bad of ['', 'no json', '}{', '{"a":', '{"providers":3}', '{}']) {
    expect(() => readStatusDocument(bad), bad).toThrow(expect.toSatisfy((error) => isLanesError(error, 'bad-input')));
  }
});

test('a stored status of another shape is none', () => {
  expect([null, 1, {}, { document: {}, checkedAt: null, sequence: 1 }].map(readStampedStatus)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});
