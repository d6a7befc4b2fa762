/** Which process a command is about: its number, or the row of the Runtime view that it was called on. Null = none. */
export function pidOf(which: unknown): number | null {
  const pid = typeof which === 'object' && which !== null && 'pid' in which ? which.pid : which;
  return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}
