import type { ExtensionContext } from 'vscode';
import { Emitter } from '../../base/index.ts';
import type { Attachment, LogEvent, ThreadId } from '../../model/index.ts';
import type { ViewId } from '../../protocol/index.ts';
import { createDrafts } from './drafts.ts';
import type { KeptThread } from './kept-threads.ts';
import { createKeptThreads } from './kept-threads.ts';
import type { Session, SessionParts } from './session.ts';
import { createSession } from './session.ts';

/** The chats of this window: the one in the side bar, and one a tab. */
export type Chats = {
  readonly sideBar: Session;
  /** The one that the user was in last. Commands are about the thread that it shows. */
  readonly current: () => Session;
  /** Whichever is current: it changes when another becomes so. */
  readonly following: Session;
  /** The user is in this one. */
  readonly use: (chat: Session) => void;
  /**
   * A chat in a tab. It goes on with what is kept under its id, else with `first`, else with a new thread and what stood
   * unsent in the new thread of a tab that was closed.
   */
  readonly add: (id: ViewId, reveal: () => Promise<void>, first: KeptThread | null) => Session;
  /** Its tab was closed. What runs in its thread goes on. */
  readonly remove: (chat: Session) => void;
  readonly has: (id: ViewId) => boolean;
  /** The chat that shows a thread, or will when its page comes up; null = none does. */
  readonly showing: (threadId: ThreadId) => Session | null;
  /** Brings a thread into sight: in the chat that shows it already, else in `into`, else in the current one. Throws LanesError. */
  readonly bring: (threadId: ThreadId, into?: Session) => Promise<void>;
};

type Parts = Omit<SessionParts, 'drafts' | 'kept'> & {
  readonly extension: Pick<ExtensionContext, 'workspaceState' | 'subscriptions'>;
  readonly sideBar: { readonly id: ViewId; readonly reveal: () => Promise<void> };
};

/** One thread that has not begun is all that a tab is for: its draft is its own. */
const newDraftOf = (tab: ViewId): string => `new:${tab}`;

export function createChats({ extension, core, workspace, log, sideBar: place }: Parts): Chats {
  const state = extension.workspaceState;
  const drafts = createDrafts(state);
  const kept = createKeptThreads(state, place.id);
  const parts = { core, workspace, log, drafts, kept };
  const failed = (error: unknown) => log.error('A listener of the chats failed', error);
  const changes = new Emitter<void>(failed);
  const events = new Emitter<readonly LogEvent[]>(failed);
  const retold = new Emitter<void>(failed);
  const attached = new Emitter<readonly Attachment[]>(failed);
  const open = new Map<ViewId, ReturnType<typeof createSession>>();
  const firsts = new Map<ViewId, KeptThread>();
  const ends = new Map<ViewId, readonly (() => void)[]>();

  function create(id: ViewId, reveal: () => Promise<void>, newDraft: string, first: KeptThread | null): Session {
    const chat = createSession(parts, { id, reveal, newDraft, first });
    const whileCurrent =
      <T>(emitter: Emitter<T>) =>
      (value: T) => {
        if (chat === current) emitter.fire(value);
      };
    open.set(id, chat);
    if (first !== null) firsts.set(id, first);
    ends.set(id, [
      chat.onChange(whileCurrent(changes)),
      chat.onEvents(whileCurrent(events)),
      chat.onRetell(whileCurrent(retold)),
      chat.onAttach(whileCurrent(attached)),
      () => chat.dispose(),
    ]);
    return chat;
  }

  let current: Session | null = null;
  const sideBar = create(place.id, place.reveal, 'new', null);
  current = sideBar;
  const now = () => current ?? sideBar;
  const use = (chat: Session) => {
    if (chat === current || !open.has(chat.id)) return;
    current = chat;
    changes.fire();
  };
  const end = (id: ViewId) => {
    for (const call of ends.get(id) ?? []) call();
    for (const known of [ends, firsts, open]) known.delete(id);
  };
  /** Tabs that were closed: what stood unsent in one of a new thread can't be reached from anywhere. */
  const closed: ViewId[] = [];
  const takeDraftOfClosed = async (id: ViewId) => {
    for (let from = closed.pop(); from !== undefined; from = closed.pop()) {
      if (await drafts.move(newDraftOf(from), newDraftOf(id))) return;
    }
  };
  extension.subscriptions.push({ dispose: () => [...open.keys()].forEach(end) });
  /** A chat whose page never came up yet shows the thread that it will begin with. */
  const shownIn = (chat: Session) =>
    chat.thread()?.threadId ?? kept.get(chat.id)?.threadId ?? firsts.get(chat.id)?.threadId;
  const showing = (threadId: ThreadId) => [...open.values()].find((chat) => shownIn(chat) === threadId) ?? null;

  return {
    sideBar,
    current: now,
    use,
    add: (id, reveal, first) => {
      if (first === null && kept.get(id) === null) {
        takeDraftOfClosed(id).catch((error: unknown) => log.error('A draft was not kept', error));
      }
      return create(id, reveal, newDraftOf(id), first);
    },
    remove: (chat) => {
      if (chat === current) use(sideBar);
      end(chat.id);
      closed.push(chat.id);
    },
    has: (id) => open.has(id),
    showing,
    bring: async (threadId, into = now()) => {
      const chat = showing(threadId) ?? into;
      if (chat.thread()?.threadId !== threadId) await chat.show(threadId);
      use(chat);
      await chat.reveal();
    },
    following: {
      get id() {
        return now().id;
      },
      reveal: () => now().reveal(),
      thread: () => now().thread(),
      open: () => now().open(),
      startNew: () => now().startNew(),
      show: (threadId) => now().show(threadId),
      chooseFolder: (path) => now().chooseFolder(path),
      refusal: () => now().refusal(),
      submit: (...prompt) => now().submit(...prompt),
      stop: () => now().stop(),
      activity: () => now().activity(),
      draft: () => now().draft(),
      saveDraft: (...draft) => now().saveDraft(...draft),
      optionsChanged: (...options) => now().optionsChanged(...options),
      attach: (attachments) => now().attach(attachments),
      onRetell: (call) => retold.on(call),
      onAttach: (call) => attached.on(call),
      onChange: (call) => changes.on(call),
      onEvents: (call) => events.on(call),
    },
  };
}
