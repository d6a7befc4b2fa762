import { batch } from '@preact/signals';
import type { Attachment, GivenAnswer, RowOf, ThreadId } from '../../src/model/index.ts';
import { requestId } from '../../src/model/index.ts';
import type { SubmitAs, ToWebview } from '../../src/protocol/index.ts';
import { continuePrompt, maxAttachments, maxPrompt } from '../../src/protocol/index.ts';
import type { HostLink, Outgoing, ScrollPlace } from '../host-link.ts';
import type { PageActions } from '../markdown/index.ts';
import type { PendingSubmit, Store } from '../state/index.ts';
import { t } from '../strings.ts';
import { readImage, whyNot } from './images.ts';

/** Milliseconds after the last key until the draft goes to the host. */
const draftDelay = 200;
/** Milliseconds between writes of the page's own state while the reader scrolls. */
const saveDelay = 300;

/** Everything a reader can do, as messages to the host and changes of the store. */
export class Actions implements PageActions {
  readonly #store: Store;
  readonly #host: HostLink;
  #draftTimer: ReturnType<typeof setTimeout> | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  /** The draft as the host has it. */
  #savedDraft: string | null = null;

  constructor(store: Store, host: HostLink) {
    this.#store = store;
    this.#host = host;
  }

  /** Tells the host where the page stands; a snapshot or the missing events come back. */
  hello(): void {
    this.#host.post({ type: 'hello', ...this.#store.position() });
  }

  take(message: ToWebview): void {
    const before = this.#store.unsent;
    for (const effect of this.#store.apply(message)) {
      if (effect.kind === 'hello') this.hello();
      else this.#leave(effect.threadId, effect.draft);
    }
    if (message.type === 'snapshot') this.#savedDraft = message.draft;
    if (
      message.type === 'attached' &&
      !message.attachments.every((file) => this.#store.attachments.value.includes(file))
    )
      this.#store.refusal.value = t('tooManyFiles', maxAttachments);
    if (this.#store.unsent !== before || message.type === 'snapshot') this.#draftChanged();
    this.#saveSoon();
  }

  setDraft(text: string): void {
    this.#store.draft.value = text;
    this.#draftChanged();
  }

  /** Puts a suggestion into the composer. */
  insert(text: string): void {
    this.setDraft(text);
  }

  /**
   * Sends the draft. It stays in the composer until the host says that the prompt was taken. `as`: while a turn runs; left
   * out, the turn takes it where it can.
   */
  submit(as: SubmitAs | null = this.#store.steers.value ? 'steer' : null): void {
    this.#submitDraft([], this.#store.running.value ? as : null);
  }

  /** Has a prompt that waits run next, or takes it out of the queue. */
  changeQueued(how: 'send' | 'drop', row: RowOf<'user'>): void {
    const { changing, stopping, refusal } = this.#store;
    const { turnId } = row;
    if (turnId === null || changing.value !== null || stopping.value) return;
    const id = requestId(crypto.randomUUID());
    this.#ofThread((threadId) => {
      changing.value = { requestId: id, how, row };
      refusal.value = null;
      return { type: `queued.${how}`, requestId: id, threadId, turnId };
    });
  }

  /** Asks Codex to go on where it was cut off. The draft stays. */
  continueTurn(): void {
    this.#submit({ text: continuePrompt, attachments: [], isDraft: false, confirmed: [] });
  }

  /** Puts a prompt of before into the composer. */
  useAgain({ text, attachments }: RowOf<'user'>): void {
    const { draft, focusRequests } = this.#store;
    this.#store.attach(attachments);
    focusRequests.value += 1;
    this.setDraft(draft.value.trim() === '' ? text : `${draft.value}\n${text}`);
  }

  /** Says yes to the open question and sends the draft as it stands. */
  confirmSend(): void {
    const question = this.#store.question.value;
    if (question === null) return;
    const confirmed = [...question.confirmed, question.ask.id];
    const { prompt, as = null } = question;
    if (prompt === null) this.#submitDraft(confirmed, as);
    else this.#submit({ text: prompt, attachments: [], isDraft: false, confirmed, as });
  }

