import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deviations, keep, render, saySame } from './record.mjs';

const result = {
  title: 'Ephemeral run',
  contract: 'a contract, section 1',
  says: 'it ends with 0.',
  commands: ['codex exec'],
  observed: { exitCode: 0, text: '```' },
  differences: [],
};
const recordOf = (date, more = {}) =>
  render({
    phase: { title: 'Sign-off: phase 9', about: 'About it.' },
    versions: ['codex-cli 0.169.0'],
    made: `${date} with Lanes for Codex 0.1.0`,
    results: [{ ...result, ...more }],
  });
const first = recordOf('2026-11-21');
const later = recordOf('2026-12-24');
const other = recordOf('2026-12-24', { observed: { exitCode: 1 }, differences: ['exitCode: 0, observed 1'] });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'codex-lanes-record-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a record holds date, versions, commands, what was observed and the result', () => {
  for (const part of [
    'Recorded on 2026-11-21 with',
    '- codex-cli 0.169.0',
    'codex exec',
    '"exitCode": 0',
    'as the contract says',
  ])
    expect(first).toContain(part);
  // The observed text holds a fence of its own.
  expect(first).toContain('````json');
  expect(other).toContain('exitCode: 0, observed 1');
});

test('two records that differ in their date alone say the same; in anything else they do not', () => {
  expect(saySame(first, later)).toBe(true);
  expect(deviations(first, later)).toEqual([]);
  expect(deviations(first.replaceAll('\n', '\r\n'), first)).toEqual([]);
  expect(saySame(later, other)).toBe(false);
  expect(deviations(later, other)).toContainEqual(
    expect.stringContaining('recorded "\\"exitCode\\": 0,", now "\\"exitCode\\": 1"'),
  );
});

test('a line too many or too few is a deviation', () => {
  expect(deviations(first, `${first}more\n`)).toHaveLength(2);
  expect(deviations(`${first}more\n`, first)).toHaveLength(2);
});

test('a file keeps its date until something else changes', () => {
  const path = join(folder, 'docs/phase-9.md');
  expect(keep(path, first)).toBe('written');
  expect(keep(path, later)).toBe('unchanged');
  expect(readFileSync(path, 'utf8')).toBe(first);
  expect(keep(path, other)).toBe('written');
  expect(readFileSync(path, 'utf8')).toBe(other);
});
