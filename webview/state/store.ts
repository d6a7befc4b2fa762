import type { ReadonlySignal, Signal } from '@preact/signals';
import { batch, computed, signal } from '@preact/signals';
import type {
  ApprovalId,
  Attachment,
  LogEvent,
  RequestId,
  RowOf,
  ThreadId,
  ThreadView,
} from '../../src/model/index.ts';
import { emptyThread, foldAll } from '../../src/model/index.ts';
import type { ComposerState, Reply, SubmitAs, ToWebview, Welcome } from '../../src/protocol/index.ts';
import { maxAttachments } from '../../src/protocol/index.ts';
import type { OpenQuestion, SavedView, ScrollPlace } from '../host-link.ts';
import { joined, putBefore, withoutSent } from './draft-text.ts';
import type { Listing } from './listing.ts';
import { emptyListing, Lister } from './listing.ts';
import type { LooseEnd } from './loose-end.ts';
import { looseEndOf } from './loose-end.ts';
import type { Waiting } from './waiting.ts';
import { waitingOf } from './waiting.ts';

/** A prompt that was sent and has no reply yet. */
export type PendingSubmit = {
  readonly requestId: RequestId;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** False for what a button sends: the draft stays as it is. */
  readonly isDraft: boolean;
  /** Questions that the user said yes to. */
  readonly confirmed: readonly string[];
  /** What becomes of it while a turn runs; left out: it waits. */
  readonly as?: SubmitAs | null;
};

/** What the page must do after a message, beside drawing. */
export type StoreEffect =
  | { readonly kind: 'hello' }
  /** The draft of a thread that is not in view (any more) must be saved. */
  | { readonly kind: 'leaving'; readonly threadId: ThreadId; readonly draft: string };

/** By field: the options that were taken, and what was typed. */
type FilledIn = Readonly<Record<string, { readonly picked: readonly string[]; readonly typed: string }>>;

/** A prompt that was on its way when its thread left the view. */
type Away = { readonly threadId: ThreadId; readonly key: string; readonly sent: PendingSubmit; readonly rest: string };

type Reading = { readonly scroll: ScrollPlace; readonly expansion: Readonly<Record<string, boolean>> };

/** Threads of which the reader's place is kept. */
const maxPlaces = 50;

/** The threads that have not begun share one draft, as they do in the host: nothing else tells them apart. */
const newKey = 'new';

/** The state of the page: a projection of what the host sent, plus what only the reader knows (draft, folds, place). */
export class Store {
  readonly thread: Signal<ThreadView | null> = signal(null);
  readonly composer: Signal<ComposerState | null> = signal(null);
  readonly welcome: Signal<Welcome | null> = signal(null);
  readonly draft: Signal<string>;
  /** What goes with the draft. */
  readonly attachments: Signal<readonly Attachment[]>;
  /** Why the last prompt was refused; the text stays in the composer. */
  readonly refusal: Signal<string | null> = signal(null);
  readonly pending: Signal<PendingSubmit | null> = signal(null);
  /** Set while the draft waits for a yes or no; the text stays in the composer. */
  readonly question: Signal<OpenQuestion | null>;
  /** A prompt that waits, on its way to be sent now or taken out of the queue. */
  readonly changing: Signal<{
    readonly requestId: RequestId;
    readonly how: 'send' | 'drop';
    readonly row: RowOf<'user'>;
  } | null> = signal(null);
  /** How the last prompt that came while a turn ran was taken; `n` grows with each. */
  readonly delivered: Signal<{ readonly as: 'steer' | 'queued'; readonly n: number } | null> = signal(null);
  /** The answer on its way to what the turn asks. */
  readonly answering: Signal<{ readonly requestId: RequestId; readonly approvalId: ApprovalId } | null> = signal(null);
  /** Why an answer did not count. */
  readonly answerRefused: Signal<{ readonly approvalId: ApprovalId; readonly message: string } | null> = signal(null);
  /** What was filled in and not sent, by question; nothing secret, and gone with the page. */
  readonly filledIn: Map<ApprovalId, FilledIn> = new Map();
  /** Counts `focus` messages: the composer takes the focus when it grows. */
  readonly focusRequests: Signal<number> = signal(0);
  readonly expansion: Signal<Readonly<Record<string, boolean>>>;
  /** True from the click on Stop until the turn ended. */
  readonly stopClicked: Signal<boolean> = signal(false);
  /** Grows with each snapshot: a view that failed to draw tries again. */
  readonly snapshots: Signal<number> = signal(0);
  /** When the last word of an item came, by the host's clock, in milliseconds since 1970. */
  readonly heardAt: Signal<number> = signal(0);
  /** The tool of the thread that is open; `asked` grows each time that one is asked for. */
  readonly tool: Signal<{ readonly tool: 'find' | 'outline' | null; readonly asked: number }> = signal({
    tool: null,
    asked: 0,
  });
  scroll: ScrollPlace;