  /** Says no: nothing was sent, and the draft stays. */
  declineSend(): void {
    this.#store.question.value = null;
    this.#saveSoon();
  }

  #submitDraft(confirmed: readonly string[], as: SubmitAs | null): void {
    const { draft, attachments, composer } = this.#store;
    const text = draft.value;
    if (text.trim() === '' || text.length > maxPrompt) return;
    // An image that silently stays behind would change what the prompt means.
    if (attachments.value.length > 0 && composer.value?.images === false) this.#refuse(t('imagesNotTaken'));
    else this.#submit({ text, attachments: attachments.value, isDraft: true, confirmed, as });
  }

  #submit(prompt: Omit<PendingSubmit, 'requestId'>): void {
    const { pending, thread, refusal, question } = this.#store;
    if (thread.value === null || pending.value !== null) return;
    const { threadId } = thread.value;
    const id = requestId(crypto.randomUUID());
    const { text, attachments, confirmed, as = null } = prompt;
    batch(() => {
      pending.value = { ...prompt, requestId: id };
      refusal.value = null;
      question.value = null;
    });
    const files = attachments.length === 0 ? {} : { attachments };
    const yes = confirmed.length === 0 ? {} : { confirmed };
    this.#host.post({
      type: 'turn.submit',
      requestId: id,
      threadId,
      text,
      ...files,
      ...yes,
      ...(as === null ? {} : { as }),
    });
    // What is on its way is no draft any more: another thread must not be given it.
    this.flush();
  }

  #refuse(why: string): void {
    this.#store.refusal.value = why;
  }

  stop(): void {
    const thread = this.#store.thread.value;
    if (thread === null || this.#store.stopping.value) return;
    this.#store.stopClicked.value = true;
    this.#host.post({ type: 'turn.stop', threadId: thread.threadId });
  }

  /** Goes on waiting for the running turn: its limits of silence begin anew. */
  wait(): void {
    this.#ofThread((threadId) => ({ type: 'turn.wait', threadId }));
  }

  /** Answers what the turn asks. What was filled in goes to the host and stays nowhere here. */
  answer({ approvalId }: RowOf<'approval'>, given: GivenAnswer): void {
    const { answering, answerRefused } = this.#store;
    const id = requestId(crypto.randomUUID());
    this.#ofThread((threadId) => {
      answering.value = { requestId: id, approvalId };
      answerRefused.value = null;
      return { type: 'approval.answer', requestId: id, threadId, approvalId, given };
    });
  }

  newThread(): void {
    this.flush();
    this.#host.post({ type: 'thread.new' });
  }

  /** Shows a thread; null = the one that the user then chooses. */
  openThread(threadId: ThreadId | null): void {
    this.flush();
    this.#host.post({ type: 'thread.open', ...(threadId === null ? {} : { threadId }) });
  }

  fork(): void {
    this.flush();
    this.#ofThread((threadId) => ({ type: 'thread.fork', threadId }));
  }

  pickOptions(): void {
    this.#ofThread((threadId) => ({ type: 'options.pick', threadId }));
  }

  /** The thread's own worktree: shows what changed there, brings it back, or throws it away. */
  worktree(what: 'diff' | 'merge' | 'discard'): void {
    this.#ofThread((threadId) => ({ type: `worktree.${what}`, threadId }));
  }

  #ofThread(message: (threadId: ThreadId) => Outgoing): void {
    const thread = this.#store.thread.value;
    if (thread !== null) this.#host.post(message(thread.threadId));
  }

  pickImages(): void {
    this.#host.post({ type: 'attach.pick' });
  }

  /** Images that were pasted or dropped. They become chips when the host has them. */
  async attachImages(files: readonly File[]): Promise<void> {
    const { composer, refusal } = this.#store;
    refusal.value = null;
    if (composer.value?.images !== true) {
      this.#refuse(t('imagesNotTaken'));
      return;
    }
    for (const file of files) {
      const why = whyNot(file);
      const image = why === null ? await readImage(file) : null;
      if (image === null) this.#refuse(why ?? t('imageUnreadable', file.name));
      else this.#host.post({ type: 'attach.paste', ...image });
    }
  }

  detach(file: Attachment): void {
    const { attachments } = this.#store;
    attachments.value = attachments.value.filter((other) => other !== file);
    this.#saveSoon();
  }

  pickLane(): void {
    this.#host.post({ type: 'lane.pick' });
  }

  pickFolder(): void {
    this.#host.post({ type: 'folder.pick' });
  }

  pickSandbox(): void {
    this.#host.post({ type: 'sandbox.pick' });
  }

  /** Shows every gate of the lanes, what shuts it and what opens it. */
  explain(): void {
    this.run('explain');
  }

  run(actionId: string): void {
    this.#host.post({ type: 'action.run', id: actionId });
  }

  /** Shows what changed in a file of a row, in the editor's own view of differences. */
  openChange(row: RowOf<'file-change'>, path: string): void {
    const { itemId } = row;
    if (itemId !== null) this.#ofThread((threadId) => ({ type: 'change.open', threadId, itemId, path }));
  }

  openFile(path: string, line: number | null, column: number | null = null): void {
    this.#host.post({ type: 'file.open', path, line, ...(column === null ? {} : { column }) });
  }

  openLink: PageActions['openLink'] = (link) => {
    if (link.kind === 'url') this.#host.post({ type: 'link.open', url: link.url });
    else this.openFile(link.path, link.line, link.column);
  };

  copy: PageActions['copy'] = (text) => {
    this.#host.post({ type: 'copy', text });
  };

  /** Puts a turn's receipt into the clipboard; the host has it whole. */
  copyReceipt({ turnId }: RowOf<'receipt'>, as: 'markdown' | 'json'): void {
    if (turnId !== null) this.#ofThread((threadId) => ({ type: 'receipt.copy', threadId, turnId, as }));
  }

  insertTarget: PageActions['insertTarget'] = () => this.#store.editor.value;

  insertInEditor: PageActions['insertInEditor'] = (text) => {
    this.#host.post({ type: 'code.insert', text });
  };

  openText: PageActions['openText'] = (text, { kind, language }) => {
    this.#host.post({ type: 'text.open', kind, text: text.slice(-maxPrompt), language });
  };

  isExpanded: PageActions['isExpanded'] = (key) => this.#store.expansion.value[key];

  setExpanded: PageActions['setExpanded'] = (key, expanded) => {
    this.#store.expansion.value = { ...this.#store.expansion.value, [key]: expanded };
    this.#saveSoon();
  };

  setScroll(place: ScrollPlace): void {
    this.#store.scroll = place;
    this.#saveSoon();
  }

  viewFailed(message: string): void {
    this.#host.post({ type: 'view.failed', message: message.slice(0, 2000) });
  }

  /** Writes at once what waits: the page may go away. */
  flush(): void {
    const thread = this.#store.thread.value;
    if (thread !== null) this.#sendDraft(thread.threadId, this.#store.unsent);
    this.#save();
  }

  #draftChanged(): void {
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.flush(), draftDelay);
  }

  #leave(threadId: ThreadId, draft: string): void {
    this.#sendDraft(threadId, draft);
    this.#savedDraft = null;
  }

  #sendDraft(threadId: ThreadId, draft: string): void {
    clearTimeout(this.#draftTimer);
    if (draft === this.#savedDraft) return;
    this.#savedDraft = draft;
    this.#host.post({ type: 'draft.save', threadId, text: draft.slice(0, maxPrompt) });
  }

  #saveSoon(): void {
    this.#saveTimer ??= setTimeout(() => this.#save(), saveDelay);
  }

  #save(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    const { thread, scroll, expansion, draft, attachments, question } = this.#store;
    this.#host.save({
      threadId: thread.value?.threadId ?? this.#store.position().threadId,
      fresh: this.#store.fresh,
      scroll,
      places: this.#store.places,
      expansion: expansion.value,
      draft: draft.value,
      attachments: attachments.value,
      question: question.value,
    });
  }
}
