import { l10n, window } from 'vscode';
import type { RequestId, TurnAct } from '../../model/index.ts';
import { requestId } from '../../model/index.ts';
import type { Session } from '../session/index.ts';

/** Sends a prompt, or asks for something else in its words, in the thread that a chat shows; brings the chat into sight. */
export async function sendAsking(session: Session, prompt: string, act?: TurnAct): Promise<void> {
  await session.reveal();
  await submitAsking(session, { id: requestId(crypto.randomUUID()), prompt, act }, []);
}

type Asked = { readonly id: RequestId; readonly prompt: string; readonly act: TurnAct | undefined };

/** A question comes back before anything is sent; the same prompt goes again with the user's yes. */
async function submitAsking(session: Session, asked: Asked, confirmed: readonly string[]): Promise<void> {
  const reply = await session.submit(asked.id, asked.prompt, confirmed, [], 'queue', asked.act);
  if (reply.ok) return;
  if (reply.ask === undefined) {
    void window.showErrorMessage(reply.message);
    return;
  }
  const send = l10n.t('Send Anyway');
  if ((await window.showWarningMessage(reply.message, { modal: true }, send)) !== send) return;
  await submitAsking(session, asked, [...confirmed, reply.ask.id]);
}
