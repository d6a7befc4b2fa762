import type { EngineBody, LogEvent, NoticeBody, ThreadId, ThreadView } from '../model/index.ts';
import { providerOf } from '../model/index.ts';
import type { EngineDeps } from './deps.ts';
import type { IdleThread } from './thread-actor.ts';

/** Makes `to` of what `parent` holds: a copy of its events, then what is different from here on. */
export async function forkThread(deps: EngineDeps, parent: IdleThread, to: ThreadId): Promise<void> {
  const { view, stamp } = parent;
  const at = new Date(deps.clock.now()).toISOString();
  const provider = providerOf(stamp.laneId);
  const then = forkBodies(view).map(
    (body, i): LogEvent => ({ v: 1, seq: view.seq + 1 + i, at, provider, ...stamp, threadId: to, ...body }),
  );
  await deps.transcript.copy(view.threadId, to, then);
}

function forkBodies(view: ThreadView): readonly (EngineBody | Notice)[] {
  const { threadId, title, native, options, worktree, cwd } = view;
  const nativeThreadId = native.id ?? native.forkOf;
  const bodies: (EngineBody | Notice)[] = [{ kind: 'thread_forked', from: { threadId, title, nativeThreadId } }];
  if (options.worktree) bodies.push({ kind: 'thread_options_changed', options: { ...options, worktree: false } });
  if (native.lane === 'codex-native' && nativeThreadId === null) {
    bodies.push({ kind: 'system_notice', code: 'fork_not_kept', text: notKept });
  }
  if (worktree !== null) {
    const text = `The other thread works in the git worktree ${worktree.path}; this one works in ${cwd ?? worktree.origin}.`;
    bodies.push({ kind: 'system_notice', code: 'fork_leaves_worktree', text });
  }
  return bodies;
}

type Notice = Extract<NoticeBody, { kind: 'system_notice' }>;

const notKept = 'Codex kept nothing of the other thread, so its next turn here does not know what was said before.';
