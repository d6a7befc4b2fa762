import { env, l10n, Uri, window } from 'vscode';
import type { SignInStep } from '../../model/index.ts';

/** Offers what the user has to do, again and again until it is put away or the sign-in is over. Opens nothing unasked. */
export async function offerStep(step: SignInStep, over: AbortSignal): Promise<void> {
  const { host } = new URL(step.url);
  const open = l10n.t('Open');
  const copy = step.kind === 'enter-code' ? l10n.t('Copy Code') : l10n.t('Copy Address');
  const text =
    step.kind === 'enter-code'
      ? l10n.t('Enter the code {0} at {1} to sign in to Codex.', step.code, host)
      : l10n.t('Sign in at {0} in the browser.', host);
  // What comes first there stands out.
  const buttons = step.kind === 'enter-code' ? [copy, open] : [open, copy];
  while (!over.aborted) {
    const clicked = await window.showInformationMessage(text, ...buttons);
    // The message outlives the sign-in, and its address is of no use then.
    if (clicked === undefined || over.aborted) return;
    if (clicked === copy) await env.clipboard.writeText(step.kind === 'enter-code' ? step.code : step.url);
    else await env.openExternal(Uri.parse(step.url, true));
  }
}
