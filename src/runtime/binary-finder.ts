import type { BinaryFact } from '../model/index.ts';
import type { Clock } from '../ports/index.ts';
import type { DiscoveryInputs } from './candidates.ts';
import { envValue } from './child-environment.ts';
import { discoverCodex } from './discover.ts';
import { markOf } from './file-mark.ts';

/** How long an answer serves without a look, and a positive one when the look fails; milliseconds. */
const freshFor = 30_000;
const staleFor = 5 * 60_000;

/** How long after an answer that served `atOnce` it is looked at again, in milliseconds. */
const lookAfter = 2000;

export type FoundBinary = {
  readonly fact: BinaryFact;
  /** True when the last look failed and an earlier answer serves. */
  readonly stale: boolean;
};

export type BinaryFinder = {
  /**
   * `atOnce`: an answer that is due for another look serves while that look goes on beside it, as long as the file is
   * the very same (so what it prints as its version still holds).
   */
  readonly find: (inputs: DiscoveryInputs, options?: { readonly atOnce: boolean }) => Promise<FoundBinary>;
};

type Kept = { readonly key: string; readonly fact: BinaryFact; readonly at: number; readonly mark: string | null };

/**
 * Remembers where Codex is. An answer is fresh for 30 s; when a later look fails (a busy machine lets `--version` run out
 * of time), the earlier one serves for 5 min. Neither holds for another file in its place: that one is looked at.
 */
export function createBinaryFinder(
  clock: Clock,
  discover: (inputs: DiscoveryInputs) => Promise<BinaryFact> = discoverCodex,
): BinaryFinder {
  let kept: Kept | null = null;
  let isDue = false;
  let running: { readonly key: string; readonly answer: Promise<FoundBinary> } | null = null;

  const look = async (key: string, inputs: DiscoveryInputs): Promise<FoundBinary> => {
    const before = kept?.key === key ? kept : null;
    const fact = await discover(inputs);
    if (fact.kind !== 'found' && before?.fact.kind === 'found') {
      const same = before.mark !== null && (await markOf(before.fact.identity.path)) === before.mark;
      if (same && clock.monotonic() - before.at < staleFor) return { fact: before.fact, stale: true };
    }
    const mark = fact.kind === 'found' ? await markOf(fact.identity.path) : null;
    kept = { key, fact, at: clock.monotonic(), mark };
    return { fact, stale: false };
  };

  const begin = (key: string, inputs: DiscoveryInputs): Promise<FoundBinary> => {
    const answer = look(key, inputs).finally(() => {
      if (running?.answer === answer) running = null;
    });
    running = { key, answer };
    return answer;
  };

  /**
   * The kept program if it is younger than `age` and its file was not touched. Only a positive answer serves again: a user
   * who just installed Codex sees it at once.
   */
  const unchanged = async (key: string, age: number): Promise<BinaryFact | null> => {
    if (kept?.key !== key || kept.fact.kind !== 'found' || kept.mark === null) return null;
    const { fact, mark, at } = kept;
    if (clock.monotonic() - at >= age) return null;
    return (await markOf(kept.fact.identity.path)) === mark ? fact : null;
  };

  return {
    find: async (inputs, options) => {
      const key = JSON.stringify([
        inputs.setting?.value ?? null,
        envValue(inputs.env, 'CODEX_CLI_PATH', inputs.platform) ?? null,
        envValue(inputs.env, 'PATH', inputs.platform) ?? null,
        inputs.dataHome,
      ]);
      const fresh = await unchanged(key, freshFor);
      if (fresh !== null) return { fact: fresh, stale: false };
      const same = options?.atOnce === true ? await unchanged(key, staleFor) : null;
      if (same === null) return running?.key === key ? running.answer : begin(key, inputs);
      // Not beside the start of the turn, which is what the user waits for. Whoever looks next hears of a failure.
      if (!isDue) {
        isDue = true;
        clock.after(lookAfter, () => {
          isDue = false;
          if (running === null) begin(key, inputs).catch(() => undefined);
        });
      }
      return { fact: same, stale: false };
    },
  };
}
