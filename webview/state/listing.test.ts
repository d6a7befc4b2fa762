import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogEvent, ThreadView } from '../../src/model/index.ts';
import { emptyThread, foldAll } from '../../src/model/index.ts';
import { EventLog, everyRow } from '../testing/event-log.ts';
import { EntryList, entriesOf } from './entries.ts';
import { Lister } from './listing.ts';
import type { Expansion } from './places.ts';
import { rangeOf, samePlace, sliceOfText } from './places.ts';

const seeded = { seed: 5, numRuns: 150 };

type Step = 'begin' | 'end' | 'commands' | 'text' | 'long' | 'delta' | 'thought' | 'rerouted' | 'blank' | 'queued';
const step = fc.constantFrom<Step>(
  ...(['begin', 'end', 'commands', 'text', 'long', 'delta', 'thought', 'rerouted', 'blank', 'queued'] as const),
);

/** Long enough for several marks. */
function logOf(steps: readonly Step[]): readonly LogEvent[] {
  const log = new EventLog();
  for (const [index, name] of steps.entries()) {
    switch (name) {
      case 'begin':
        log.begin(`Prompt ${index}`);
        break;
      case 'end':
        log.complete();
        break;
      case 'commands':
        for (let n = 0; n < index % 9; n++) log.command(`c${index}-${n}`, 'ls', 'a', n % 7 === 6 ? 1 : 0, 10);
        break;
      case 'text':
        log.text(`t${index}`, 'Some words.');
        break;
      case 'long':
        log.text(`t${index}`, 'Many words.\n\n'.repeat(700));
        break;
      case 'delta':
        log.add({ kind: 'assistant_text', text: 'more words '.repeat(40), isDelta: true }, 'growing');
        break;
      case 'thought':
        log.add({ kind: 'reasoning', text: 'thought '.repeat(600), isDelta: false }, `r${index}`);
        break;
      case 'rerouted':
        log.add({ kind: 'model_rerouted', askedModel: 'a', servedModel: 'b', reason: 'c' });
        break;
      case 'blank':
        log.add({ kind: 'assistant_text', text: ' ', isDelta: true }, `b${index}`);
        break;
      case 'queued':
        log.add({ kind: 'user_message', text: 'Later.', attachments: [], delivery: 'queued' });
        break;
    }
  }
  return log.events;
}

const views = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 120 }), fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }))
  .map(([steps, sizes]) => {
    const events = logOf(steps);
    const all: ThreadView[] = [];
    let view = emptyThread('thread-1' as ThreadView['threadId']);
    let at = 0;
    for (const size of [...sizes, events.length]) {
      view = foldAll(view, events.slice(at, at + size));
      at += size;
      all.push(view);
    }
    return all;
  });

test('entries made bit by bit are those of the whole, and what is said to be unchanged is the same', () => {
  fc.assert(
    fc.property(views, fc.boolean(), (all, running) => {
      const list = new EntryList();
      let before: ReturnType<typeof entriesOf> = [];
      for (const view of all) {
        const { entries, from } = list.update(view, running);
        expect(entries).toEqual(entriesOf(view, running));
        for (let index = 0; index < from; index++) expect(entries[index]).toBe(before[index]);
        before = entries;
      }
    }),
    seeded,
  );
});

test('views in any order, as when another thread comes, give the entries of each', () => {
  fc.assert(
    fc.property(fc.array(views, { minLength: 2, maxLength: 4 }), (threads) => {
      const list = new EntryList();
      for (const view of threads.flat().toReversed())
        expect(list.update(view, false).entries).toEqual(entriesOf(view, false));
    }),
    { ...seeded, numRuns: 40 },
  );
});

test('places made bit by bit are those of the whole; keys are unique and keep their array while they stay', () => {
  fc.assert(
    fc.property(views, fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }), (all, opens) => {
      const lister = new Lister();
      let expansion: Expansion = {};
      let keysBefore: readonly string[] = [];
      for (const [index, view] of all.entries()) {
        const open = opens[index];
        if (open !== undefined)
          expansion = Object.fromEntries(entriesOf(view, false).map((entry) => [entry.key, open]));
        const { places, keys, size } = lister.update(view, true, expansion);
        const fresh = new Lister().update(view, true, expansion);
        expect(places).toEqual(fresh.places);
        expect(keys).toEqual(fresh.keys);
        expect(size).toBe(entriesOf(view, true).length);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).toEqual(places.map(({ key }) => key));
        if (keys.length === keysBefore.length && keys.every((key, at) => key === keysBefore[at]))
          expect(keys).toBe(keysBefore);
        keysBefore = keys;
      }
    }),
    seeded,
  );
});

test('one delta in a thread of 10,000 rows makes a few entries anew', () => {
  const log = new EventLog();
  for (let turn = 0; turn < 2500; turn++) {
    log.begin('Go on.');
    log.command('c', 'ls', '', 1, 1);
    log.text('t', 'Done.');
    log.complete();
  }
  log.begin('Go on.');
  const view = log.view();
  expect(view.rows.length).toBeGreaterThan(10_000);
  const list = new EntryList();
  list.update(view, true);
  const delta = log.add({ kind: 'assistant_text', text: 'H', isDelta: true }, 'live');
  const { entries, from } = list.update(foldAll(view, [delta]), true);
  expect(entries.length - from).toBeLessThan(140);
});

test('the slices of a text hold it whole, each but the last about as long, and begin with a line', () => {
  const texts = fc
    .array(fc.string({ maxLength: 300, unit: 'grapheme' }), { maxLength: 60 })
    .map((all) => all.join('\n'));
  fc.assert(
    fc.property(texts, (text) => {
      const count = Math.max(1, Math.ceil(text.length / 1000));
      const slices = Array.from({ length: count }, (_, index) => sliceOfText(text, rangeOf({ index, count })));
      expect(slices.join('')).toBe(text);
      for (const [index, slice] of slices.entries()) {
        expect(slice.length).toBeLessThan(2001);
        if (index > 0 && slice !== '') expect(slices[index - 1]?.endsWith('\n')).toBe(true);
      }
    }),
    seeded,
  );
  const minified = '\u{1F600}'.repeat(4000);
  const parts = Array.from({ length: 8 }, (_, index) => sliceOfText(minified, rangeOf({ index, count: 8 })));
  expect(parts.join('')).toBe(minified);
  for (const part of parts) expect(part.isWellFormed()).toBe(true);
});

test('places draw the same only if they show the same', () => {
  const log = new EventLog();
  everyRow(log);
  const { places } = new Lister().update(log.view(), true, {});
  for (const [index, a] of places.entries())
    for (const [other, b] of places.entries()) expect(samePlace(a, b)).toBe(index === other);
});
