import type { TurnAct } from './act.ts';
import type { Attachment } from './events.ts';
import type { RequestId } from './ids.ts';

/**
 * What must be confirmed before a prompt is sent: it is asked once, and nothing was recorded or started when it comes back.
 * The same prompt with `id` among its `confirmed` passes; another change has another id, and is asked about again.
 */
export type SendQuestion = {
  readonly id: string;
  readonly kind: /** The next turn would be paid by another payer than the thread's last one. */
    | 'payer-changed'
    /** The next turn may change a folder that Codex's own configuration says nothing about; its app-server marks it there. */
    | 'folder-trust'
    /** The folder is not under Git, where Codex runs only when the user allows it. */
    | 'no-git';
  /** Who paid the last turn; safe to show. Of `payer-changed`. */
  readonly from?: string;
  /** Who would pay the next one; safe to show. Of `payer-changed`. */
  readonly to?: string;
  /** Of `folder-trust`: the folder whose files may change, as Codex's configuration would name it. Of `no-git`: the folder. */
  readonly folder?: string;
};

/** A prompt on its way into a thread. */
export type Prompt = {
  readonly requestId: RequestId;
  readonly text: string;
  /** Files and images that go with it; left out: none. */
  readonly attachments?: readonly Attachment[];
  /** Ids of the questions that the user has said yes to. */
  readonly confirmed?: readonly string[];
  /** What the turn does instead of answering; `text` then says so in words. Left out: it is a prompt. */
  readonly act?: TurnAct;
};

/** `ok: false` = nothing is recorded and the text is still the caller's; with `ask`, saying yes to it lets the prompt pass. */
export type SubmitResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly message: string; readonly ask?: SendQuestion };
