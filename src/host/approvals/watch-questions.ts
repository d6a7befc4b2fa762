import type { ThreadId } from '../../model/index.ts';
import type { Running } from '../running/index.ts';

export type QuestionWatch = {
  readonly running: Pick<Running, 'current' | 'activityOf' | 'onChange'>;
  readonly isFocused: () => boolean;
  readonly tell: (threadId: ThreadId, title: string) => void;
};

/** Tells once of each thread that begins to wait for the user while the window has no focus. Returns what ends it. */
export function watchQuestions({ running, isFocused, tell }: QuestionWatch): () => void {
  let waiting: ReadonlySet<ThreadId> = new Set();
  return running.onChange(() => {
    const now = running.current().filter(({ threadId }) => running.activityOf(threadId)?.awaitingApproval === true);
    const begun = now.filter(({ threadId }) => !waiting.has(threadId));
    waiting = new Set(now.map(({ threadId }) => threadId));
    if (isFocused()) return;
    for (const { threadId, title } of begun) tell(threadId, title);
  });
}
