import { maskTokens } from '../base/index.ts';

/** What a program printed, fit to be shown: no token, no password in an address, nothing that moves a cursor. */
export function safeLine(text: string, most: number): string {
  const masked = maskTokens(text.replace(/:\/\/[^\s/@]+@/g, '://'));
  // Control and format characters (a cursor move, a change of writing direction) are written out.
  const escaped = masked.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\uFFFD]+/gu,
    (run) => `\\u{${[...run].map((char) => (char.codePointAt(0) ?? 0).toString(16)).join(' ')}}`,
  );
  return escaped.length > most ? `${escaped.slice(0, most)}…` : escaped;
}

/** What Codex says of its configuration, without the values that it quotes: one may be a secret. Other words stay. */
export function withoutConfigValues(text: string): string {
  return /config/i.test(text) ? text.replace(/"[^"]*"/g, '"…"') : text;
}

/** A short quote of a program's output, for a message: its first line that says something. */
export function quoteOutput(output: string): string {
  const line = output
    // What comes behind can't change the first line.
    .slice(0, 4096)
    .split('\n')
    .map((text) => text.trim())
    .find((text) => text !== '');
  return line === undefined ? 'nothing' : `"${safeLine(line, 80)}"`;
}
