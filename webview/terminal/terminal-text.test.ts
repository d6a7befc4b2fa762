import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainPen } from './pen.ts';
import { plainOutput, TerminalText } from './terminal-text.ts';

const linesOf = (...pieces: readonly string[]) => {
  const terminal = new TerminalText();
  for (const piece of pieces) terminal.write(piece);
  return terminal.lines();
};

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]8;;https://a.b\u0007link\u001b]8;;\u0007', 'link'],
  ['\u001b]0;title\u001b\\text', 'text'],
  ['\u001b]0;never ended\ntext', '\ntext'],
  ['\u001bPq#0;2;0;0;0\u001b\\text', 'text'],
  ['\u009b31mred\u009d0;t\u009cx', 'redx'],
  ['10%\r50%\r100%\n', '100%\n'],
  ['100%\r5', '500%'],
  ['100%\r\u001b[K5', '5'],
  ['downloading\r\u001b[2Kdone', 'done'],
  ['downloading\u001b[2Kdone', 'done'],
  ['downloading\u001b[1Gdone', 'doneloading'],
  ['abcdef\b\b\u001b[1Kx', '    xf'],
  ['abc\b\bX', 'aXc'],
  ['a\b\b\bb', 'b'],
  ['a\r\nb', 'a\nb'],
  ['a\r\r\nb', 'a\nb'],
  ['bell\u0007\ttab', 'bell\ttab'],
  ['\u001b[3A\u001b[12;4Hmoved\u001b[2J', 'moved'],
  ['\u001b(B\u001b)0\u001b=x\u001b>', 'x'],
  ['🙂🙂\r🙃', '🙃🙂'],
  ['cut \u001b[3', 'cut '],
  ['\u001b[31\nnext', '\nnext'],
])('%j reads %j', (output, expected) => {
  expect(plainOutput(output)).toBe(expected);
});

test.each([
  ['\u001b[31mx', { foreground: 1 }],
  ['\u001b[91;44mx', { foreground: 9, background: 4 }],
  ['\u001b[38;5;208mx', { foreground: 208 }],
  ['\u001b[38:5:208mx', { foreground: 208 }],
  ['\u001b[38;2;1;2;3;1mx', { foreground: [1, 2, 3], bold: true }],
  ['\u001b[48:2::1:2:3mx', { background: [1, 2, 3] }],
  ['\u001b[48:2:1:2:3mx', { background: [1, 2, 3] }],
  ['\u001b[1;2;3;4;7;9mx', { bold: true, dim: true, italic: true, underline: true, inverse: true, strike: true }],
  ['\u001b[1;3;4;7;9;31m\u001b[22;23;24;27;29;39mx', {}],
  ['\u001b[4:3mx', { underline: true }],
  ['\u001b[31m\u001b[mx', {}],
  ['\u001b[31m\u001b[999mx', { foreground: 1 }],
  ['\u001b[38;5;300mx', {}],
  ['\u001b[38;9;1mx', { bold: true }],
  ['\u001b[>4mx', {}],
])('%j is drawn so', (output, pen) => {
  expect(linesOf(output)).toEqual([[{ text: 'x', pen: { ...plainPen, ...pen } }]]);
});

test('a pen that comes again is the same object, so runs are as long as they can be', () => {
  const [line] = linesOf('\u001b[31ma\u001b[31mb\u001b[0mc\u001b[31md');
  expect(line?.map((run) => run.text)).toEqual(['ab', 'c', 'd']);
  expect(line?.[2]?.pen).toBe(line?.[0]?.pen);
});

const piece = fc.constantFrom(
  ...['text', ' ', '\n', '\r', '\r\n', '\b', '\t', '🙂', '\ud83d', '\ude42', '\u0000', '\u007f', 'é'],
  ...[
    '\u001b',
    '\u001b[',
    '\u001b[31m',
    '\u001b[0m',
    '\u001b[1;38;5;9m',
    '\u001b[38:2::1:2:3m',
    '\u001b[K',
    '\u001b[1K',
  ],
  ...[
    '\u001b[2K',
    '\u001b[G',
    '\u001b[4C',
    '\u001b]0;',
    '\u0007',
    '\u001b\\',
    '\u009c',
    '\u001b(',
    'B',
    '31',
    ';',
    'm',
    '\u001bP',
  ],
);

test('output in any pieces reads as the whole of it', () => {
  const input = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(input, fc.array(fc.nat(400), { maxLength: 20 }), (text, cuts) => {
      const at = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
      const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
      expect(linesOf(...pieces)).toEqual(linesOf(text));
    }),
    { seed: 4, numRuns: 3000 },
  );
});

test('text without control characters stays as it is', () => {
  const plain = fc.string({ unit: 'binary' }).map((text) => text.replace(/(?![\n\t])\p{Cc}/gu, ''));
  fc.assert(
    fc.property(plain, (text) => {
      expect(plainOutput(text)).toBe(text);
    }),
    { seed: 4, numRuns: 1000 },
  );
});

test.each([
  ['coloured lines', `\u001b[3${1}mword\u001b[0m plain\n`],
  ['a bar that redraws itself', '\r\u001b[2K[=====     ] 50%'],
  ['one endless line', 'xxxxxxxxxx'],
  ['erasing from the start', 'x\u001b[1K'],
  ['erasing to the end', 'xx\b\u001b[K'],
  ['sequences that never end', '\u001b[1;1;1;1'],
  ['strings that never end', '\u001b]0;title'],
  ['colours without end', '\u001b[38;2;1;2;3;48;5;4m'],
])('1 MB of %s is read in linear time', (_name, part) => {
  const text = part.repeat(Math.ceil(1_000_000 / part.length));
  const before = performance.now();
  plainOutput(text);
  expect(performance.now() - before).toBeLessThan(2500);
});
