import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineWriter } from './line-writer.ts';

test('all lines come, whole and in order, however slow the reader is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ maxLength: 40 })), fc.integer({ min: 1, max: 64 }), async (lines, room) => {
      const stream = new PassThrough({ highWaterMark: room });
      const writer = new LineWriter(stream);
      for (const line of lines) expect(writer.write(line)).toBe(true);
      writer.end();
      const parts: Buffer[] = [];
      for await (const part of stream) parts.push(part);
      expect(Buffer.concat(parts).toString('utf8')).toBe(lines.map((line) => `${line}\n`).join(''));
    }),
    { seed: 6, numRuns: 200 },
  );
});

test('a reader that does not read is not written to without end', () => {
  const stream = new PassThrough({ highWaterMark: 4 });
  const writer = new LineWriter(stream, 10);
  expect(writer.write('first, taken by the stream')).toBe(true);
  expect(writer.write('12345')).toBe(true);
  expect(writer.write('12345')).toBe(false);
  expect(writer.write('123')).toBe(true);
  // Nothing but the first is in the stream's own memory.
  expect(stream.writableLength).toBe(27);
});

test('nothing is taken after the end, nor by a stream that is gone', () => {
  const writer = new LineWriter(new PassThrough());
  writer.end();
  writer.end();
  expect(writer.write('late')).toBe(false);
  const gone = new PassThrough();
  gone.destroy();
  expect(new LineWriter(gone).write('late')).toBe(false);
});
