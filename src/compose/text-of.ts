/** Bytes as text, without its byte order mark; null = they are none. A NUL at the beginning says so, as to git. */
export function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null || bytes.subarray(0, 8000).includes(0) ? null : new TextDecoder().decode(bytes);
}
