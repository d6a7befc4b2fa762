import { l10n } from 'vscode';
import { Emitter } from '../../base/index.ts';
import type { Activity, App } from '../../compose.ts';
import type { Attachment, LogEvent, RequestId, ThreadId, ThreadOptions, TurnAct } from '../../model/index.ts';
import { threadId as asThreadId, defaultThreadOptions, LanesError } from '../../model/index.ts';
import type { Reply, SubmitAs, ViewId } from '../../protocol/index.ts';
import type { Core } from '../core/index.ts';
import { givenOptions } from '../given-options.ts';
import type { Log, Workspace } from '../ports.ts';
import type { Refusal } from '../thread-folder.ts';
import { folderForNew, refusalOf } from '../thread-folder.ts';
import type { Drafts } from './drafts.ts';
import type { KeptThread, KeptThreads } from './kept-threads.ts';

/** The thread that a chat shows. */
export type SessionThread = {
  readonly threadId: ThreadId;
  readonly cwd: string | null;
  /** Its first prompt was recorded: from then on it keeps its folder. */
  readonly begun: boolean;
};

/** One chat, in the side bar or in a tab: the thread that it shows, its draft, and what happens in it. */
export type Session = {
  /** Name of its view. */
  readonly id: ViewId;
  /** Brings the chat into sight, with the focus in it. */
  readonly reveal: () => Promise<void>;
  /** Null until a view or a command asked for a thread. */
  readonly thread: () => SessionThread | null;
  /** The core with the chat's thread: the one of before a reload, else a new one. */
  readonly open: () => Promise<{ readonly app: App; readonly thread: SessionThread }>;
  readonly startNew: () => Promise<SessionThread>;
  /** Shows another thread that was written before. What runs in the one that was shown goes on. Throws LanesError. */
  readonly show: (threadId: ThreadId) => Promise<SessionThread>;
  /** Moves a thread that has not begun into another folder. */
  readonly chooseFolder: (path: string) => Promise<void>;
  readonly refusal: () => Refusal | null;
  /**
   * Sends a prompt. `confirmed`: ids of the questions of earlier replies that the user said yes to; `act`: what the turn
   * does instead of answering.
   */
  readonly submit: (
    requestId: RequestId,
    text: string,
    confirmed?: readonly string[],
    attachments?: readonly Attachment[],
    as?: SubmitAs,
    act?: TurnAct,
  ) => Promise<Reply>;
  readonly stop: () => Promise<void>;
  readonly activity: () => Activity;
  /** Of the thread that is shown. */
  readonly draft: () => string;
  /** Of the thread that is shown, or of one that was shown before. */
  readonly saveDraft: (text: string, threadId?: ThreadId) => Promise<void>;
  /** Options of a thread that has not begun, of which no event tells: they are shown, and outlast a reload. */
  readonly optionsChanged: (threadId: ThreadId, options: ThreadOptions) => Promise<void>;
  /** What the thread shows is another without an event of it. */
  readonly onRetell: (call: () => void) => () => void;
  /** Hands files to the composer of the view. */
  readonly attach: (attachments: readonly Attachment[]) => void;
  readonly onAttach: (call: (attachments: readonly Attachment[]) => void) => () => void;
  /** Another thread, or what the thread is doing. */
  readonly onChange: (call: () => void) => () => void;
  /** Stored events of the chat's thread. */
  readonly onEvents: (call: (events: readonly LogEvent[]) => void) => () => void;
};

export type SessionParts = {
  readonly core: Core;
  readonly workspace: Workspace & { readonly preferredFolder: () => string | null };
  readonly log: Log;
  readonly drafts: Drafts;
  readonly kept: KeptThreads;
};

type Place = {
  readonly id: ViewId;
  readonly reveal: () => Promise<void>;
  /** Name of the draft of a thread that has not begun: it survives the thread, which nothing else remembers. */
  readonly newDraft: string;
  /** What is shown first where nothing is kept of this chat; null = a new thread. */
  readonly first: KeptThread | null;
};

const idle: Activity = {
  running: false,
  stopping: false,
  queued: 0,
  awaitingApproval: false,
  steers: false,
  progress: null,
  problem: null,
};

