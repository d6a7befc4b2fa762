import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JournalOwner, JournalProcess, JournalRun } from './journal-text.ts';
import { endLine, ownerLine, ownerStartLine, processLine, readJournal, runLine, seenLine } from './journal-text.ts';

const owner: JournalOwner = {
  pid: 4711,
  start: '123',
  boot: 'boot',
  machine: 'here pid:[1]',
  label: 'a VS Code window',
  since: '2026-01-01T00:00:00.000Z',
};

const runs = process.env.CODEX_LANES_LONG === '1' ? 5000 : 200;

const processes: fc.Arbitrary<JournalProcess> = fc.record({
  pid: fc.integer({ min: 2, max: 99_999 }),
  start: fc.option(fc.stringMatching(/^[0-9]{1,8}$/)),
  group: fc.nat(99_999),
});

/** What may happen to one of four runs. */
const happening = fc.record({
  mark: fc.constantFrom('m0', 'm1', 'm2', 'm3'),
  what: fc.oneof(
    fc.record({
      do: fc.constant('begin' as const),
      kind: fc.constantFrom('turn' as const, 'probe' as const, 'doctor' as const, 'install' as const),
      threadId: fc.option(fc.stringMatching(/^[a-z0-9]{1,25}$/)),
    }),
    fc.record({ do: fc.constant('start' as const), process: processes }),
    fc.record({ do: fc.constant('see' as const), seen: fc.array(processes, { minLength: 1, maxLength: 3 }) }),
    fc.record({ do: fc.constant('end' as const) }),
  ),
});

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** The same by a map, step by step: the state after each line. */
function model(happenings: readonly Happening[]) {
  const live = new Map<string, JournalRun>();
  const lines: string[] = [];
  const states: (readonly JournalRun[])[] = [[]];
  for (const { mark, what } of happenings) {
    const run = live.get(mark);
    if ((what.do === 'begin') !== (run === undefined)) continue;
    if (what.do === 'begin') {
      const begun = { mark, label: 'codex exec', kind: what.kind, threadId: what.threadId, startedAt: 'then' };
      live.set(mark, { ...begun, process: null, seen: [] });
      lines.push(runLine(begun));
    } else if (run !== undefined && what.do === 'start') {
      live.set(mark, { ...run, process: what.process });
      lines.push(processLine(mark, what.process));
    } else if (run !== undefined && what.do === 'see') {
      live.set(mark, { ...run, seen: [...run.seen, ...what.seen] });
      lines.push(seenLine(mark, what.seen));
    } else {
      live.delete(mark);
      lines.push(endLine(mark));
    }
    states.push([...live.values()]);
  }
  return { lines, states };
}

test('a journal that was cut off at any byte says what its whole lines say', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 30 }), fc.nat(), (happenings, at) => {
      const { lines, states } = model(happenings);
      const head = ownerLine(owner);
      const text = [head, ...lines].join('');
      const cut = head.length + (at % (text.length - head.length + 1));
      const whole = text.slice(head.length, cut).split('\n').length - 1;
      // A line of which only the line break is missing counts too.
      const ended = lines.slice(0, whole).join('').length + head.length;
      const also = cut - ended === (lines[whole]?.length ?? 0) - 1 ? 1 : 0;
      expect(readJournal(text.slice(0, cut))).toEqual({ kind: 'journal', owner, runs: states[whole + also] });
    }),
    { seed: 4, numRuns: runs },
  );
});

const garbage = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
  fc.json().filter((text) => !/"run"|ownerStart/.test(text)),
  fc.constantFrom('{"run":7}', '{"run":""}', '{"run":"zz","ended":true}', '{"run":', '\0\0\0', '[]', 'null'),
);

test('lines that make no sense change nothing, wherever they stand', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(happening, garbage), { maxLength: 20 }), (rows) => {
      const { lines, states } = model(rows.map(([row]) => row));
      const mixed = lines.flatMap((line, i) => [`${rows[i]?.[1] ?? ''}\n`, line]);
      expect(readJournal([ownerLine(owner), ...mixed].join(''))).toMatchObject({ runs: states.at(-1) });
    }),
    { seed: 5, numRuns: runs },
  );
});

describe('what stands in a journal', () => {
  test.each([
    ['nothing', ''],
    ['garbage', 'x\n'],
    ['a line without an owner', '{"processes":1}\n'],
    ['an owner without a pid', '{"processes":1,"owner":{"boot":"","machine":""}}\n'],
    ['a torn first line', ownerLine(owner).slice(0, 40)],
  ])('%s is illegible', (_name, text) => expect(readJournal(text)).toEqual({ kind: 'illegible' }));

  test('a newer format is left alone', () => {
    expect(readJournal('{"processes":2,"owner":"of another shape"}\n')).toEqual({ kind: 'newer' });
  });

  test('the start of the owner may come later', () => {
    const text = `${ownerLine({ ...owner, start: null })}${ownerStartLine('99')}`;
    expect(readJournal(text)).toMatchObject({ owner: { start: '99' } });
  });

  test('a process whose first line was lost is still known; pids that can be no child of ours are not', () => {
    const known = { pid: 77, start: '5', group: 77 };
    const text = `${ownerLine(owner)}${processLine('m', known)}{"run":"m","seen":[[1,"x",1],[0,"x",1],[-5,"x",1],["7","x",1]]}\n`;
    expect(readJournal(text)).toMatchObject({ runs: [{ mark: 'm', label: 'a program', process: known, seen: [] }] });
  });

  test('thousands of lines are read in no time', () => {
    const many = Array.from({ length: 20_000 }, (_, i) =>
      [processLine(`m${i}`, { pid: i + 2, start: '1', group: 0 }), endLine(`m${i}`)].join(''),
    );
    expect(readJournal([ownerLine(owner), ...many].join(''))).toEqual({ kind: 'journal', owner, runs: [] });
  });
});
