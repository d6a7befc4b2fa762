/** Most that is kept of something nobody understands, in bytes of UTF-8 (contract normalized-events, section 2). */
export const maxRawPayload = 64 * 1024;

/** The JSON text of what no reader knows, whole up to 64 KiB, then cut between two characters and marked. */
export function rawPayload(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  let bytes = 0;
  let kept = text.length;
  let at = 0;
  for (const character of text) {
    bytes += utf8Length(character.codePointAt(0) ?? 0);
    if (bytes > maxRawPayload && kept === text.length) kept = at;
    at += character.length;
  }
  return bytes <= maxRawPayload ? text : `${text.slice(0, kept)}… [cut: ${bytes} bytes in all]`;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
