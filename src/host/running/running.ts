import { Emitter } from '../../base/index.ts';
import type { Activity } from '../../compose.ts';
import type { ThreadId } from '../../model/index.ts';
import type { Core } from '../core/index.ts';
import type { Log } from '../ports.ts';

/** A thread of this window in which a turn runs. */
export type RunningThread = {
  readonly threadId: ThreadId;
  /** Empty until it is known. */
  readonly title: string;
  readonly cwd: string | null;
};

/** What the threads of this window are doing, shown or not. While the core is not loaded none does anything. */
export type Running = {
  /** Oldest first. */
  readonly current: () => readonly RunningThread[];
  /** What a thread is doing; null = nothing was heard of it in this window. */
  readonly activityOf: (threadId: string) => Activity | null;
  /** Null = it has not run in this window. */
  readonly titleOf: (threadId: string) => string | null;
  readonly onChange: (call: () => void) => () => void;
};

type Known = { readonly title: string; readonly cwd: string | null };

export function createRunning(core: Core, log: Log): Running & { readonly dispose: () => void } {
  const changes = new Emitter<void>((error) => log.error('A listener of the running threads failed', error));
  const activities = new Map<ThreadId, Activity>();
  const known = new Map<string, Known>();
  let stop = () => {};
  core.onLoaded(({ threads }) => {
    const learn = async (threadId: ThreadId) => {
      const { title, cwd } = await threads.view(threadId);
      known.set(threadId, { title, cwd });
      changes.fire();
    };
    stop = threads.onActivity((threadId, activity) => {
      const before = activities.get(threadId);
      activities.set(threadId, activity);
      // A title may be another one with each turn.
      if (activity.running && before?.running !== true) {
        learn(threadId).catch((error: unknown) => log.error('A thread that runs could not be read', error));
      }
      if (before === undefined || !looksAlike(before, activity)) changes.fire();
    });
  });
  return {
    current: () =>
      [...activities].flatMap(([threadId, { running }]) => {
        const { title, cwd } = known.get(threadId) ?? { title: '', cwd: null };
        return running ? [{ threadId, title, cwd }] : [];
      }),
    activityOf: (threadId) => [...activities].find(([id]) => id === threadId)?.[1] ?? null,
    titleOf: (threadId) => known.get(threadId)?.title || null,
    onChange: (call) => changes.on(call),
    dispose: () => stop(),
  };
}

/** Progress changes often and shows in the chat alone. */
function looksAlike(a: Activity, b: Activity): boolean {
  return a.running === b.running && a.awaitingApproval === b.awaitingApproval && a.queued === b.queued;
}
