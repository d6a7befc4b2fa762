import { expect, test } from 'vitest';
import { Lister } from '../state/listing.ts';
import { EventLog } from '../testing/event-log.ts';
import { turnAt, turnLines, typedTurn } from './turn-lines.ts';

function sample() {
  const log = new EventLog();
  log.begin('\n  \nFix the date test.\nIt fails.');
  log.text('t', 'Done.');
  log.complete();
  log.begin(`Explain ${'x'.repeat(400)}`);
  log.end({ kind: 'turn_interrupted', durationMs: 1, by: 'user' });
  log.begin('Add a fixture');
  log.add({ kind: 'user_message', text: 'And a test.', attachments: [], delivery: 'steer' });
  log.add({ kind: 'user_message', text: 'Later.', attachments: [], delivery: 'queued' });
  return new Lister().update(log.view(), true, {}).places;
}

test('one line a prompt: the first that says something, with its turn’s state; what waits is no turn yet', () => {
  const places = sample();
  const lines = turnLines(places);
  expect(lines.map(({ number, line, state }) => [number, line.slice(0, 24), state])).toEqual([
    [1, 'Fix the date test.', 'completed'],
    [2, `Explain ${'x'.repeat(16)}`, 'interrupted'],
    [3, 'Add a fixture', 'running'],
    [4, 'And a test.', 'running'],
  ]);
  expect(lines.map(({ line }) => line.length).every((length) => length <= 160)).toBe(true);
  for (const { key, index } of lines) expect(places[index]?.key).toBe(key);
});

test('a place belongs to the last prompt before it', () => {
  const lines = turnLines(sample());
  const [first, second] = lines;
  expect(turnAt(lines, -1)).toBe(-1);
  expect(turnAt(lines, first?.index ?? -1)).toBe(0);
  expect(turnAt(lines, (second?.index ?? 0) - 1)).toBe(0);
  expect(turnAt(lines, 1e9)).toBe(3);
});

test('typed letters go to the next line that begins with them, then to one that holds them', () => {
  const lines = turnLines(sample());
  expect(typedTurn(lines, 'a', 0)).toBe(2);
  expect(typedTurn(lines, 'a', 3)).toBe(3);
  expect(typedTurn(lines, 'AND', 0)).toBe(3);
  expect(typedTurn(lines, 'date', 2)).toBe(0);
  expect(typedTurn(lines, 'nowhere', 0)).toBe(-1);
});
