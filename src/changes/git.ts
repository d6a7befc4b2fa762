import type { ShortRun } from '../node/index.ts';

/** Runs one git command in a folder, with nothing of a configuration that would start something else. Never rejects. */
export type Git = (
  cwd: string,
  args: readonly string[],
  options?: {
    readonly stdin?: string;
    readonly asBytes?: boolean;
    readonly timeoutMs?: number;
    readonly maxOutput?: number;
    readonly signal?: AbortSignal;
  },
) => Promise<ShortRun>;
