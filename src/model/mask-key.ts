/** A key as it may be shown: its last four characters, none of a short one. */
export function maskKey(key: string): string {
  return key.length >= 16 ? `…${key.slice(-4)}` : '…';
}
