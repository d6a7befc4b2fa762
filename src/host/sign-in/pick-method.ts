import type { QuickPickItem } from 'vscode';
import { env, l10n, UIKind, window } from 'vscode';
import type { SignInMethod } from '../../model/index.ts';
import type { HostContext } from '../context.ts';

/** Docker and Podman put one of them into each container. */
const containerMarks = ['/.dockerenv', '/run/.containerenv'];

/** Asks for the way to sign in: first the one that works here. */
export async function pickMethod({ realPath }: HostContext): Promise<SignInMethod | undefined> {
  // The browser hands the login to this machine's loopback, and the user's browser may be on another one.
  const elsewhere = env.remoteName !== undefined || env.uiKind === UIKind.Web || (await inContainer(realPath));
  const browser: QuickPickItem & { readonly method: SignInMethod } = {
    method: 'browser',
    label: l10n.t('Browser'),
    description: elsewhere
      ? l10n.t('only where the browser runs on the machine of Codex')
      : l10n.t('the browser of this machine'),
  };
  const code: QuickPickItem & { readonly method: SignInMethod } = {
    method: 'device-code',
    label: l10n.t('Device code'),
    description: l10n.t('a code to enter in any browser'),
  };
  const picked = await window.showQuickPick(elsewhere ? [code, browser] : [browser, code], {
    title: l10n.t('Sign in to Codex with ChatGPT'),
    placeHolder: l10n.t('Codex keeps the login; it takes the place of the one that Codex has'),
  });
  return picked?.method;
}

async function inContainer(realPath: HostContext['realPath']): Promise<boolean> {
  const there = containerMarks.map((path) =>
    realPath(path).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(there)).includes(true);
}
