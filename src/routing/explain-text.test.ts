import { expect, test } from 'vitest';
import type { LaneInputs, StampedStatus } from '../model/index.ts';
import { deriveStatus } from './derive-status.ts';
import { explain } from './explain.ts';
import { explainHover, explainMarkdown, explainText } from './explain-text.ts';
import { checkedAt, locked, ready, withNative } from './testing/inputs.ts';

const stamp = (inputs: LaneInputs, since: StampedStatus['since'] = {}): StampedStatus => {
  return { document: deriveStatus(inputs), inputs, checkedAt, since, checking: false, sequence: 1 };
};
const page = (inputs: LaneInputs, since: StampedStatus['since'] = {}): string => {
  return explainMarkdown(explain(inputs, since), stamp(inputs, since));
};
const hostile = '/tmp/a|b `c` [d](e) <f>\n# g';
const named = withNative(ready, {
  binary: { kind: 'missing', detail: hostile, problem: 'is-folder', namedBy: 'CODEX_CLI_PATH' },
});

test('the page: why, then a table a lane', () => {
  const text = page(locked, { 'codex-native.unlock': '2026-01-01T00:00:00.000Z' });
  expect(text.match(/^#.*/gm)).toEqual(['# Lanes and gates', '## OpenAI API', '## Codex native']);
  expect(text).toContain('1. Codex native was asked for by setting\n2. The workspace is trusted\n');
  expect(text).toContain('| Run a turn | yes |  |  |  |  |');
  expect(text).toContain(
    '| Run a turn | no | unlock: Feature gate phase 1: shut, codexLanes.native.unlock opens it | Unlock Codex Native Lane | codexLanes.native.unlock | 2026-01-01 00:00 UTC |',
  );
  const tables = text.split('\n').filter((line) => line.startsWith('|'));
  expect(tables).toHaveLength(2 * (2 + 12));
});

test('whatever a path holds, the page keeps its tables and shows it literally', () => {
  const text = page(named);
  expect(text.match(/^#.*/gm)).toEqual(['# Lanes and gates', '## OpenAI API', '## Codex native']);
  for (const line of text.split('\n').filter((each) => each.startsWith('|'))) {
    expect(line.replaceAll(/\\./g, '').split('|')).toHaveLength(8);
  }
  expect(text).toContain('a\\|b \\`c\\` \\[d\\]\\(e\\) \\<f\\> \\# g');
  expect(text).toContain('CODEX\\_CLI\\_PATH');
  expect(explainHover(explain(named, {}))).toContain('a\\|b \\`c\\`');
});

test('the hover: one line a lane, with what opens it', () => {
  expect(explainHover(explain(locked, {})).split('\n\n')).toEqual([
    '**OpenAI API**: Runs turns. Not on this lane: Go on with a thread that the runtime keeps',
    '**Codex native**: Feature gate phase 1: shut, codexLanes.native.unlock opens it. What opens it: Unlock Codex Native Lane',
  ]);
});

test('the terminal: the same without Markdown', () => {
  const since = { 'codex-native.unlock': '2026-01-01T00:00:00.000Z' };
  const lines = explainText(explain(locked, since), stamp(locked, since)).split('\n');
  expect(lines[0]).toBe('Why Codex native is what it is:');
  expect(lines).toContain('  yes  Run a turn');
  expect(lines).toContain('  no   Go on with a thread that the runtime keeps [lane]');
  expect(lines.slice(-3)).toEqual([
    '  no   Choose the reasoning effort [unlock]',
    '  unlock: Feature gate phase 1: shut, codexLanes.native.unlock opens it',
    '    from codexLanes.native.unlock; seen since 2026-01-01 00:00 UTC; What opens it: Unlock Codex Native Lane',
  ]);
  expect(lines.join('\n')).not.toContain('\\');
});
