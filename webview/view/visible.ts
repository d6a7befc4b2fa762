/** Controls (line breaks and tabs aside), zero-width and direction marks: they make a text look like another one. */
const hidden = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text in which nothing hides: what can't be seen is written as an escape. */
export function visible(text: string): string {
  return text.replace(hidden, (mark) => `\\u{${mark.codePointAt(0)?.toString(16)}}`);
}
