import { commands, env, l10n, window } from 'vscode';
import type { Attachment, ThreadId } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { ComposerState, FromWebview, Reply, ToWebview, Welcome } from '../../protocol/index.ts';
import { runAction } from '../actions/index.ts';
import { answerApproval } from '../approvals/index.ts';
import { pickImages, savePasted } from '../attachments/index.ts';
import type { HostContext } from '../context.ts';
import { dayTime } from '../day-time.ts';
import { pickFolder } from '../folder-picker/index.ts';
import { forkThread } from '../fork/index.ts';
import { pickLane } from '../lane-picker/index.ts';
import { pickSandbox } from '../sandbox-picker/index.ts';
import { refusalText } from '../session/index.ts';
import { pickOptions } from '../thread-options/index.ts';
import { openThread } from '../thread-picker/index.ts';
import { FolderGlance } from '../welcome/index.ts';
import { words } from '../words/index.ts';
import { discard, merge, showDiff } from '../worktree/index.ts';
import { after } from './after.ts';
import type { ComposerFacts } from './composer.ts';
import { composerState } from './composer.ts';
import { copyReceipt } from './copy-receipt.ts';
import { editedFile, editedPath, insertText, onEditedFile, openCode, showOutput } from './editor-text.ts';
import { EventFeed } from './event-feed.ts';
import { HandedOut } from './handed-out.ts';
import { openFile, openLink } from './open.ts';
import { openChange } from './open-change.ts';
import type { ChatSurface } from './page-frame.ts';
import { PageFrame } from './page-frame.ts';
import { welcomeFor } from './welcome-facts.ts';

type Outgoing = ToWebview extends infer M ? (M extends ToWebview ? Omit<M, 'viewId'> : never) : never;

/** What a page says by itself: the user need not be in it. */
const byItself: readonly FromWebview['type'][] = ['hello', 'pong', 'draft.save', 'view.failed'];

/** One chat in sight: what its page is told, and what it may ask for. `ctx.session` is its own. */
export class ChatView {
  readonly #ctx: HostContext;
  readonly #surface: ChatSurface;
  readonly #feed: EventFeed;
  readonly #handedOut: HandedOut;
  readonly #glance: FolderGlance;
  readonly #ends: (() => void)[];
  #shownThread: string | null = null;
  #shownComposer = '';
  #snapshots = 0;
  /** The page is there and knows its thread: what is posted arrives. */
  #up = false;
  /** Files that were chosen while it was not, or that it has not confirmed: a page that dies takes them with it. */
  #waitingFiles: readonly Attachment[] = [];
  /** The ping behind which all of them were sent. */
  #filesSentBefore = 0;
  readonly #frame: PageFrame;

