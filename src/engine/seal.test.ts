import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { engineOnFakes, says, untilStopped } from '../../test/fakes/engine.ts';
import type { LogEvent, ThreadId } from '../model/index.ts';
import { itemId, verifySeals } from '../model/index.ts';

const newDigest = () => {
  const hash = createHash('sha256');
  return { update: (text: string) => void hash.update(text), hex: () => hash.digest('hex') };
};
const check = (lines: readonly string[]) => verifySeals(lines, newDigest).map(({ state }) => state);
const linesOf = (events: readonly LogEvent[]): string[] => events.map((event) => JSON.stringify(event));

async function log(texts: readonly string[]): Promise<string[]> {
  const t = engineOnFakes({
    scripts: texts.map((text) =>
      says(
        { kind: 'assistant_text', text, isDelta: true, itemId: itemId('a') },
        { kind: 'warning', source: 'process', text },
        { kind: 'assistant_text', text: `${text}!`, isDelta: false, itemId: itemId('a') },
      ),
    ),
  });
  const id = t.engine.create('/w');
  // All at once: all but the first wait in the queue, on record before their turn.
  await Promise.all(texts.map((text, i) => t.prompt(id, `${i} ${text}`)));
  await t.until(t.idle(id));
  return linesOf(t.stored(id));
}

const anyText = fc.string({ unit: 'binary', maxLength: 20 });

test('every turn of an untouched log is sealed, also over a restart', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 4 }), async (texts) => {
      expect(check(await log(texts))).toEqual(texts.map(() => 'sealed'));
    }),
    { seed: 21, numRuns: 60 },
  );
  const first = engineOnFakes();
  const id: ThreadId = first.engine.create('/w');
  await first.prompt(id, 'one');
  await first.until(first.idle(id));
  const second = engineOnFakes({ transcript: first.transcript });
  await second.prompt(id, 'two');
  await second.until(second.idle(id));
  expect(check(linesOf(second.stored(id)))).toEqual(['sealed', 'sealed']);
});

test('one changed character in any event of a turn, or in any receipt, is found', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyText, { minLength: 1, maxLength: 3 }),
      fc.nat(),
      fc.nat(),
      fc.constantFrom('a', '0', ' ', '"', '\u{7f}'),
      async (texts, whichLine, whichCharacter, replacement) => {
        const lines = await log(texts);
        const sealed = lines.flatMap((line, i) => {
          const event = JSON.parse(line) as LogEvent;
          if (event.turnId !== undefined) return [{ i, from: 0, to: line.length }];
          // Of a receipt's own line: the receipt. What stands before it is the envelope.
          return event.kind === 'receipt' ? [{ i, from: line.indexOf('{"transport"'), to: line.length - 2 }] : [];
        });
        const target = sealed[whichLine % sealed.length];
        if (target === undefined) throw new Error('nothing is sealed');
        const { i, from, to } = target;
        const line = lines[i] ?? '';
        const at = from + (whichCharacter % (to - from));
        const changed = line.slice(0, at) + replacement + line.slice(at + 1);
        fc.pre(changed !== line && !isSpacing(line, changed));
        expect(check(lines.with(i, changed))).not.toEqual(texts.map(() => 'sealed'));
      },
    ),
    { seed: 22, numRuns: 300 },
  );
});

/** Equal JSON in other bytes: a receipt is compared as it is read. */
function isSpacing(a: string, b: string): boolean {
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
  } catch {
    return false;
  }
}

test('a line that is left out, doubled or moved within its turn is found', async () => {
  const lines = await log(['x', 'y']);
  const own = lines.flatMap((line, i) => (line.includes('"turnId"') ? [i] : []));
  for (const i of own) {
    expect(check(lines.toSpliced(i, 1))).toContain('broken');
    expect(check(lines.toSpliced(i, 0, lines[i] ?? ''))).toContain('broken');
  }
  const [first, second] = own.filter((i) => /"turn_started"|"assistant_text"/.test(lines[i] ?? ''));
  if (first === undefined || second === undefined) throw new Error('no two lines to swap');
  expect(check(lines.with(first, lines[second] ?? '').with(second, lines[first] ?? ''))).toContain('broken');
  const receipt = lines.findIndex((line) => line.includes('"kind":"receipt"'));
  expect(check(lines.toSpliced(receipt, 1))).toContain('broken');
});

test('a turn that still runs has no seal yet; a log that is no JSON at all breaks nothing but the answer', async () => {
  const t = engineOnFakes({ scripts: [untilStopped] });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  expect(check(linesOf(t.stored(id)))).toEqual(['unsealed']);
  await t.engine.stop(id, 'user');
  expect(check(linesOf(t.stored(id)))).toEqual(['sealed']);
  expect(check(['', 'garbage', 'null', '[]', '{"kind":"receipt"}'])).toEqual([]);
});
