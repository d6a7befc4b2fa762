/** Who says so: the runtime at the end of a live turn, or the endpoint's completed response. */
export type UsageAuthority = 'live-turn-completed' | 'responses-completed';

/** Tokens of one turn. A part that the provider does not report is null, never 0. */
export type Usage = {
  readonly input: number | null;
  readonly cachedInput: number | null;
  readonly output: number | null;
  readonly reasoningOutput: number | null;
  readonly cacheWrite: number | null;
  /** Size of the model's window in tokens, where it is told. */
  readonly contextWindow?: number | null;
};

/** The total that a runtime reports for a whole thread (exec's `usage` is cumulative). */
export type CumulativeUsage = Usage;

const parts = ['input', 'cachedInput', 'output', 'reasoningOutput', 'cacheWrite'] as const;

/**
 * A turn's own usage: the thread's total after it minus the total before it.
 * Null when the total before is unknown or the total shrank (another thread's figures): unknown is never guessed.
 */
export function usageOfTurn(before: CumulativeUsage | null, after: CumulativeUsage): Usage | null {
  if (before === null) return null;
  const out: Record<(typeof parts)[number], number | null> = {
    input: null,
    cachedInput: null,
    output: null,
    reasoningOutput: null,
    cacheWrite: null,
  };
  for (const part of parts) {
    const b = before[part];
    const a = after[part];
    if (a === null || b === null) continue;
    if (a < b) return null;
    out[part] = a - b;
  }
  return out;
}

/** The total of a thread that has not run yet. */
export const noUsage: Usage = { input: 0, cachedInput: 0, output: 0, reasoningOutput: 0, cacheWrite: 0 };
