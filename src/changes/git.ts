import type { ShortRun } from '../node/index.ts';

export type GitOptions = {
  /** Beside the child's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly asBytes?: boolean;
  readonly timeoutMs?: number;
  readonly maxOutput?: number;
  readonly signal?: AbortSignal;
  /** What else runs comes first. */
  readonly background?: boolean;
};

/** Runs one git command in a folder, without hooks, file watchers and pagers. Never rejects. */
export type Git = (cwd: string, args: readonly string[], options?: GitOptions) => Promise<ShortRun>;
