import type { Idle, IdleThread } from '../engine/index.ts';
import type { FileChange, ThreadId, ThreadView, Worktree } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { Environment } from '../node/index.ts';
import type { Log } from '../ports/index.ts';
import type { WorktreeFile } from '../runtime/index.ts';
import { codexHome, discardWorktree, findGit, mergeWorktree, worktreeDiff } from '../runtime/index.ts';

type Refused = { readonly ok: false; readonly message: string };

/** A file that differs in a worktree; lines that were added and removed, 0 where it is not a text. */
export type ChangedFile = Pick<FileChange, 'path' | 'kind'> & { readonly added: number; readonly removed: number };

/** What can be done with the git worktree that a thread runs in. None of them throws. */
export type WorktreeActions = {
  /** What it has that its beginning had not, as a unified diff; also while a turn runs. */
  readonly diff: (
    threadId: ThreadId,
  ) => Promise<{ readonly ok: true; readonly diff: string; readonly files: readonly ChangedFile[] } | Refused>;
  /** Brings all of it into the thread's folder, or nothing (then `conflicts` names the files); removes it afterwards. */
  readonly merge: (
    threadId: ThreadId,
  ) => Promise<{ readonly ok: true; readonly files: number } | (Refused & { readonly conflicts?: readonly string[] })>;
  /** Removes it; `kept` is the git reference that still holds what it held, null = it held nothing. */
  readonly discard: (threadId: ThreadId) => Promise<{ readonly ok: true; readonly kept: string | null } | Refused>;
};

export type WorktreeActionsDeps = {
  readonly view: (threadId: ThreadId) => Promise<ThreadView>;
  readonly whileIdle: <T>(threadId: ThreadId, work: (thread: IdleThread) => Promise<T>) => Promise<Idle<T>>;
  readonly trusted: () => boolean;
  /** The environment of the native lane. */
  readonly env: () => Environment;
  readonly log: Log;
};

export function worktreeActions({ view, whileIdle, trusted, env, log }: WorktreeActionsDeps): WorktreeActions {
  /** All that git needs, or why it is not asked. */
  const ready = async (worktree: Worktree | null, id: ThreadId) => {
    if (!trusted()) return refused('The workspace is not trusted, so git is not started.');
    if (worktree === null) return refused('This thread has no worktree.');
    // It names references.
    if (!/^[\w-]+$/.test(id)) return refused('This thread’s id can’t name a git reference.');
    const git = await findGit(env());
    if (git === null) return refused('Git was not found on the PATH.');
    return { ok: true, inputs: { git, worktree, codexHome: codexHome(env()) } } as const;
  };
  const guarded = async <T>(what: string, work: () => Promise<T>): Promise<T | Refused> => {
    try {
      return await work();
    } catch (error) {
      log.error(`a worktree could not be ${what}`, error);
      return refused(messageOf(error));
    }
  };
  const idle = async <T>(id: ThreadId, work: (thread: IdleThread) => Promise<T>): Promise<T | Refused> => {
    const done = await whileIdle(id, work);
    return done.ok ? done.value : refused(done.message);
  };
  return {
    diff: (id) =>
      guarded('compared', async () => {
        const { worktree } = await view(id);
        const given = await ready(worktree, id);
        if (!given.ok) return given;
        const found = await worktreeDiff(given.inputs);
        return 'problem' in found
          ? refused(found.problem)
          : { ok: true, diff: found.diff, files: found.files.map(changedFile) };
      }),
    merge: (id) =>
      guarded('merged', () =>
        idle(id, async (thread) => {
          const given = await ready(thread.view.worktree, id);
          if (!given.ok) return given;
          const merged = await mergeWorktree(given.inputs, id);
          if ('problem' in merged) {
            const { problem, conflicts } = merged;
            return { ...refused(problem), ...(conflicts === undefined ? {} : { conflicts }) };
          }
          await thread.add({ kind: 'worktree_closed', how: 'merged', kept: merged.kept });
          return { ok: true, files: merged.files };
        }),
      ),
    discard: (id) =>
      guarded('discarded', () =>
        idle(id, async (thread) => {
          const given = await ready(thread.view.worktree, id);
          if (!given.ok) return given;
          const found = await discardWorktree(given.inputs, id);
          // One whose folder is gone holds nothing any more, and must not hold up its thread.
          if ('problem' in found && found.gone !== true) return refused(found.problem);
          const kept = 'problem' in found ? null : found.kept;
          await thread.add({ kind: 'worktree_closed', how: 'discarded', kept });
          return { ok: true, kept };
        }),
      ),
  };
}

const refused = (message: string): Refused => ({ ok: false, message });

function changedFile({ path, kind, added, removed }: WorktreeFile): ChangedFile {
  return { path, kind, added: added ?? 0, removed: removed ?? 0 };
}
