import type { ThreadOptions, ThreadView } from '../model/index.ts';
import type { SettingsSnapshot } from '../ports/index.ts';
import { ephemeralWorktree } from './turn-choices.ts';

export type CheckedOptions =
  | { readonly ok: true; readonly options: ThreadOptions }
  | { readonly ok: false; readonly message: string };

/** The options as they are kept: trimmed, empty ones left out, no folder twice. Or why they can't be. */
export function checkOptions(given: ThreadOptions, view: ThreadView, settings: SettingsSnapshot): CheckedOptions {
  const options: ThreadOptions = {
    model: named(given.model),
    effort: named(given.effort),
    profile: named(given.profile),
    addDirs: [...new Set(given.addDirs.map((path) => path.trim()))].filter((path) => path !== ''),
    outputSchema: named(given.outputSchema),
    ephemeral: given.ephemeral,
    worktree: given.worktree,
    policy: given.policy,
  };
  const relative = [...options.addDirs, ...(options.outputSchema === null ? [] : [options.outputSchema])].find(
    (path) => !isAbsolutePath(path),
  );
  if (relative !== undefined) return refused(`${relative} is not an absolute path.`);
  const { worktree } = options;
  if (worktree && (options.ephemeral ?? settings.nativeEphemeral)) {
    return refused(`${ephemeralWorktree.message} ${ephemeralWorktree.hint}`);
  }
  const { id, forkOf, lane, turn } = view.native;
  const begun = id !== null || forkOf !== null || (lane === 'codex-native' && turn !== null);
  if (worktree && !view.options.worktree && view.worktree === null && begun) {
    return refused(
      'A thread gets its worktree with its first native turn, and this one has begun. Start a new thread.',
    );
  }
  return { ok: true, options };
}

const named = (text: string | null): string | null => text?.trim() || null;

const refused = (message: string): CheckedOptions => ({ ok: false, message });

/** Of this system or of Windows: the engine does not know where it runs. */
function isAbsolutePath(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
}
