import { expect, test } from 'vitest';
import { ColourQueue } from './colour-queue.ts';

const lineOf = (text: string) => [[{ text, token: null }]];

test('code is coloured once, and what is no longer wanted is not', async () => {
  const coloured: string[] = [];
  const queue = new ColourQueue(
    async () => (code) => {
      coloured.push(code);
      return lineOf(code);
    },
    (call) => call(),
  );
  queue.ask('gone', 'ts', () => {})();
  await new Promise<void>((done) => queue.ask('kept', 'ts', done));
  expect(queue.known('kept', 'ts')).toEqual(lineOf('kept'));
  expect(queue.known('kept', 'js')).toBeUndefined();
  await new Promise<void>((done) => queue.ask('kept', 'ts', done));
  expect(coloured).toEqual(['kept']);
});

test('what could not be loaded is loaded with the next block', async () => {
  let loads = 0;
  const queue = new ColourQueue(
    async () => {
      loads++;
      if (loads === 1) throw new Error('no network');
      return lineOf;
    },
    (call) => call(),
  );
  queue.ask('one', 'ts', () => {});
  await new Promise<void>((done) => queue.ask('two', 'ts', done));
  expect(loads).toBe(2);
  expect(queue.known('one', 'ts')).toBeUndefined();
});

test('what is kept is bounded, the oldest goes first', async () => {
  const queue = new ColourQueue(
    async () => lineOf,
    (call) => call(),
  );
  const code = (n: number) => `${n}`.padEnd(49_000, 'x');
  for (let n = 0; n < 12; n++) await new Promise<void>((done) => queue.ask(code(n), 'ts', done));
  expect(queue.known(code(0), 'ts')).toBeUndefined();
  expect(queue.known(code(11), 'ts')).toBeDefined();
});

test('code that would hold a frame is left as it is', () => {
  expect(ColourQueue.takes('const a = 1;')).toBe(true);
  expect(ColourQueue.takes('   ')).toBe(false);
  expect(ColourQueue.takes('x\n'.repeat(30_000))).toBe(false);
  expect(ColourQueue.takes(`x\n${'y'.repeat(2001)}`)).toBe(false);
});
