import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CommandOutput } from './output.ts';

function outputOf(...chunks: readonly (string | Uint8Array)[]) {
  const told: string[] = [];
  const output = new CommandOutput((delta) => told.push(delta));
  for (const chunk of chunks) {
    output.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
    output.flush();
  }
  output.end();
  return { told, output };
}

test.each([
  ['colours', '\u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007\n', 'red link\n'],
  ['a line that is written over', 'a 10%\ra 100%\nb\r\n', 'a 100%\nb\n'],
  ['what beeps', 'a\u0007b\u0008\n', 'ab\n'],
  ['tabs', 'a\tb', 'a\tb'],
])('the model does not see %s, the log does', (_, given, shown) => {
  const { output } = outputOf(given);
  expect(output.forModel()).toBe(shown);
  expect(output.forLog()).toBe(given);
});

test('any bytes, however they are cut, are told whole and in order', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
      const { told, output } = outputOf(...chunks);
      const whole = new TextDecoder().decode(Buffer.concat(chunks));
      expect(told.join('')).toBe(whole);
      expect(output.forLog()).toBe(whole);
      expect(typeof output.forModel()).toBe('string');
    }),
  );
});

test('a line is told in one piece, and one without an end a flush later', () => {
  const told: string[] = [];
  const output = new CommandOutput((delta) => told.push(delta));
  output.push(Buffer.from('one\nsk-se'));
  output.flush();
  expect(told).toEqual(['one\n']);
  output.push(Buffer.from('cret\n'));
  output.flush();
  expect(told).toEqual(['one\n', 'sk-secret\n']);
  output.push(Buffer.from('Continue? '));
  output.flush();
  output.flush();
  expect(told.at(-1)).toBe('Continue? ');
});

test('what is no text is said, not shown', () => {
  expect(outputOf(new Uint8Array([1, 0, 2])).output.forModel()).toBe('[the output is no text: 3 bytes]');
});

test('of a long output the model gets the beginning and the end, and how much is missing', () => {
  const lines = Array.from({ length: 10_000 }, (_, line) => `line ${line}`).join('\n');
  const shown = outputOf(lines).output.forModel();
  expect(shown.length).toBeLessThan(24_100);
  expect(shown.startsWith('line 0\nline 1\n')).toBe(true);
  expect(shown.endsWith('\nline 9998\nline 9999')).toBe(true);
  const [, missing] = /\n\[… (\d+) characters are left out here …\]\nline/.exec(shown) ?? [];
  const kept = shown.replace(/\n\[….*…\]\n/, '');
  expect(Number(missing)).toBe(lines.length - kept.length);
});

test('of a flood the log gets the last MiB, the page no more, and memory stays small', () => {
  const chunk = `${'x'.repeat(99)}\n`.repeat(1000);
  const { told, output } = outputOf('first\n', ...Array.from({ length: 100 }, () => chunk), 'last\n');
  expect(output.forLog()).toHaveLength(1024 * 1024);
  expect(output.forLog().endsWith('last\n')).toBe(true);
  expect(told.join('').length).toBeLessThan(2.3 * 1024 * 1024);
  const shown = output.forModel();
  expect(shown.startsWith('first\n')).toBe(true);
  expect(shown.endsWith('last\n')).toBe(true);
  expect(shown.length).toBeLessThan(24_100);
});
