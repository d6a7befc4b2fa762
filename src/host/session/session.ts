import type { ExtensionContext } from 'vscode';
import { l10n } from 'vscode';
import { Emitter } from '../../base/index.ts';
import type { Activity, App } from '../../compose.ts';
import type { LogEvent, RequestId, ThreadId } from '../../model/index.ts';
import { threadId as asThreadId } from '../../model/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { Core } from '../core/index.ts';
import type { Log, Workspace } from '../ports.ts';
import type { Refusal } from '../thread-folder.ts';
import { folderForNew, refusalOf } from '../thread-folder.ts';

/** The thread that this window shows, with the draft of its next prompt. */
export type SessionThread = {
  readonly threadId: ThreadId;
  readonly cwd: string | null;
  /** Its first prompt was recorded: from then on it keeps its folder. */
  readonly begun: boolean;
};

export type Session = {
  /** Null until a view or a command asked for a thread. */
  readonly thread: () => SessionThread | null;
  /** The core with the window's thread: the one of before a reload, else a new one. */
  readonly open: () => Promise<{ readonly app: App; readonly thread: SessionThread }>;
  readonly startNew: () => Promise<SessionThread>;
  /** Moves a thread that has not begun into another folder. */
  readonly chooseFolder: (path: string) => Promise<void>;
  readonly refusal: () => Refusal | null;
  /** Sends a prompt. `confirmed`: ids of the questions of earlier replies that the user said yes to. */
  readonly submit: (requestId: RequestId, text: string, confirmed?: readonly string[]) => Promise<Reply>;
  readonly stop: () => Promise<void>;
  readonly activity: () => Activity;
  readonly draft: () => string;
  readonly saveDraft: (text: string) => Promise<void>;
  /** Another thread, or what the thread is doing. */
  readonly onChange: (call: () => void) => () => void;
  /** Stored events of the window's thread. */
  readonly onEvents: (call: (events: readonly LogEvent[]) => void) => () => void;
};

type Parts = {
  readonly extension: ExtensionContext;
  readonly core: Core;
  readonly workspace: Workspace & { readonly preferredFolder: () => string | null };
  readonly log: Log;
};

const threadKey = 'codexLanes.thread';
const draftKey = 'codexLanes.draft';
const idle: Activity = {
  running: false,
  stopping: false,
  queued: 0,
  awaitingApproval: false,
  progress: null,
  problem: null,
};

export function createSession({ extension, core, workspace, log }: Parts): Session {
  const state = extension.workspaceState;
  const changes = new Emitter<void>((error) => log.error('A listener of the thread failed', error));
  const events = new Emitter<readonly LogEvent[]>((error) => log.error('A listener of the events failed', error));
  let thread: SessionThread | null = null;
  let opening: Promise<SessionThread> | null = null;

  core.onLoaded((app) => {
    const stopEvents = app.threads.onEvents((id, batch) => {
      if (thread?.threadId !== id) return;
      if (!thread.begun) {
        thread = { ...thread, begun: true };
        changes.fire();
      }
      events.fire(batch);
    });
    const stopActivity = app.threads.onActivity((id) => {
      if (thread?.threadId === id) changes.fire();
    });
    extension.subscriptions.push({ dispose: stopEvents }, { dispose: stopActivity });
  });

  async function show(next: SessionThread): Promise<SessionThread> {
    thread = next;
    await state.update(threadKey, { threadId: next.threadId, cwd: next.cwd });
    changes.fire();
    return next;
  }

  function make(app: App, wanted: string | null): Promise<SessionThread> {
    const cwd = folderForNew(wanted, workspace.preferredFolder(), workspace.folders());
    return show({ threadId: app.threads.create(cwd), cwd, begun: false });
  }

  async function restore(app: App): Promise<SessionThread> {
    const kept = state.get<{ readonly threadId?: unknown; readonly cwd?: unknown }>(threadKey);
    const wanted = typeof kept?.cwd === 'string' ? kept.cwd : null;
    if (typeof kept?.threadId !== 'string') return make(app, wanted);
    try {
      const view = await app.threads.view(asThreadId(kept.threadId));
      if (view.seq > 0) return await show({ threadId: view.threadId, cwd: view.cwd, begun: true });
    } catch (error) {
      log.error('The thread of before could not be read; a new one is shown', error);
    }
    return make(app, wanted);
  }

  async function open(): Promise<{ readonly app: App; readonly thread: SessionThread }> {
    const app = await core.get();
    if (thread !== null) return { app, thread };
    opening ??= restore(app).finally(() => {
      opening = null;
    });
    return { app, thread: await opening };
  }

  const refusal = () => refusalOf(thread?.cwd ?? null, workspace.folders(), workspace.trusted());

  async function submit(requestId: RequestId, text: string, confirmed: readonly string[] = []): Promise<Reply> {
    if (text.trim() === '') return { ok: false, message: l10n.t('There is nothing to send yet.') };
    const opened = await open();
    const refused = refusal();
    if (refused !== null) return { ok: false, message: refusalText(refused) };
    return opened.app.threads.submit(opened.thread.threadId, { requestId, text, confirmed });
  }

  return {
    thread: () => thread,
    open,
    refusal,
    submit,
    startNew: async () => make(await core.get(), null),
    chooseFolder: async (path) => {
      const opened = await open();
      if (!opened.thread.begun) await make(opened.app, path);
    },
    stop: async () => {
      const app = core.loaded();
      if (app !== null && thread !== null) await app.threads.stop(thread.threadId);
    },
    activity: () => {
      const app = core.loaded();
      return app === null || thread === null ? idle : app.threads.activity(thread.threadId);
    },
    draft: () => state.get(draftKey, ''),
    saveDraft: async (text) => state.update(draftKey, text === '' ? undefined : text),
    onChange: (call) => changes.on(call),
    onEvents: (call) => events.on(call),
  };
}

/** Why Send is refused, in words. */
export function refusalText(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'untrusted':
      return l10n.t('Trust the workspace to run Codex');
    case 'folder-gone':
      return l10n.t('The folder of this thread is not open in this window: {0}', refusal.path);
  }
}
