import { l10n, window } from 'vscode';
import type { RequestId } from '../../model/index.ts';
import { requestId } from '../../model/index.ts';
import type { Session } from '../session/index.ts';

/** Sends a prompt in the thread that a chat shows, and brings the chat into sight. */
export async function sendAsking(session: Session, prompt: string): Promise<void> {
  await session.reveal();
  await submitAsking(session, requestId(crypto.randomUUID()), prompt, []);
}

/** A question comes back before anything is sent; the same prompt goes again with the user's yes. */
async function submitAsking(
  session: Session,
  id: RequestId,
  prompt: string,
  confirmed: readonly string[],
): Promise<void> {
  const reply = await session.submit(id, prompt, confirmed);
  if (reply.ok) return;
  if (reply.ask === undefined) {
    void window.showErrorMessage(reply.message);
    return;
  }
  const send = l10n.t('Send Anyway');
  if ((await window.showWarningMessage(reply.message, { modal: true }, send)) !== send) return;
  await submitAsking(session, id, prompt, [...confirmed, reply.ask.id]);
}
