import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventLog, everyRow } from '../testing/event-log.ts';
import { rangesIn } from './page-ranges.ts';
import { firstFrom, foundAt, patternOf, ThreadSearch, totalOf } from './search.ts';

function searchIn(log: EventLog, text: string, matchCase = false) {
  const query = { text, matchCase };
  const search = new ThreadSearch(query, patternOf(query) ?? /(?!)/u);
  return log.view().rows.flatMap((row) => search.in(row));
}

function logWith(story: (log: EventLog) => void): EventLog {
  const log = new EventLog();
  log.begin('Where is the Needle?');
  story(log);
  log.complete();
  return log;
}

test.each<[string, (log: EventLog) => void]>([
  ['an answer', (log) => log.text('t', 'Here: needle.')],
  ['its code', (log) => log.text('t', '```ts\nconst needle = 1;\n```')],
  ['a cell', (log) => log.text('t', '| a |\n| - |\n| needle |')],
  ['words with marks within them', (log) => log.text('t', 'The **big** needle')],
  ['reasoning', (log) => log.add({ kind: 'reasoning', text: 'A needle?', isDelta: false }, 'r')],
  ['a command', (log) => log.command('c', 'grep needle .', '', 0, 1)],
  ['its output', (log) => log.command('c', 'ls', '\u001b[31mneedle\u001b[0m', 0, 1)],
  [
    'what stands for a conversation that was summed up',
    (log) => log.add({ kind: 'context_compacted', before: 9, after: 1, how: 'lanes', summary: 'A needle was sought.' }),
  ],
  [
    'arguments of a tool',
    (log) =>
      log.add(
        {
          kind: 'tool_call',
          phase: 'completed',
          status: 'completed',
          name: 'x',
          arguments: { q: ['needle'] },
          result: null,
        },
        'm',
      ),
  ],
  [
    'the path of a file',
    (log) =>
      log.add(
        {
          kind: 'file_change',
          phase: 'completed',
          status: 'completed',
          changes: [{ path: 'src/needle.ts', kind: 'add' }],
        },
        'f',
      ),
  ],
  [
    'a diff',
    (log) =>
      log.add(
        {
          kind: 'file_change',
          phase: 'completed',
          status: 'completed',
          changes: [{ path: 'a.ts', kind: 'update', diff: '@@ -1 +1 @@\n-a\n+needle' }],
        },
        'f',
      ),
  ],
])('words are found in %s', (_where, story) => {
  const hits = searchIn(logWith(story), 'needle');
  expect(totalOf(hits)).toBe(2);
  expect(totalOf(searchIn(logWith(story), 'Needle', true))).toBe(1);
  expect(totalOf(searchIn(logWith(story), 'no such thing'))).toBe(0);
});

test('what is found is what is read: marks are not, words across them are', () => {
  const log = logWith((one) =>
    one.text('t', 'It is **very bold** indeed, see [the docs](https://example.com/hidden).'),
  );
  expect(totalOf(searchIn(log, 'very bold indeed'))).toBe(1);
  expect(totalOf(searchIn(log, '**'))).toBe(0);
  expect(totalOf(searchIn(log, 'hidden'))).toBe(0);
  expect(totalOf(searchIn(log, 'the docs'))).toBe(1);
});

test('what looks like a pattern is taken by the letter', () => {
  const log = logWith((one) => one.command('c', 'echo "(a|b)*.{2} [x] \\d $1 ^"', '', 0, 1));
  for (const text of ['(a|b)*', '.{2}', '[x]', '\\d', '$1 ^']) expect(totalOf(searchIn(log, text)), text).toBe(1);
});

test('any text can be asked for in any row', () => {
  const log = new EventLog();
  everyRow(log);
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 8, unit: 'binary' }), fc.boolean(), (text, matchCase) => {
      for (const { count } of searchIn(log, text, matchCase)) expect(count).toBeGreaterThan(0);
    }),
    { seed: 3, numRuns: 100 },
  );
});

test('a long answer is found by its slices, each match once', () => {
  const log = logWith((one) =>
    one.text('t', Array.from({ length: 500 }, (_, n) => `Paragraph ${n} with a pin.`).join('\n\n')),
  );
  const hits = searchIn(log, 'pin');
  expect(totalOf(hits)).toBe(500);
  expect(hits.length).toBeGreaterThan(10);
  const last = foundAt(hits, 499);
  expect(last?.hit).toBe(hits.at(-1));
  expect(foundAt(hits, 500)).toBeNull();
});

test('looking begins with what is in sight', () => {
  const log = new EventLog();
  for (let turn = 0; turn < 4; turn++) {
    log.begin(`pin and pin ${turn}`);
    log.complete();
  }
  const { rows } = log.view();
  const search = new ThreadSearch({ text: 'pin', matchCase: true }, /pin/gu);
  const hits = rows.flatMap((row) => search.in(row));
  const third = rows.filter((row) => row.kind === 'user')[2];
  expect(firstFrom(hits, (row) => rows.indexOf(row) < rows.indexOf(third as never))).toBe(4);
  expect(firstFrom(hits, () => true)).toBe(0);
});

test('matches of what is drawn go over marks, not over blocks, and leave the words of the page out', () => {
  document.body.innerHTML =
    '<div><p>a <strong>big nee</strong>dle</p><p>nee</p><p>dle</p><span class="sr-only">needle</span><pre>x needle\nneedle</pre></div>';
  const ranges = rangesIn(document.body, /needle/gu);
  expect(ranges.map(String)).toEqual(['needle', 'needle', 'needle']);
});
