import { Emitter } from '../../base/index.ts';
import type { EventKind, LaneSelection, ThreadView } from '../../model/index.ts';
import { canContinue, isTerminal } from '../../model/index.ts';
import type { Core } from '../core/index.ts';
import type { Log } from '../ports.ts';
import type { Session } from '../session/index.ts';
import type { StatusSource } from '../status/index.ts';

/** What menus ask about the thread that is shown. */
export type ThreadFacts = {
  readonly current: () => {
    /** Its last turn was cut off, and a prompt goes on where it stood. */
    readonly canContinue: boolean;
    /** It runs in a git worktree of its own. */
    readonly hasWorktree: boolean;
    /** Its next turn can compact it, or review changes. */
    readonly canCompact: boolean;
    readonly canReview: boolean;
  };
  readonly onChange: (call: () => void) => () => void;
};

const telling: readonly EventKind[] = [
  'turn_started',
  'user_message',
  'worktree_created',
  'worktree_closed',
  'thread_options_changed',
];

/** Reads the thread anew when another is shown and when one of its events may change an answer; the last one holds. */
export function createThreadFacts(
  core: Core,
  session: Session,
  status: Pick<StatusSource, 'current' | 'onChange'>,
  log: Log,
): ThreadFacts {
  const changes = new Emitter<void>((error) => log.error('A listener of the thread failed', error));
  let view: ThreadView | null = null;
  let read: string | null = null;
  let reads = 0;
  const look = async () => {
    const number = ++reads;
    const app = core.loaded();
    const thread = session.thread();
    read = thread?.threadId ?? null;
    const next = app === null || thread === null ? null : await app.threads.view(thread.threadId);
    if (number !== reads) return;
    view = next;
    changes.fire();
  };
  const lookAgain = () => {
    look().catch((error: unknown) => log.error('The thread could not be read', error));
  };
  session.onChange(() => {
    if (session.thread()?.threadId !== read) lookAgain();
  });
  session.onEvents((events) => {
    if (events.some((event) => isTerminal(event) || telling.includes(event.kind))) lookAgain();
  });
  // Another lane may have been chosen.
  status.onChange(() => changes.fire());
  return {
    current: () => {
      const why = view === null ? null : (core.loaded()?.threads.acts(view.threadId) ?? null);
      return {
        canContinue: view !== null && canContinue(view, selectedLane(status)),
        hasWorktree: view !== null && view.worktree !== null,
        canCompact: why !== null && why.compact === null,
        canReview: why !== null && why.review === null,
      };
    },
    onChange: (call) => changes.on(call),
  };
}

/** The lane that would take the next prompt. */
export function selectedLane(status: Pick<StatusSource, 'current'>): LaneSelection {
  return status.current().document.providers.codex.selectedBackendId;
}
