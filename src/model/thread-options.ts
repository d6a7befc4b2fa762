import type { NativeThreadId } from './ids.ts';
import type { ToolPolicy } from './tool-policy.ts';

/** What the user chose for one thread. A choice holds from the next turn on, and beats the settings. */
export type ThreadOptions = {
  /** Null = as configured. */
  readonly model: string | null;
  /** Null = as configured. */
  readonly effort: string | null;
  /** Name of a configuration profile of Codex (`$CODEX_HOME/<name>.config.toml`); null = as configured. */
  readonly profile: string | null;
  /** Folders that commands may write in beside the thread's own; absolute paths, in addition to the configured ones. */
  readonly addDirs: readonly string[];
  /** Absolute path of a JSON Schema that the final answer must fit; null = none. */
  readonly outputSchema: string | null;
  /** True = Codex keeps nothing of it, so it can't be gone on with; null = as configured. */
  readonly ephemeral: boolean | null;
  /** The first native turn of the thread makes a git worktree of its own, and the thread runs there until that is closed. */
  readonly worktree: boolean;
  /** What tools of ours may do unasked; null = as configured. */
  readonly policy: ToolPolicy | null;
};

export const defaultThreadOptions: ThreadOptions = {
  model: null,
  effort: null,
  profile: null,
  addDirs: [],
  outputSchema: null,
  ephemeral: null,
  worktree: false,
  policy: null,
};

/** A git worktree in which a thread runs. */
export type Worktree = {
  /** Its folder. */
  readonly path: string;
  /** The folder that the thread keeps: where its changes are merged back to. */
  readonly origin: string;
  /** The commit that it began with. */
  readonly base: string;
};

/** Where a thread came from. */
export type ForkedFrom = {
  readonly threadId: string;
  readonly title: string;
  /** Codex's own thread that the first native turn branches off; null = there is none. */
  readonly nativeThreadId: NativeThreadId | null;
};