  /** What the list shows of the thread. */
  readonly listing: ReadonlySignal<Listing> = computed(() => {
    const thread = this.thread.value;
    return thread === null ? emptyListing : this.#lister.update(thread, this.running.value, this.expansion.value);
  });
  /** The thread for whoever shows nothing of its rows: another object only when something beside them changed. */
  readonly about: ReadonlySignal<ThreadView | null> = computed(() => {
    const thread = this.thread.value;
    if (!sameAbout(this.#about, thread)) this.#about = thread;
    return this.#about;
  });
  /** Why Send would be refused; null also while the refusal that stands last says it and offers the same. */
  readonly blocked: ReadonlySignal<ComposerState['blocked']> = computed(() => {
    const blocked = this.composer.value?.blocked ?? null;
    return blocked === null || isSaidLast(this.thread.value, blocked) ? null : blocked;
  });
  /** Name of the file that code can be put into. */
  readonly editor: ReadonlySignal<string | null> = computed(() => this.composer.value?.editor ?? null);
  /** What the running turn asked and nobody decided. */
  readonly approval: ReadonlySignal<RowOf<'approval'> | null> = computed(() => openApproval(this.thread.value));
  /** What the running turn waits for; null = nothing runs, or nothing was told. */
  readonly waiting: ReadonlySignal<Waiting | null> = computed(() => {
    const progress = this.composer.value?.progress ?? null;
    return progress === null ? null : waitingOf(progress, this.heardAt.value);
  });
  /** A turn at the end of the thread that did not get to its end. */
  readonly looseEnd: ReadonlySignal<LooseEnd | null> = computed(() => {
    const thread = this.thread.value;
    const lane = this.composer.value?.lane.selected ?? null;
    return thread === null || this.running.value ? null : looseEndOf(thread, lane);
  });
  /** The folders that the thread works in, its worktree first; paths are shown from there on. */
  readonly folders: ReadonlySignal<readonly string[]> = computed(() => {
    const { worktree = null, cwd = null } = this.thread.value ?? {};
    return [worktree?.path ?? null, cwd].filter((folder) => folder !== null);
  });
  readonly running: ReadonlySignal<boolean> = computed(
    () => this.composer.value?.running === true || (this.thread.value?.activeTurnId ?? null) !== null,
  );
  /** Send hands the draft to the running turn. */
  readonly steers: ReadonlySignal<boolean> = computed(
    () => this.running.value && this.composer.value?.steers === true && !this.stopping.value,
  );
  readonly stopping: ReadonlySignal<boolean> = computed(
    () => this.running.value && (this.stopClicked.value || this.composer.value?.stopping === true),
  );

  #about: ThreadView | null = null;
  /** Thread that the page showed before it was loaded again. */
  readonly #last: SavedView | null;
  #helloPending = false;
  readonly #lister = new Lister();
  /** Where the reader was in threads that were in view before, and what was opened there; the latest last. */
  readonly #read = new Map<ThreadId, Reading>();
  /** What goes with the drafts of threads that were in view before. */
  readonly #left = new Map<string, readonly Attachment[]>();
  readonly #away = new Map<RequestId, Away>();

  constructor(saved: SavedView | null) {
    this.#last = saved;
    this.draft = signal(saved?.draft ?? '');
    this.attachments = signal(saved?.attachments ?? []);
    this.question = signal(saved?.question ?? null);
    this.expansion = signal(saved?.expansion ?? {});
    this.scroll = saved?.scroll ?? null;
    for (const [thread, scroll] of saved?.places ?? []) this.#read.set(thread, { scroll, expansion: {} });
  }

  /** The places in threads that were in view before, the latest last. */
  get places(): NonNullable<SavedView['places']> {
    return [...this.#read].flatMap(([thread, { scroll }]) => (scroll === null ? [] : [[thread, scroll] as const]));
  }

  /** What `hello` says: the thread in view and the last event it has. */
  position(): { readonly threadId: ThreadId | null; readonly lastSeq: number } {
    const thread = this.thread.value;
    if (thread !== null) return { threadId: thread.threadId, lastSeq: thread.seq };
    return { threadId: this.#last?.threadId ?? null, lastSeq: 0 };
  }

  /** The thread in view has not begun. */
  get fresh(): boolean {
    return this.thread.value === null ? this.#last?.fresh === true : this.thread.value.seq === 0;
  }

  /** What is left of the draft if the prompt on its way is taken. */
  get unsent(): string {
    const sent = this.pending.value;
    return sent?.isDraft === true ? withoutSent(this.draft.value, sent.text) : this.draft.value;
  }

  /** Takes a message of the host in; says what the page has to do about it. */
  apply(message: ToWebview): readonly StoreEffect[] {
    return batch(() => this.#apply(message));
  }

  #apply(message: ToWebview): readonly StoreEffect[] {
    switch (message.type) {
      case 'snapshot':
        return this.#snapshot(message);
      case 'events':
        return this.#events(message.threadId, message.events);
      case 'composer':
        this.#setComposer(message.composer, message.welcome);
        return [];
      case 'reply': {
        const answer = this.answering.value;
        if (answer?.requestId === message.requestId) {
          const { reply } = message;
          this.answering.value = null;
          this.answerRefused.value = reply.ok ? null : { approvalId: answer.approvalId, message: reply.message };
          return [];
        }
        if (this.changing.value?.requestId === message.requestId) return this.#changed(message.reply);
        const sent = this.pending.value;
        if (sent?.requestId !== message.requestId) return this.#repliedAway(message.requestId, message.reply);
        this.pending.value = null;
        this.#replied(message.reply, sent);
        return [];
      }
      case 'insert':
        this.draft.value = joined(this.draft.value, message.text);
        return [];
      case 'attached':
        this.attach(message.attachments);
        return [];
      case 'focus':
        this.focusRequests.value += 1;
        return [];
    }
  }

  /** Adds files to the draft, each once, as many as go with a prompt. */
  attach(files: readonly Attachment[]): void {
    const paths = new Set(files.map(({ path }) => path));
    const others = this.attachments.value.filter(({ path }) => !paths.has(path));
    this.attachments.value = [...others, ...files].slice(0, maxAttachments);
  }

  /** What was taken out of the queue is a draft again, where there is no other. */
  #changed(reply: Reply): readonly StoreEffect[] {
    const changing = this.changing.value;
    this.changing.value = null;
    if (!reply.ok) this.refusal.value = reply.message;
    else if (changing?.how === 'drop') {
      const { act, text, attachments } = changing.row;
      this.focusRequests.value += 1;
      if (act !== undefined || this.draft.value.trim() !== '') return [];
      this.draft.value = text;
      this.attach(attachments);
    }
    return [];
  }

  #replied(reply: Reply, sent: PendingSubmit): void {
    const ask = reply.ok ? undefined : reply.ask;
    this.refusal.value = reply.ok || ask !== undefined ? null : reply.message;
    this.question.value =
      ask === undefined
        ? null
        : { ask, confirmed: sent.confirmed, prompt: sent.isDraft ? null : sent.text, as: sent.as ?? null };
    if (!reply.ok || !sent.isDraft) return;
    this.draft.value = withoutSent(this.draft.value, sent.text);
    this.attachments.value = this.attachments.value.filter((file) => !sent.attachments.includes(file));
  }

  /** The reply to a prompt whose thread is not in view any more: what was refused is a draft again. */
  #repliedAway(id: RequestId, reply: Reply): readonly StoreEffect[] {
    const away = this.#away.get(id);
    this.#away.delete(id);
    if (away === undefined || reply.ok || !away.sent.isDraft) return [];
    const { threadId, key, sent, rest } = away;
    if (key === newKey && this.fresh) {
      this.draft.value = putBefore(sent.text, this.draft.value);
      this.attachments.value = [...sent.attachments, ...this.attachments.value];
      this.#replied(reply, sent);
      return [];
    }
    this.#left.set(key, [...sent.attachments, ...(this.#left.get(key) ?? [])]);
    return [{ kind: 'leaving', threadId, draft: putBefore(sent.text, rest) }];
  }

  /** Puts away what belongs to the thread in view, and takes out what belongs to the one that comes. */
  #change(from: ThreadId, { thread, draft }: Extract<ToWebview, { type: 'snapshot' }>): StoreEffect {
    const sent = this.pending.value;
    const key = this.fresh ? newKey : from;
    const effect: StoreEffect = { kind: 'leaving', threadId: from, draft: this.unsent };
    if (sent !== null) this.#away.set(sent.requestId, { threadId: from, key, sent, rest: this.unsent });
    const kept = this.attachments.value.filter((file) => sent?.attachments.includes(file) !== true);
    this.#left.set(key, kept);
    const back = [...this.#away.values()].find(({ threadId }) => threadId === thread.threadId)?.sent ?? null;
    if (back !== null) this.#away.delete(back.requestId);
    this.pending.value = back;
    this.draft.value = back?.isDraft === true ? putBefore(back.text, draft) : draft;
    const files = this.#left.get(thread.seq === 0 ? newKey : thread.threadId) ?? [];
    this.attachments.value = [...(back?.attachments ?? []), ...files];
    return effect;
  }

  #snapshot(message: Extract<ToWebview, { type: 'snapshot' }>): readonly StoreEffect[] {
    const left = this.thread.value?.threadId ?? this.#last?.threadId ?? null;
    const { threadId, seq } = message.thread;
    const effects: StoreEffect[] = [];
    this.#helloPending = false;
    const isOther = left !== null && left !== threadId;
    // One thread that has not begun for another: their draft goes on, but for a prompt that may begin the first.
    const goesOn = this.fresh && seq === 0 && this.pending.value === null;
    if (isOther && !goesOn) effects.push(this.#change(left, message));
    else if (this.draft.value === '' && this.pending.value === null) this.draft.value = message.draft;
    if (isOther) {
      this.#remember(left);
      const { scroll, expansion } = this.#read.get(threadId) ?? { scroll: null, expansion: {} };
      this.expansion.value = expansion;
      this.scroll = scroll;
      this.refusal.value = null;
      this.question.value = null;
      this.changing.value = null;
    }
    this.thread.value = message.thread;
    this.snapshots.value += 1;
    this.#setComposer(message.composer, message.welcome);
    return effects;
  }

  /** Keeps the reader's place in a thread that leaves the view. */
  #remember(threadId: ThreadId): void {
    this.#read.delete(threadId);
    this.#read.set(threadId, { scroll: this.scroll, expansion: this.expansion.value });
    const [oldest] = this.#read.keys();
    if (this.#read.size > maxPlaces && oldest !== undefined) this.#read.delete(oldest);
  }

  #events(threadId: ThreadId, events: readonly LogEvent[]): readonly StoreEffect[] {
    const view = this.thread.value ?? emptyThread(threadId);
    // The host showed another thread meanwhile; its snapshot is under way.
    if (view.threadId !== threadId) return [];
    const fresh = events.filter((event) => event.seq > view.seq);
    const gapless = fresh.every((event, index) => event.seq === view.seq + 1 + index);
    if (!gapless) {
      // One question at a time: batches that were under way already would ask again and again.
      if (this.#helloPending) return [];
      this.#helloPending = true;
      return [{ kind: 'hello' }];
    }
    if (fresh.length === 0) return [];
    this.#helloPending = false;
    this.thread.value = foldAll(view, fresh);
    const heard = fresh.findLast(({ itemId }) => itemId !== undefined);
    if (heard !== undefined) this.heardAt.value = Date.parse(heard.at);
    for (const event of fresh)
      if (event.kind === 'user_message' && event.delivery !== 'start')
        this.delivered.value = { as: event.delivery, n: (this.delivered.peek()?.n ?? 0) + 1 };
    if (this.thread.value.activeTurnId === null) this.stopClicked.value = false;
    return [];
  }

  #setComposer(composer: ComposerState, welcome: Welcome): void {
    this.composer.value = composer;
    this.welcome.value = welcome;
    if (!composer.running) this.stopClicked.value = false;
  }
}

