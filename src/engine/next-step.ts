import type { TurnError, Worktree } from '../model/index.ts';
import type { TurnEnd } from '../ports/index.ts';

/** Fills in what only the engine knows of a failure: what this thread does next. */
export function withNextStep(end: TurnEnd, worktree: Worktree | null): TurnEnd {
  return end.outcome === 'failed' ? { ...end, error: nextStep(end.error, worktree) } : end;
}

function nextStep(error: TurnError, worktree: Worktree | null): TurnError {
  if (error.code === 'resume_not_found') {
    return { ...error, retryable: true, hint: 'Send the prompt again: it begins a new thread of Codex.' };
  }
  if (error.code === 'folder_missing' && worktree !== null) {
    return {
      ...error,
      message: 'The worktree of this thread is no longer there.',
      hint: `Discard it to go on in ${worktree.origin}, or start a new thread.`,
      detail: worktree.path,
    };
  }
  return error;
}
