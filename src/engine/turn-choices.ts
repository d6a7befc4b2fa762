import type { NativeThread, NativeThreadId, ThreadView, TurnError, Usage } from '../model/index.ts';
import { noUsage } from '../model/index.ts';
import type { Lane, SettingsSnapshot } from '../ports/index.ts';

/** What a turn runs with: the thread's options where they say something, else the settings. */
export type TurnChoices = {
  readonly model: string | null;
  readonly effort: string | null;
  readonly cwd: string | null;
  /** Of the native lane alone; false elsewhere. */
  readonly ephemeral: boolean;
  readonly profile: string | null;
  readonly addDirs: readonly string[];
  readonly outputSchema: string | null;
  readonly newWorktree: boolean;
};

export function choicesOf(
  lane: Pick<Lane, 'id'>,
  settings: SettingsSnapshot,
  view: ThreadView,
  cwd: string | null,
): TurnChoices {
  const { options, worktree, native } = view;
  const isNative = lane.id === 'codex-native';
  return {
    model: options.model ?? (isNative ? settings.nativeModel : settings.apiModel),
    effort: options.effort ?? (isNative ? settings.nativeEffort : settings.apiEffort),
    cwd: worktree?.path ?? cwd,
    ephemeral: isNative && (options.ephemeral ?? settings.nativeEphemeral),
    profile: options.profile ?? settings.nativeProfile,
    addDirs: [...new Set([...settings.nativeAddDirs, ...options.addDirs])],
    outputSchema: options.outputSchema,
    // Also where the thread has begun: its first turn may have died before it was told where the worktree is.
    newWorktree: isNative && options.worktree && worktree === null && native.forkOf === null,
  };
}

/** Where a turn stands to the runtime's thread. */
export type NativeStart = {
  readonly nativeThreadId: NativeThreadId | null;
  readonly forkOf: NativeThreadId | null;
  readonly usageBefore: Usage | null;
};

/**
 * An ephemeral turn never goes on with a thread that is kept: resuming with `--ephemeral` writes into it all the same
 * (measured with 0.169), while an ephemeral branch of it knows what was said and leaves nothing.
 */
export function nativeStart({ id, forkOf, usageTotal }: NativeThread, ephemeral: boolean): NativeStart {
  if (id === null && forkOf === null) return { nativeThreadId: null, forkOf: null, usageBefore: noUsage };
  return ephemeral || id === null
    ? { nativeThreadId: null, forkOf: id ?? forkOf, usageBefore: usageTotal }
    : { nativeThreadId: id, forkOf: null, usageBefore: usageTotal };
}

/** What can't be combined; a setting may have changed since the options were chosen. Null = fits. */
export function misfit({ newWorktree, ephemeral }: TurnChoices): TurnError | null {
  return newWorktree && ephemeral ? { ...ephemeralWorktree, code: 'bad_request', retryable: false } : null;
}

/** Codex refuses it in these words: `--worktree cannot be combined with --ephemeral`. */
export const ephemeralWorktree = {
  message: 'A worktree can’t be combined with an ephemeral thread.',
  hint: 'Let Codex keep this thread, or take the worktree out of its options.',
};