/** Whether two states of a thread differ in their rows at most. */
function sameAbout(a: ThreadView | null, b: ThreadView | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.rows.length > 0 === b.rows.length > 0 &&
    (Object.keys(b) as (keyof ThreadView)[]).every((key) => grows.has(key) || a[key] === b[key])
  );
}

/** What every event changes; what a runtime calls the thread goes with `nativeThreadId`. */
const grows: ReadonlySet<keyof ThreadView> = new Set(['rows', 'seq', 'native']);

function openApproval(thread: ThreadView | null): RowOf<'approval'> | null {
  const turnId = thread?.activeTurnId ?? null;
  if (thread === null || turnId === null) return null;
  // From the end, and no further than the turn: this is looked at with every token.
  for (let index = thread.rows.length - 1; index >= 0; index--) {
    const row = thread.rows[index];
    if (row?.turnId !== turnId) return null;
    if (row.kind === 'approval' && row.decision === null) return row;
  }
  return null;
}

/** Whether the thread ends with a refusal whose buttons are those of `blocked`. */
function isSaidLast(thread: ThreadView | null, { actions }: NonNullable<ComposerState['blocked']>): boolean {
  const last = thread?.rows.findLast(({ kind }) => kind !== 'receipt');
  if (last?.kind !== 'failure') return false;
  const offered = last.error.actions ?? [];
  return offered.length > 0 && offered.join() === actions.map(({ id }) => id).join();
}
