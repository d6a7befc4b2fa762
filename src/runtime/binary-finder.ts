import { stat } from 'node:fs/promises';
import type { BinaryFact } from '../model/index.ts';
import type { Clock } from '../ports/index.ts';
import type { DiscoveryInputs } from './discover.ts';
import { discoverCodex } from './discover.ts';

/** How long an answer serves without a look, and a positive one when the look fails; milliseconds. */
const freshFor = 30_000;
const staleFor = 5 * 60_000;

export type FoundBinary = {
  readonly fact: BinaryFact;
  /** True when the last look failed and an earlier answer serves. */
  readonly stale: boolean;
};

export type BinaryFinder = { readonly find: (inputs: DiscoveryInputs) => Promise<FoundBinary> };

type Kept = { readonly key: string; readonly fact: BinaryFact; readonly at: number };

/**
 * Remembers where Codex is. An answer is fresh for 30 s; when a later look fails (a busy machine lets `--version` run out
 * of time), the earlier one serves for 5 min as long as the file is there.
 */
export function createBinaryFinder(
  clock: Clock,
  discover: (inputs: DiscoveryInputs) => Promise<BinaryFact> = discoverCodex,
): BinaryFinder {
  let kept: Kept | null = null;
  let running: { readonly key: string; readonly answer: Promise<FoundBinary> } | null = null;

  const look = async (key: string, inputs: DiscoveryInputs): Promise<FoundBinary> => {
    const before = kept?.key === key ? kept : null;
    const fact = await discover(inputs);
    if (fact.kind !== 'found' && before?.fact.kind === 'found') {
      const young = clock.monotonic() - before.at < staleFor;
      if (young && (await exists(before.fact.identity.path))) return { fact: before.fact, stale: true };
    }
    kept = { key, fact, at: clock.monotonic() };
    return { fact, stale: false };
  };

  return {
    find: async (inputs) => {
      const key = JSON.stringify([
        inputs.setting?.value ?? null,
        inputs.env.CODEX_CLI_PATH ?? null,
        inputs.env.PATH ?? inputs.env.Path ?? null,
        inputs.dataHome,
      ]);
      // Only a positive answer is kept: a user who just installed Codex sees it at once.
      const fresh = kept?.key === key && kept.fact.kind === 'found' && clock.monotonic() - kept.at < freshFor;
      if (fresh && kept !== null) return { fact: kept.fact, stale: false };
      if (running?.key === key) return running.answer;
      const answer = look(key, inputs);
      running = { key, answer };
      try {
        return await answer;
      } finally {
        if (running?.answer === answer) running = null;
      }
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
