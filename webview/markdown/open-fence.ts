import type { Token, Tokens } from 'marked';

/** A line that could close a fence (or start another): the lexer has to look. */
const fenceLine = /^ {0,3}(?:`{3}|~{3})/m;

/** True while a fenced block, not indented, has no line that may close it. */
function isOpenFence(token: Token): token is Tokens.Code {
  if (token.type !== 'code' || (token as Tokens.Code).codeBlockStyle === 'indented') return false;
  const firstBreak = token.raw.indexOf('\n');
  return firstBreak > 0 && /^(?:`{3}|~{3})/.test(token.raw) && !fenceLine.test(token.raw.slice(firstBreak + 1));
}

/**
 * An open fence with text appended, without lexing it again; null when the lexer must decide.
 * Its last line counts with the new text, since it may become the closing one.
 */
export function appendToFence(token: Token, added: string): Token | null {
  if (!(openFences.has(token) || isOpenFence(token))) return null;
  const { raw } = token;
  // marked counts the line breaks of an empty fence in its own way.
  if (!/\S/.test((token as Tokens.Code).text)) return null;
  if (fenceLine.test(raw.slice(raw.lastIndexOf('\n') + 1) + added)) return null;
  const longer = raw + added;
  const content = longer.slice(longer.indexOf('\n') + 1);
  // As marked has it: one line break at the end belongs to the fence, several are all content.
  const text = content.endsWith('\n') && !content.endsWith('\n\n') ? content.slice(0, -1) : content;
  const next = { ...token, raw: longer, text } as Token;
  openFences.add(next);
  return next;
}

/** Fences known to be open, so that a long one is not searched again with every delta. */
const openFences = new WeakSet<Token>();

/** True for a fenced block whose closing fence was written: no later text changes it. */
export function isClosedFence({ raw }: Token): boolean {
  const mark = /^ {0,3}(`{3,}|~{3,})/.exec(raw)?.[1];
  if (mark === undefined) return false;
  // The last line alone: a long block is asked with every delta.
  const end = raw.trimEnd();
  const at = end.lastIndexOf('\n');
  const last = at < 0 ? '' : end.slice(at + 1).trim();
  return last.length >= mark.length && last === (mark[0] ?? '').repeat(last.length);
}
