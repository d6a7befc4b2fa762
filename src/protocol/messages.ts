import type {
  ApprovalId,
  Attachment,
  GivenAnswer,
  ItemId,
  LaneSelection,
  LogEvent,
  RequestId,
  SendQuestion,
  ThreadId,
  ThreadView,
  ToolPolicy,
  TurnId,
  TurnProgress,
} from '../model/index.ts';

/** Which view a message is about: several may show threads at the same time. */
export type ViewId = string;

/** Words already translated, with an icon's codicon name. */
export type Words = { readonly icon: string; readonly label: string; readonly tooltip: string };

/** Something the user can do about a state; `id` is checked by the host against its own list. */
export type ActionButton = { readonly id: string; readonly label: string };

/** The composer and header state. Every field is decided by the host: the view shows it and nothing else. */
export type ComposerState = {
  readonly lane: Words & { readonly selected: LaneSelection };
  /** Set when Send would be refused: says why, with what helps. Send stays possible, so that the refusal is recorded. */
  readonly blocked: {
    readonly text: string;
    readonly actions: readonly ActionButton[];
    /** True when a gate is shut: every gate and what opens it can be shown. */
    readonly why: boolean;
  } | null;
  /** The folder that the next turn runs in; null = no folder is open. */
  readonly folder: { readonly path: string; readonly name: string } | null;
  /** True when there is another folder to choose from and the thread has not begun. */
  readonly folderCanChange: boolean;
  /** As configured for the lane; what the thread's own options say goes before it. */
  readonly configured: {
    /** Null = the lane's default. */
    readonly model: string | null;
    readonly effort: string | null;
    readonly profile: string | null;
    /** Folders beside the thread's own; absolute paths. */
    readonly addDirs: readonly string[];
  };
  /** The lane of the next turn takes images. */
  readonly images: boolean;
  /** What commands of the next turn may do on this lane. `canChange`: the lane has modes to choose from. */
  readonly sandbox: Words & { readonly canChange: boolean };
  /** Who is asked before something is done; null = the lane does nothing that could be asked about. */
  readonly approvals: Words | null;
  /** What each policy of the lane's tools allows, for a thread with a policy of its own; left out where it has no tools. */
  readonly policies?: Readonly<Record<ToolPolicy, Words>>;
  /** A limit that is nearly used up. Left out: none is, or none is known. */
  readonly limits?: Words;
  readonly running: boolean;
  /** How far the running turn is and what it waits for; null = nothing runs, or nothing was told yet. */
  readonly progress: TurnProgress | null;
  /** Stop was asked for and the turn has not ended yet. */
  readonly stopping: boolean;
  /** The running turn takes messages: Send hands one to it. */
  readonly steers: boolean;
  /** Prompts that wait behind the running turn. */
  readonly queued: number;
  readonly trusted: boolean;
  /** Name of the file that is being edited and that text can be put into; null = none is. */
  readonly editor: string | null;
};

/** With `ask`, nothing was sent: the same prompt with the question's id in `confirmed` is. */
export type Reply =
  | { readonly ok: true }
  | { readonly ok: false; readonly message: string; readonly ask?: SendQuestion };

/** What the empty view says and offers. `why`: some lane does not run as things stand, and the page can show why. */
export type Welcome = {
  readonly line: string;
  readonly why: boolean;
  readonly prompts: readonly string[];
  /** What the lane that is chosen can do here, where the states of the lanes don't say it. */
  readonly does?: string;
  /** What helps a lane that does not run, where the composer does not offer it already. */
  readonly help?: readonly ActionButton[];
};

export type ToWebview = { readonly viewId: ViewId } & (
  | {
      readonly type: 'snapshot';
      readonly thread: ThreadView;
      readonly draft: string;
      readonly composer: ComposerState;
      readonly welcome: Welcome;
    }
  /** A gapless run of events that follows what the view has. */
  | { readonly type: 'events'; readonly threadId: ThreadId; readonly events: readonly LogEvent[] }
  | { readonly type: 'composer'; readonly composer: ComposerState; readonly welcome: Welcome }
  | { readonly type: 'reply'; readonly requestId: RequestId; readonly reply: Reply }
  /** Puts text into the composer (Send Prompt from the palette, a sample prompt). */
  | { readonly type: 'insert'; readonly text: string }
  /** Files that the user chose or pasted and the host has at hand: they go with the next prompt. */
  | { readonly type: 'attached'; readonly attachments: readonly Attachment[] }
  /** The user asked for the chat by a command: the one case in which the composer takes the focus. */
  | { readonly type: 'focus' }
);

/** Asks the page for a sign of life; it answers `pong` at once, also where it draws nothing. */
export type Ping = { readonly viewId: ViewId; readonly type: 'ping'; readonly n: number };

