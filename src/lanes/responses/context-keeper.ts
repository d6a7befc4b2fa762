import type { TurnError, Usage } from '../../model/index.ts';
import type { TurnIo } from '../../ports/index.ts';
import type { CompactionOptions } from './compaction.ts';
import { compact, isTooFull, nextTokens } from './compaction.ts';
import type { InputItem } from './request.ts';

export type ContextKeeperOptions = {
  /** Tokens that the model's window holds; null = not known. */
  readonly window: number | null;
  readonly ask: CompactionOptions['ask'];
  readonly emit: TurnIo['emit'];
};

/** How a compaction that was not made ends the turn. */
export type NoRoom = { readonly outcome: 'interrupted' } | { readonly outcome: 'failed'; readonly error: TurnError };

/** Keeps a turn's conversation within the window of its model. */
export class ContextKeeper {
  readonly #options: ContextKeeperOptions;
  #last: Pick<Usage, 'input' | 'output'> | null = null;
  /** How much of the conversation the last request and its answer held. */
  #known = 0;
  /** The conversation was compacted since the last answer: once more would give the same. */
  #justCompacted = false;

  constructor(options: ContextKeeperOptions) {
    this.#options = options;
  }

  /** An answer came. `usage`: of its request alone; `known`: items of the conversation that this counts. */
  answered(usage: Pick<Usage, 'input' | 'output'> | null, known: number): void {
    this.#last = usage;
    this.#known = known;
    this.#justCompacted = false;
  }

  /** Whether a compaction may help a request that was refused as too long. A prompt alone is not summed up. */
  canHelp(error: TurnError, input: readonly InputItem[]): boolean {
    return error.code === 'context_full' && !this.#justCompacted && input.length > 1;
  }

  /** Whether the next request is expected not to fit. What can't be told is not compacted for. */
  isTooFull(input: readonly InputItem[]): boolean {
    return !this.#justCompacted && input.length > 1 && isTooFull(this.#tokens(input), this.#options.window);
  }

  /** Puts a summary in the place of what was said, in `input` itself. Null = done; else `input` is as it was. */
  async compact(input: InputItem[], whole = false): Promise<NoRoom | null> {
    const { window, ask, emit } = this.#options;
    const done = await compact({ input, told: this.#tokens(input), window, whole, ask });
    if (done.outcome !== 'compacted') return done;
    const { compacted } = done;
    const { before, after, summary } = compacted;
    input.splice(0, input.length, ...compacted.input);
    this.#last = null;
    this.#known = 0;
    this.#justCompacted = true;
    emit({ kind: 'context_compacted', before, after, how: 'lanes', summary });
    return null;
  }

  #tokens(input: readonly InputItem[]): number {
    return nextTokens(this.#last, input, input.slice(this.#known));
  }
}

/** What of a turn's usage one request came to. */
export function usageSince(before: Usage | null, now: Usage | null): Pick<Usage, 'input' | 'output'> | null {
  if (now === null || now.input === null || (before !== null && before.input === null)) return null;
  const output = now.output === null ? null : now.output - (before?.output ?? 0);
  const input = now.input - (before?.input ?? 0);
  // The answer told nothing: the sum stayed.
  return input <= 0 ? null : { input, output };
}
