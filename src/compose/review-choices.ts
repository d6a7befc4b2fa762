import type { ThreadId, ThreadView } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { Environment } from '../node/index.ts';
import type { Log } from '../ports/index.ts';
import type { ReviewChoices } from '../runtime/index.ts';
import { findGit, reviewChoices } from '../runtime/index.ts';

/**
 * What a review of the thread can be held against, or why that can't be said. `cwd`: the folder that the thread keeps, which
 * one that has not begun does not tell. Never throws.
 */
export type ReviewChoicesAction = (
  threadId: ThreadId,
  cwd: string | null,
) => Promise<({ readonly ok: true } & ReviewChoices) | { readonly ok: false; readonly message: string }>;

export type ReviewChoicesDeps = {
  readonly view: (threadId: ThreadId) => Promise<ThreadView>;
  readonly trusted: () => boolean;
  /** The environment of the native lane. */
  readonly env: () => Environment;
  readonly log: Log;
};

export function reviewChoicesAction({ view, trusted, env, log }: ReviewChoicesDeps): ReviewChoicesAction {
  return async (id, cwd) => {
    try {
      if (!trusted()) return refused('The workspace is not trusted, so git is not started.');
      const { worktree } = await view(id);
      const folder = worktree?.path ?? cwd;
      if (folder === null) return refused('No folder is open.');
      const git = await findGit(env());
      return git === null ? refused('Git was not found on the PATH.') : await reviewChoices(git, folder);
    } catch (error) {
      log.error('the branches for a review could not be listed', error);
      return refused(messageOf(error));
    }
  };
}

const refused = (message: string) => ({ ok: false, message }) as const;
