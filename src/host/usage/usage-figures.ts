import type { Receipt, ThreadView } from '../../model/index.ts';

/** Tokens of several turns. `untold`: turns of which the runtime told nothing; they are in no sum. */
export type UsageSum = {
  readonly turns: number;
  readonly untold: number;
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
  /** In US dollars, of the turns that have a cost: those whose model the user told the prices of. */
  readonly usd: number;
  readonly priced: number;
};

export type UsageFigures = {
  /** Newest first; `day` as `2026-11-21`, in the user's own time. */
  readonly days: readonly (UsageSum & { readonly day: string })[];
  /** Most tokens first. */
  readonly threads: readonly (UsageSum & { readonly title: string; readonly last: string })[];
  readonly all: UsageSum;
};

const nothing: UsageSum = { turns: 0, untold: 0, input: 0, cachedInput: 0, output: 0, usd: 0, priced: 0 };

/** Tokens of the threads' receipts, a day and a thread. A turn that a fork has copied counts once, where it ran. */
export function usageFigures(threads: readonly ThreadView[], dayOf: (at: string) => string): UsageFigures {
  const days = new Map<string, UsageSum>();
  const sums: (UsageSum & { readonly title: string; readonly last: string })[] = [];
  const counted = new Set<string>();
  let all = nothing;
  // A fork is younger than the thread it came from.
  const oldestFirst = [...threads].sort((a, b) =>
    startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : forks(a) - forks(b),
  );
  for (const thread of oldestFirst) {
    let sum = nothing;
    let last = '';
    for (const row of thread.rows) {
      if (row.kind !== 'receipt' || row.turnId === null || counted.has(row.turnId)) continue;
      counted.add(row.turnId);
      const day = dayOf(row.startedAt);
      days.set(day, plus(days.get(day) ?? nothing, row.receipt));
      sum = plus(sum, row.receipt);
      all = plus(all, row.receipt);
      last = day;
    }
    if (sum.turns > 0) sums.push({ ...sum, title: thread.title, last });
  }
  return {
    days: [...days].map(([day, sum]) => ({ day, ...sum })).sort((a, b) => (a.day < b.day ? 1 : -1)),
    threads: sums.sort((a, b) => b.input + b.output - (a.input + a.output)),
    all,
  };
}

const startOf = (thread: ThreadView): string => thread.rows[0]?.startedAt ?? '';
const forks = (thread: ThreadView): number => (thread.forkedFrom === null ? 0 : 1);

function plus(sum: UsageSum, { usage, cost }: Receipt): UsageSum {
  const told = usage !== null && (usage.input !== null || usage.output !== null);
  return {
    turns: sum.turns + 1,
    untold: sum.untold + (told ? 0 : 1),
    input: sum.input + (usage?.input ?? 0),
    cachedInput: sum.cachedInput + (usage?.cachedInput ?? 0),
    output: sum.output + (usage?.output ?? 0),
    usd: sum.usd + (cost?.usd ?? 0),
    priced: sum.priced + (cost === undefined ? 0 : 1),
  };
}
