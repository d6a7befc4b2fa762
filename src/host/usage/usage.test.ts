import { expect, test } from 'vitest';
import type { ThreadView, Usage } from '../../model/index.ts';
import { emptyThread, threadId } from '../../model/index.ts';
import { usageFigures } from './usage-figures.ts';
import { usageMarkdown } from './usage-markdown.ts';

const t = (text: string, ...args: readonly unknown[]) =>
  text.replace(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)]));
const dayOf = (at: string) => at.slice(0, 10);
const used = (input: number, output: number): Usage => ({
  input,
  cachedInput: 10,
  output,
  reasoningOutput: null,
  cacheWrite: null,
});

/** A thread with a receipt a turn. */
function thread(
  title: string,
  turns: readonly (readonly [turnId: string, at: string, usage: Usage | null])[],
  fork = false,
): ThreadView {
  const rows = turns.map(([turnId, startedAt, usage]) => ({
    key: turnId,
    kind: 'receipt',
    turnId,
    startedAt,
    receipt: { usage },
  }));
  const forkedFrom = fork ? { threadId: threadId('x'), title: '', nativeThreadId: null } : null;
  return { ...emptyThread(threadId(title)), title, forkedFrom, rows } as unknown as ThreadView;
}

const dates = thread('Fix | dates', [
  ['a', '2026-11-20T10:00:00Z', used(1000, 200)],
  ['b', '2026-11-21T10:00:00Z', used(12_000, 300)],
]);
const fork = thread(
  'Fork',
  [
    ['a', '2026-11-20T10:00:00Z', used(1000, 200)],
    ['c', '2026-11-21T11:00:00Z', null],
  ],
  true,
);

/** Of turns without a price. */
const free = { usd: 0, priced: 0 };

test('tokens are summed a day and a thread, a copied turn once, an untold one in no sum', () => {
  const { days, threads, all } = usageFigures([fork, dates], dayOf);
  expect(days).toEqual([
    { day: '2026-11-21', turns: 2, untold: 1, input: 12_000, cachedInput: 10, output: 300, ...free },
    { day: '2026-11-20', turns: 1, untold: 0, input: 1000, cachedInput: 10, output: 200, ...free },
  ]);
  expect(threads.map(({ title, turns, untold, last }) => [title, turns, untold, last])).toEqual([
    ['Fix | dates', 2, 0, '2026-11-21'],
    ['Fork', 1, 1, '2026-11-21'],
  ]);
  expect(all).toEqual({ turns: 3, untold: 1, input: 13_000, cachedInput: 20, output: 500, ...free });
});

test('the page says what is known and what is not', () => {
  const page = usageMarkdown(usageFigures([dates, fork], dayOf), { leftOut: 2, today: '2026-11-22' }, t);
  expect(page.replaceAll('\u202f', ' ')).toBe(`# Usage

Tokens in: 13 000, of them cached: 20. Tokens out: 500. Turns: 3.

Turns whose tokens nobody told, so that they are in no sum: 1.

Threads left out, as they are older or can not be read: 2.

## By day

\`···························▁█·\`

Tokens of the last 30 days. The most: 12 300, on 2026-11-21.

| Day |  | In | Out | Turns |
| --- | --- | ---: | ---: | ---: |
| 2026-11-21 | ████████████████ | 12 000 | 300 | 2 (1 unknown) |
| 2026-11-20 | █▌ | 1 000 | 200 | 1 |

## By thread

| Thread |  | Last turn | In | Out | Turns |
| --- | --- | --- | ---: | ---: | ---: |
| Fix \\| dates | ████████████████ | 2026-11-21 | 13 000 | 500 | 2 |
| Fork |  | 2026-11-21 | unknown | unknown | 1 |
`);
});

test('cost is summed over the turns that have one, and each sum says over how many', () => {
  const priced = thread('Priced', [
    ['p', '2026-11-21T10:00:00Z', used(1000, 200)],
    ['q', '2026-11-21T11:00:00Z', used(1000, 200)],
    ['r', '2026-11-22T11:00:00Z', used(1000, 200)],
  ]);
  const rows = priced.rows.map((row) =>
    row.kind === 'receipt' && row.turnId !== 'q'
      ? { ...row, receipt: { ...row.receipt, cost: { usd: 0.021, source: 'codexLanes.api.prices' } } }
      : row,
  );
  const page = usageMarkdown(
    usageFigures([{ ...priced, rows }, dates], dayOf),
    { leftOut: 0, today: '2026-11-22' },
    t,
  ).replaceAll('\u202f', ' ');
  expect(page).toContain('by codexLanes.api.prices: $0.042. Turns: 2 of 5.');
  expect(page).toContain('| Day |  | In | Out | Turns | Cost |\n| --- | --- | ---: | ---: | ---: | ---: |');
  expect(page).toContain('| 1 | $0.021 |');
  expect(page).toContain('| 3 | $0.021 (1 of 3 turns) |');
  expect(page).toContain('| 1 | unknown |');
});

test('before the first turn the page says so', () => {
  expect(usageMarkdown(usageFigures([], dayOf), { leftOut: 0, today: '2026-11-22' }, t)).toBe(
    '# Usage\n\nNo turn has ended yet.\n',
  );
});

test('a month without a turn has no chart, and its days are still listed', () => {
  const page = usageMarkdown(usageFigures([dates], dayOf), { leftOut: 0, today: '2027-03-01' }, t);
  expect(page).not.toContain('Tokens of the last');
  expect(page).toContain('2026-11-21');
});
