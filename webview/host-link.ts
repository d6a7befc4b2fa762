import type { Attachment, SendQuestion, ThreadId } from '../src/model/index.ts';
import type { FromWebview, Ping, SubmitAs, ToWebview, ViewId } from '../src/protocol/index.ts';
import { submitAs } from '../src/protocol/index.ts';

/** A message without the view's name: the link adds it. */
export type Outgoing = FromWebview extends infer M ? (M extends FromWebview ? Omit<M, 'viewId'> : never) : never;

/** Where the reader was: the first row in sight and how far into it, in CSS pixels; null = at the end, following. */
export type ScrollPlace = { readonly key: string; readonly into: number } | null;

/** What the host wants to know before it sends a prompt, and what was said yes to before. `prompt`: null = the draft. */
export type OpenQuestion = {
  readonly ask: SendQuestion;
  readonly confirmed: readonly string[];
  readonly prompt: string | null;
  /** What becomes of it while a turn runs; left out: it waits. */
  readonly as?: SubmitAs | null;
};

/** What survives a reload of the page. Everything else comes again from the host. */
export type SavedView = {
  readonly threadId: ThreadId | null;
  /** It had not begun: its draft goes on in another that has not. */
  readonly fresh: boolean;
  readonly scroll: ScrollPlace;
  /** The places in threads that were in view before, the latest last. Left out: none. */
  readonly places?: readonly (readonly [ThreadId, NonNullable<ScrollPlace>])[];
  /** Rows that the reader opened or folded, by row key. */
  readonly expansion: Readonly<Record<string, boolean>>;
  /** A fast copy of the draft; the host keeps the lasting one. */
  readonly draft: string;
  /** What goes with the draft. */
  readonly attachments: readonly Attachment[];
  /** What the draft waits for; null = nothing. */
  readonly question: OpenQuestion | null;
};

/** The only way from the page to its host. */
export type HostLink = {
  readonly post: (message: Outgoing) => void;
  readonly listen: (take: (message: ToWebview) => void) => void;
  readonly saved: () => SavedView | null;
  readonly save: (view: SavedView) => void;
};

type EditorApi = {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

declare const acquireVsCodeApi: () => EditorApi;

/** Takes the editor's API, which can be had once a page. */
export function connectHost(viewId: ViewId): HostLink {
  const api = acquireVsCodeApi();
  window.addEventListener('focus', () => api.postMessage({ type: 'focused', viewId } satisfies FromWebview));
  return {
    post: (message) => api.postMessage({ ...message, viewId }),
    listen: (take) =>
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (!isForUs(data, viewId)) return;
        // At once and past all that waits for a frame: a page that is covered draws none, and lives.
        if (data.type === 'ping') api.postMessage({ type: 'pong', n: data.n, viewId } satisfies FromWebview);
        else take(data);
      }),
    saved: () => readSaved(api.getState()),
    // The view's name with it: a tab that comes back goes on under its own.
    save: (view) => api.setState({ ...view, viewId }),
  };
}

/** The editor's own scripts share the page's message channel; the host itself is trusted for the rest of the shape. */
function isForUs(data: unknown, viewId: ViewId): data is ToWebview | Ping {
  return typeof data === 'object' && data !== null && 'viewId' in data && data.viewId === viewId && 'type' in data;
}

/** State that an older version of the page wrote is dropped, not guessed at. */
function readSaved(state: unknown): SavedView | null {
  if (typeof state !== 'object' || state === null) return null;
  const { threadId, fresh, scroll, places, expansion, draft, attachments, question } = state as Partial<
    Record<keyof SavedView, unknown>
  >;
  if (typeof draft !== 'string' || typeof expansion !== 'object' || expansion === null) return null;
  if (threadId !== null && typeof threadId !== 'string') return null;
  return {
    threadId: threadId as ThreadId | null,
    fresh: fresh === true,
    scroll: isPlace(scroll) ? scroll : null,
    places: Array.isArray(places) ? places.filter(isPlaceOf) : [],
    expansion: expansion as Readonly<Record<string, boolean>>,
    draft,
    attachments: Array.isArray(attachments) ? attachments.filter(isAttachment) : [],
    question: isQuestion(question) ? question : null,
  };
}

/** Only one that can be shown whole is asked again. */
function isQuestion(value: unknown): value is OpenQuestion {
  if (!isRecord(value) || !isRecord(value.ask) || !isTexts(value.confirmed)) return false;
  if (value.prompt !== null && typeof value.prompt !== 'string') return false;
  if (![undefined, null, ...submitAs].some((way) => way === value.as)) return false;
  const { id, kind, from, to, folder } = value.ask;
  switch (kind) {
    case 'payer-changed':
      return isTexts([id, from, to]);
    case 'folder-trust':
    case 'no-git':
      return isTexts([id, folder]);
    default:
      return false;
  }
}

function isAttachment(value: unknown): value is Attachment {
  return isRecord(value) && (value.kind === 'file' || value.kind === 'image') && isTexts([value.path, value.label]);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string' && text !== '');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isPlaceOf(value: unknown): value is readonly [ThreadId, NonNullable<ScrollPlace>] {
  return Array.isArray(value) && typeof value[0] === 'string' && isPlace(value[1]);
}

function isPlace(value: unknown): value is NonNullable<ScrollPlace> {
  return typeof value === 'object' && value !== null && 'key' in value && 'into' in value;
}
