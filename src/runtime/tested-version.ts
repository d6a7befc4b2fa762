/** The npm package that Codex comes in. */
export const codexPackage = '@openai/codex';

/**
 * The version of it that everything here was measured with, that Install places and that the tests run: written down here
 * and in package.json, nowhere else (tested). Any other version is taken by what it can do.
 */
export const testedVersion = '0.169.0';

/** Compares the version inside a printed line with another one; a line without one is not called old. */
export function isOlder(printed: string, than: string): boolean {
  const own = /(\d+)\.(\d+)\.(\d+)/.exec(printed)?.slice(1).map(Number);
  if (own === undefined) return false;
  for (const [i, want] of than.split('.').map(Number).entries()) {
    const have = own[i] ?? 0;
    if (have !== want) return have < want;
  }
  return false;
}