  constructor(ctx: HostContext, surface: ChatSurface) {
    this.#ctx = ctx;
    this.#surface = surface;
    this.#handedOut = new HandedOut(ctx.extension.workspaceState);
    this.#glance = new FolderGlance(() => this.#changed());
    this.#feed = new EventFeed({
      post: (events) => {
        const [first] = events;
        if (first !== undefined) this.#post({ type: 'events', threadId: first.threadId, events });
      },
      after,
      onGap: () => void this.#snapshot(),
    });
    this.#frame = new PageFrame(ctx, surface, {
      onMessage: (message) => void this.#take(message),
      onGone: () => this.#gone(),
      onFailed: (error) => this.#failed(error),
    });
    const changed = () => this.#changed();
    this.#ends = [
      ctx.session.onEvents((events) => this.#feed.push(events)),
      ctx.session.onChange(changed),
      ctx.session.onRetell(() => this.#retell()),
      ctx.session.onAttach((attachments) => void this.#attach(attachments)),
      ctx.status.onChange(changed),
      ctx.readings.onChange(changed),
      ctx.settings.onChange(changed),
      ctx.workspace.onChange(changed),
      onEditedFile(changed),
    ];
  }

  dispose(): void {
    this.#frame.dispose();
    this.#feed.close();
    for (const end of this.#ends) end();
  }

  #gone(): void {
    this.#up = false;
    this.#feed.close();
  }

  async #take(message: FromWebview): Promise<void> {
    try {
      await this.#handle(message);
    } catch (error) {
      // What was asked for failed; the chat itself goes on.
      this.#ctx.log.error(`What the chat view asked for failed (${message.type})`, error);
      void window.showErrorMessage(messageOf(error));
    }
  }

  #handle(message: FromWebview): unknown {
    const { session, chats, core, log } = this.#ctx;
    if (!byItself.includes(message.type)) chats.use(session);
    switch (message.type) {
      case 'hello':
        return this.#hello(message.threadId, message.lastSeq);
      case 'pong':
        if (message.n > this.#filesSentBefore && this.#up) this.#waitingFiles = [];
        return undefined;
      case 'focused':
        return undefined;
      case 'turn.submit':
        return this.#submit(message);
      case 'queued.send':
      case 'queued.drop':
        return this.#changeQueue(message);
      case 'turn.stop':
        return this.#ofShown(message, () => session.stop());
      case 'turn.wait':
        return this.#ofShown(message, (threadId) => core.loaded()?.threads.wait(threadId));
      case 'approval.answer':
        return this.#answer(message);
      case 'thread.new':
        return session.startNew();
      case 'thread.open':
        return openThread(this.#ctx, message.threadId);
      case 'thread.fork':
        return this.#ofShown(message, (threadId) => forkThread(this.#ctx, threadId));
      case 'options.pick':
        return this.#ofShown(message, (threadId) => pickOptions(this.#ctx, threadId));
      case 'attach.pick':
        return this.#attach(pickImages(this.#ctx));
      case 'attach.paste':
        return this.#attach(savePasted(this.#ctx, message).then((saved) => (saved === null ? [] : [saved])));
      case 'worktree.diff':
        return this.#ofShown(message, (threadId) => showDiff(this.#ctx, threadId));
      case 'worktree.merge':
        return this.#ofShown(message, (threadId) => merge(this.#ctx, threadId));
      case 'worktree.discard':
        return this.#ofShown(message, (threadId) => discard(this.#ctx, threadId));
      case 'change.open':
        return this.#ofShown(message, () => this.#openChange(message));
      case 'draft.save':
        return session.saveDraft(message.text, message.threadId);
      case 'lane.pick':
        return pickLane(this.#ctx);
      case 'folder.pick':
        return pickFolder(this.#ctx);
      case 'sandbox.pick':
        return pickSandbox(this.#ctx);
      case 'action.run':
        return runAction(message.id, log);
      case 'file.open':
        return this.#openFile(message);
      case 'code.insert':
        return insertText(message.text);
      case 'text.open':
        return message.kind === 'code'
          ? openCode(message.text, message.language)
          : showOutput(message.text, message.language);
      case 'link.open':
        return openLink(this.#ctx, message.url);
      case 'copy':
        return env.clipboard.writeText(message.text);
      case 'receipt.copy':
        return this.#ofShown(message, () => copyReceipt(this.#ctx, message));
      case 'view.failed':
        log.error(`The chat view could not draw: ${message.message}`);
        return this.#snapshot();
    }
  }

  /** The page acts on the thread that it shows, and on no other: one that is left meanwhile is not touched. */
  #ofShown(
    { threadId, type }: { readonly threadId: ThreadId; readonly type: string },
    call: (id: ThreadId) => unknown,
  ) {
    if (threadId === this.#ctx.session.thread()?.threadId) return call(threadId);
    this.#ctx.log.warn(`A message of the chat view (${type}) was about a thread that it does not show; it was dropped`);
    return undefined;
  }

  /** Where there is nothing to compare with, the file alone is opened. */
  async #openChange(message: Extract<FromWebview, { type: 'change.open' }>): Promise<void> {
    if (await openChange(this.#ctx, message)) {
      // The walkthrough counts it as done.
      await commands.executeCommand('setContext', 'codexLanes.changeReviewed', true);
    } else await openFile(this.#ctx, message.path, { line: null, column: 1 }, false);
  }

  async #hello(threadId: string | null, lastSeq: number): Promise<void> {
    const { thread } = await this.#ctx.session.open();
    const missed = threadId === thread.threadId ? this.#feed.since(thread.threadId, lastSeq) : null;
    if (missed === null) return this.#snapshot();
    this.#feed.opening();
    this.#shownThread = thread.threadId;
    this.#shownComposer = '';
    this.#postComposer();
    this.#feed.begin(lastSeq);
    this.#feed.push(missed);
    this.#postFiles();
  }

  async #snapshot(): Promise<void> {
    const number = ++this.#snapshots;
    try {
      // Before the thread is read: what comes meanwhile is kept, and what the snapshot has already is left out.
      this.#feed.opening();
      const { app, thread } = await this.#ctx.session.open();
      const view = await app.threads.view(thread.threadId);
      if (number !== this.#snapshots) return;
      if (thread.threadId !== this.#ctx.session.thread()?.threadId) return await this.#snapshot();
      this.#shownThread = thread.threadId;
      const facts = this.#facts();
      const composer = composerState(facts);
      const welcome = this.#welcome(facts, composer);
      this.#shownComposer = JSON.stringify([composer, welcome]);
      this.#post({ type: 'snapshot', thread: view, draft: this.#ctx.session.draft(), composer, welcome });
      this.#feed.begin(view.seq);
      this.#postFiles();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #submit(message: Extract<FromWebview, { type: 'turn.submit' }>): Promise<void> {
    const { requestId, threadId } = message;
    const reply = await this.#send(message).catch((error: unknown) => {
      this.#ctx.log.error('A prompt could not be sent', error);
      return { ok: false as const, message: messageOf(error) };
    });
    this.#post({ type: 'reply', requestId, reply: await this.#shownReply(reply) });
    if (!reply.ok) await this.#tellElsewhere(threadId, reply.message);
  }

  /** A refusal stands at the composer; where that shows another thread by now, it is told beside it. */
  async #tellElsewhere(threadId: string, why: string): Promise<void> {
    if (this.#ctx.session.thread()?.threadId === threadId) return;
    void window.showWarningMessage(l10n.t('A prompt of another thread was not sent, and is its draft again: {0}', why));
  }

  async #send(message: Extract<FromWebview, { type: 'turn.submit' }>): Promise<Reply> {
    const { requestId, threadId, text, confirmed, attachments = [], as } = message;
    const { session } = this.#ctx;
    const { thread } = await session.open();
    if (threadId !== thread.threadId) return { ok: false, message: l10n.t('The chat shows another thread by now.') };
    const foreign = attachments.find(({ path }) => !this.#handedOut.has(path));
    // The page shows what models wrote, so it does not choose which files are sent to a provider.
    if (foreign !== undefined) {
      return { ok: false, message: l10n.t('{0} was not attached here: remove it and attach it again.', foreign.label) };
    }
    return session.submit(requestId, text, confirmed, attachments, as);
  }

  async #changeQueue(message: Extract<FromWebview, { type: 'queued.send' | 'queued.drop' }>): Promise<void> {
    const { type, requestId, threadId, turnId } = message;
    const threads = this.#ctx.core.loaded()?.threads;
    const isShown = threadId === this.#ctx.session.thread()?.threadId;
    const reply: Reply =
      threads === undefined || !isShown
        ? { ok: false, message: l10n.t('The chat shows another thread by now.') }
        : await (type === 'queued.send' ? threads.sendQueued(threadId, turnId) : threads.dropQueued(threadId, turnId));
    this.#post({ type: 'reply', requestId, reply });
  }

  /** The page shows what models wrote, so the core decides whether this was asked and offered, and a refusal is said there. */
  async #answer({ requestId, threadId, approvalId, given }: Extract<FromWebview, { type: 'approval.answer' }>) {
    const isShown = threadId === this.#ctx.session.thread()?.threadId;
    const reply: Reply = isShown
      ? await answerApproval(this.#ctx, threadId, approvalId, given)
      : { ok: false, message: l10n.t('The chat shows another thread by now.') };
    this.#post({ type: 'reply', requestId, reply });
  }

  /** Shows files as chips of the next prompt. */
  /** An image of ours may be opened, too: one of an answer was attached by nobody. */
  async #openFile(message: Extract<FromWebview, { type: 'file.open' }>): Promise<void> {
    const { path } = message;
    const isOurs = this.#handedOut.has(path) || (await this.#ctx.core.loaded()?.threads.isKeptImage(path)) === true;
    return openFile(this.#ctx, path, placeOf(message), isOurs);
  }

  async #attach(chosen: readonly Attachment[] | Promise<readonly Attachment[]>): Promise<void> {
    const attachments = await chosen;
    if (attachments.length === 0) return;
    await this.#handedOut.add(attachments.map(({ path }) => path));
    this.#waitingFiles = [...this.#waitingFiles, ...attachments];
    if (this.#up) this.#postFiles();
  }

  #postFiles(): void {
    this.#up = true;
    const attachments = this.#waitingFiles;
    if (attachments.length === 0) return;
    this.#filesSentBefore = this.#frame.pings;
    this.#post({ type: 'attached', attachments });
    this.#frame.ping();
  }

  /** A question that can't be shown whole is not asked: the prompt is refused instead. */
  async #shownReply(reply: Reply): Promise<Reply> {
    const { readReply } = await import('../../protocol/schema/index.ts');
    const read = readReply(reply);
    if (read.ok) return read.reply;
    this.#ctx.log.error(`A reply to the chat view was not as it should be: ${read.why}`);
    return reply.ok ? { ok: true } : { ok: false, message: reply.message };
  }

  #changed(): void {
    const threadId = this.#ctx.session.thread()?.threadId ?? null;
    // Before its hello the page can't show anything.
    if (this.#shownThread === null || threadId === null) return;
    if (threadId === this.#shownThread) {
      this.#postComposer();
      return;
    }
    this.#feed.close('thread');
    void this.#snapshot();
  }

  #retell(): void {
    // A page that has said no hello yet is told everything then.
    if (this.#shownThread !== null) void this.#snapshot();
  }

  #postComposer(): void {
    const facts = this.#facts();
    const composer = composerState(facts);
    const welcome = this.#welcome(facts, composer);
    const shown = JSON.stringify([composer, welcome]);
    if (shown === this.#shownComposer) return;
    this.#shownComposer = shown;
    this.#post({ type: 'composer', composer, welcome });
  }

  #welcome(facts: ComposerFacts, composer: ComposerState): Welcome {
    // A page that nobody looks at asks for nothing.
    const glance = (folder: string) => (this.#surface.visible() ? this.#glance.at(folder) : null);
    return welcomeFor(facts, composer, { editedPath: editedPath(), glance });
  }

  #facts(): ComposerFacts {
    const { status, settings, workspace, session, readings } = this.#ctx;
    const refusal = session.refusal();
    return {
      status: status.current(),
      settings: settings.get(),
      folders: workspace.folders(),
      trusted: workspace.trusted(),
      thread: session.thread(),
      refusal: refusal === null ? null : { kind: refusal.kind, text: refusalText(refusal) },
      activity: session.activity(),
      editor: editedFile(),
      readings: readings.current(),
      now: Date.now(),
      timeOf: (at) => dayTime(at),
      words,
      t: l10n.t,
    };
  }

  #post(message: Outgoing): void {
    this.#frame.post({ viewId: this.#surface.id, ...message });
  }

  #failed(error: unknown): void {
    this.#ctx.log.error('The chat view failed', error);
    void window.showErrorMessage(l10n.t('The chat could not go on: {0}', messageOf(error)));
  }
}

const placeOf = ({ line, column }: { readonly line: number | null; readonly column?: number }) => ({
  line,
  column: column ?? 1,
});