export function createSession(
  { core, workspace, log, drafts, kept }: SessionParts,
  { id, reveal, newDraft, first }: Place,
): Session & { readonly dispose: () => void } {
  const changes = new Emitter<void>((error) => log.error('A listener of the thread failed', error));
  const retold = new Emitter<void>((error) => log.error('A listener of the thread failed', error));
  const attached = new Emitter<readonly Attachment[]>((error) => log.error('An attachment was not taken', error));
  const events = new Emitter<readonly LogEvent[]>((error) => log.error('A listener of the events failed', error));
  let thread: SessionThread | null = null;
  let opening: Promise<SessionThread> | null = null;
  /** Threads of this chat that have not begun, with their folder. */
  const unbegun = new Map<ThreadId, string | null>();
  let shows = 0;
  const draftOf = (threadId: ThreadId) => (unbegun.has(threadId) ? newDraft : threadId);

  const ends: (() => void)[] = [];
  let disposed = false;
  core.onLoaded((app) => {
    if (disposed) return;
    const stopEvents = app.threads.onEvents((threadId, batch) => {
      // The draft of one that is not in view any more went on to the next that has not begun.
      if (unbegun.delete(threadId) && thread?.threadId === threadId) begins(threadId);
      if (thread?.threadId !== threadId) return;
      if (!thread.begun) {
        thread = { ...thread, begun: true };
        changes.fire();
      }
      events.fire(batch);
    });
    const stopActivity = app.threads.onActivity((threadId) => {
      if (thread?.threadId === threadId) changes.fire();
    });
    ends.push(stopEvents, stopActivity);
  });

  /** What stands in its composer is its own from now on. */
  function begins(threadId: ThreadId): void {
    drafts.move(newDraft, threadId).catch((error: unknown) => log.error('A draft was not kept', error));
  }

  async function put(next: SessionThread): Promise<SessionThread> {
    thread = next;
    await kept.put(id, { threadId: next.threadId, cwd: next.cwd });
    changes.fire();
    return next;
  }

  function make(app: App, wanted: string | null): Promise<SessionThread> {
    const cwd = folderForNew(wanted, workspace.preferredFolder(), workspace.folders());
    const threadId = app.threads.create(cwd);
    unbegun.set(threadId, cwd);
    return put({ threadId, cwd, begun: false });
  }

  async function show(threadId: ThreadId): Promise<SessionThread> {
    const number = ++shows;
    const { app, thread: before } = await open();
    const waiting = unbegun.get(threadId);
    const next: SessionThread =
      waiting === undefined ? await written(app, threadId) : { threadId, cwd: waiting, begun: false };
    // The user went on to another one, or is there already.
    if (number !== shows || before.threadId === threadId) return thread ?? before;
    return put(next);
  }

  async function written(app: App, threadId: ThreadId): Promise<SessionThread> {
    const { seq, cwd } = await app.threads.view(threadId);
    if (seq === 0) throw new LanesError('not-found', l10n.t('There is no such thread any more.'));
    return { threadId, cwd, begun: true };
  }

  async function restore(app: App): Promise<SessionThread> {
    const before = kept.get(id) ?? first;
    if (before === null) return make(app, null);
    try {
      const view = await app.threads.view(asThreadId(before.threadId));
      if (view.seq > 0) return await put({ threadId: view.threadId, cwd: view.cwd, begun: true });
    } catch (error) {
      log.error('The thread of before could not be read; a new one is shown', error);
    }
    const next = await make(app, before.cwd);
    const options = givenOptions(before.options);
    if (options !== null) await giveOptions(app, next.threadId, { ...defaultThreadOptions, ...options });
    return next;
  }

  async function giveOptions(app: App, threadId: ThreadId, options: ThreadOptions): Promise<void> {
    const set = await app.threads.setOptions(threadId, options);
    if (set.ok) await keepOptions(threadId, options);
    else log.warn(`The options did not go along: ${set.message}`);
  }

  /** The thread itself has no place for them before it begins. */
  async function keepOptions(threadId: ThreadId, options: ThreadOptions): Promise<void> {
    if (thread?.threadId !== threadId || thread.begun) return;
    await kept.put(id, { threadId, cwd: thread.cwd, options });
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

  async function submit(
    requestId: RequestId,
    text: string,
    confirmed: readonly string[] = [],
    attachments: readonly Attachment[] = [],
    as: SubmitAs = 'queue',
    act?: TurnAct,
  ): Promise<Reply> {
    if (text.trim() === '') return { ok: false, message: l10n.t('There is nothing to send yet.') };
    const opened = await open();
    const refused = refusal();
    if (refused !== null) return { ok: false, message: refusalText(refused) };
    const { submit, steer, submitNow } = opened.app.threads;
    const send = { queue: submit, steer, now: submitNow }[as];
    const doing = act === undefined ? {} : { act };
    return send(opened.thread.threadId, { requestId, text, confirmed, attachments, ...doing });
  }

  return {
    id,
    reveal,
    thread: () => thread,
    open,
    refusal,
    submit,
    startNew: async () => {
      shows += 1;
      return make(await core.get(), null);
    },
    show,
    chooseFolder: async (path) => {
      const opened = await open();
      if (opened.thread.begun) return;
      const { options } = await opened.app.threads.view(opened.thread.threadId);
      const { threadId } = await make(opened.app, path);
      await giveOptions(opened.app, threadId, options);
      retold.fire();
    },
    stop: async () => {
      const app = core.loaded();
      if (app !== null && thread !== null) await app.threads.stop(thread.threadId);
    },
    activity: () => {
      const app = core.loaded();
      return app === null || thread === null ? idle : app.threads.activity(thread.threadId);
    },
    draft: () => (thread === null ? '' : drafts.of(draftOf(thread.threadId))),
    saveDraft: async (text, threadId = thread?.threadId) => {
      if (threadId !== undefined) await drafts.save(draftOf(threadId), text);
    },
    optionsChanged: async (threadId, options) => {
      await keepOptions(threadId, options);
      retold.fire();
    },
    onRetell: (call) => retold.on(call),
    attach: (attachments) => attached.fire(attachments),
    onAttach: (call) => attached.on(call),
    onChange: (call) => changes.on(call),
    onEvents: (call) => events.on(call),
    dispose: () => {
      disposed = true;
      for (const end of ends.splice(0)) end();
    },
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
