import type { SendQuestion, ThreadView, TurnId } from '../../src/model/index.ts';
import { emptyThread, threadId, turnId } from '../../src/model/index.ts';
import type { ComposerState, Welcome } from '../../src/protocol/index.ts';
import { EventLog, idleComposer } from '../../webview/testing/event-log.ts';
import type { Message } from '../webview/chat-page.ts';

/** The clock of the gallery stands here: what a picture says of times is the same on each machine. */
export const now = Date.parse('2026-01-02T03:10:00.000Z');

/** One picture: a thread and what stands around it, as the host would send them. */
export type Scene = {
  /** `kind/state`, unique; the name of its pictures too. */
  readonly id: string;
  /** The thread's events; left out: a new thread. */
  readonly write?: (log: EventLog) => void;
  /** Seconds from its first event to the clock of the gallery; left out: 300. */
  readonly began?: number;
  /** What is known of the thread beside its events. */
  readonly view?: (log: EventLog) => ThreadView;
  readonly composer?: Partial<ComposerState>;
  readonly welcome?: Welcome;
  readonly draft?: string;
  /** Messages that come after the snapshot. */
  readonly after?: readonly Message[];
  /** Asked when the draft is sent. */
  readonly ask?: SendQuestion;
  /** Why the draft is not taken when it is sent. */
  readonly refuse?: string;
  /** CSS selectors of what a reader clicks, in this order. */
  readonly click?: readonly string[];
  /** The snapshot is of the whole page, not of the transcript alone. */
  readonly whole?: boolean;
};

/** A scene as the page gets it. */
export type Play = {
  readonly id: string;
  /** A snapshot of another thread, which takes away what the scene before left. */
  readonly between: Message;
  readonly snapshot: Message;
  readonly after: readonly Message[];
  readonly click: readonly string[];
  readonly reply: Extract<Message, { type: 'reply' }>['reply'] | null;
};

const readyWelcome: Welcome = {
  line: 'OpenAI API - ready · Codex native - internal - locked',
  why: true,
  prompts: ['Explain this file', 'Add a test', 'Run the tests'],
};

export function logOf({ write, began = 300 }: Scene): EventLog {
  const log = new EventLog(new Date(now - began * 1000).toISOString());
  write?.(log);
  return log;
}

/** The view of a scene; each is a thread with turns of its own, so that nothing of the one before is taken for it. */
export function viewOf(scene: Scene): ThreadView {
  const log = logOf(scene);
  const view = scene.view?.(log) ?? log.view();
  const own = <T extends { readonly turnId: TurnId | null }>(part: T): T => ({
    ...part,
    turnId: part.turnId && turnId(`${scene.id}/${part.turnId}`),
  });
  return {
    ...view,
    threadId: threadId(scene.id),
    rows: view.rows.map(own),
    queued: view.queued.map(own),
    turns: view.turns.map(own),
    activeTurnId: view.activeTurnId && turnId(`${scene.id}/${view.activeTurnId}`),
  };
}

const between: ThreadView = { ...emptyThread(threadId('between')), seq: 1 };

export function playOf(scene: Scene): Play {
  const { id, composer = {}, welcome = readyWelcome, draft = '', after = [], ask, refuse, click = [] } = scene;
  const thread = viewOf(scene);
  const asked = ask === undefined ? null : ({ ok: false, message: 'Asked first.', ask } as const);
  return {
    id,
    between: { type: 'snapshot', thread: between, draft: '', composer: idleComposer, welcome },
    snapshot: { type: 'snapshot', thread, draft, composer: { ...idleComposer, ...composer }, welcome },
    after,
    click,
    reply: asked ?? (refuse === undefined ? null : { ok: false, message: refuse }),
  };
}