/** `hello`: the view is up (again). Answered by a snapshot, or by the events after `lastSeq` if it still shows that thread. */
export type FromWebview = {
  readonly viewId: ViewId;
} & (
  | { readonly type: 'hello'; readonly threadId: ThreadId | null; readonly lastSeq: number }
  /** Everything that was sent before the ping `n` has arrived. */
  | { readonly type: 'pong'; readonly n: number }
  /** The user is in this view: commands are about the thread that it shows. */
  | { readonly type: 'focused' }
  /** The draft clears when the reply is ok. `confirmed`: ids of the questions that the user said yes to. */
  | {
      readonly type: 'turn.submit';
      readonly requestId: RequestId;
      readonly threadId: ThreadId;
      readonly text: string;
      /** Only what the host handed out is sent. Left out: none. */
      readonly attachments?: readonly Attachment[];
      readonly confirmed?: readonly string[];
      /** Left out: where a turn runs it waits behind it, as with `queue`. */
      readonly as?: SubmitAs;
    }
  /** A prompt that waits, by the turn that it will be: runs next, or is taken out of the queue. The reply says whether it did. */
  | ({ readonly type: 'queued.send' } & OfQueued)
  | ({ readonly type: 'queued.drop' } & OfQueued)
  | { readonly type: 'turn.stop'; readonly threadId: ThreadId }
  /** Go on waiting: the limits of silence begin anew. */
  | { readonly type: 'turn.wait'; readonly threadId: ThreadId }
  /** Answers what the running turn asks. The reply says whether it counted; `answers` are never kept by either side. */
  | {
      readonly type: 'approval.answer';
      readonly requestId: RequestId;
      readonly threadId: ThreadId;
      readonly approvalId: ApprovalId;
      readonly given: GivenAnswer;
    }
  | { readonly type: 'thread.new' }
  /** Shows a thread; without one the user chooses. */
  | { readonly type: 'thread.open'; readonly threadId?: ThreadId }
  | { readonly type: 'thread.fork'; readonly threadId: ThreadId }
  | { readonly type: 'options.pick'; readonly threadId: ThreadId }
  | { readonly type: 'attach.pick' }
  /** An image that was pasted or dropped: `dataUrl` holds its bytes in base64, of the type `mime`. */
  | { readonly type: 'attach.paste'; readonly dataUrl: string; readonly mime: ImageMime; readonly name: string }
  | { readonly type: 'worktree.diff'; readonly threadId: ThreadId }
  | { readonly type: 'worktree.merge'; readonly threadId: ThreadId }
  | { readonly type: 'worktree.discard'; readonly threadId: ThreadId }
  /** Shows a file of a file-change row in the editor's own view of differences; the host looks up what stood before. */
  | { readonly type: 'change.open'; readonly threadId: ThreadId; readonly itemId: ItemId; readonly path: string }
  | { readonly type: 'draft.save'; readonly threadId: ThreadId; readonly text: string }
  | { readonly type: 'lane.pick' }
  | { readonly type: 'folder.pick' }
  | { readonly type: 'sandbox.pick' }
  | { readonly type: 'action.run'; readonly id: string }
  /** A path of a file-change row or a relative link of the answer; the host checks that it lies in the window. */
  | { readonly type: 'file.open'; readonly path: string; readonly line: number | null; readonly column?: number }
  /** Puts code of the answer into the file that is being edited, in place of what is selected there. */
  | { readonly type: 'code.insert'; readonly text: string }
  /** Shows a text in the editor: `code` as a new file, `output` to read. `language` as a fence names it. */
  | {
      readonly type: 'text.open';
      readonly kind: 'code' | 'output';
      readonly text: string;
      readonly language: string | null;
    }
  /** http, https or mailto; the host shows where it leads before it opens. */
  | { readonly type: 'link.open'; readonly url: string }
  | { readonly type: 'copy'; readonly text: string }
  /** The receipt of a turn goes into the clipboard; the host looks it up. */
  | {
      readonly type: 'receipt.copy';
      readonly threadId: ThreadId;
      readonly turnId: TurnId;
      readonly as: 'markdown' | 'json';
    }
  /** The view can't go on by itself (an error while drawing); answered by a fresh snapshot. */
  | { readonly type: 'view.failed'; readonly message: string }
);

/**
 * What becomes of a prompt while a turn runs: the turn takes it (where it can't, it waits), it waits until the turn has
 * ended, or the turn is ended and it runs next.
 */
export const submitAs = ['steer', 'queue', 'now'] as const;
export type SubmitAs = (typeof submitAs)[number];

type OfQueued = { readonly requestId: RequestId; readonly threadId: ThreadId; readonly turnId: TurnId };

export type FromWebviewType = FromWebview['type'];
export type ToWebviewType = ToWebview['type'];

/** Longest prompt that is taken, in characters; a longer one is refused by name. */
export const maxPrompt = 1_000_000;

/** Most questions that one prompt may carry a yes for. */
export const maxConfirmed = 16;

/** Most files that go with one prompt. */
export const maxAttachments = 16;

/** Most fields of a question, and most answers to one of them. */
export const maxAnswers = 64;

/** Longest text that one field takes, in characters. */
export const maxAnswer = 100_000;

/** Largest image that may be pasted, in bytes. */
export const maxImageBytes = 10 * 1024 * 1024;

/** Images that Codex reads. */
export const imageMimes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;
export type ImageMime = (typeof imageMimes)[number];

/** What Continue sends after a turn that was cut off. */
export const continuePrompt = 'Continue where you left off.';
