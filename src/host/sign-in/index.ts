import type { Progress } from 'vscode';
import { l10n, ProgressLocation, window } from 'vscode';
import type { SignInEnd, SignInMethod, SignInStep } from '../../model/index.ts';
import { runAction } from '../actions/index.ts';
import type { HostContext } from '../context.ts';
import { mayRun } from '../trust/index.ts';
import { offerStep } from './offer-step.ts';
import { pickMethod } from './pick-method.ts';

let signingIn = false;

/** Signs Codex in to ChatGPT, in the way that the user picks. Nothing is opened before the user says so. */
export async function signIn(ctx: HostContext): Promise<void> {
  if (!mayRun(ctx.workspace)) return;
  if (signingIn) {
    void window.showInformationMessage(l10n.t('A sign-in to Codex is under way already.'));
    return;
  }
  signingIn = true;
  try {
    const method = await pickMethod(ctx);
    if (method !== undefined) await tell(ctx, await runSignIn(ctx, method));
  } finally {
    signingIn = false;
  }
}

async function runSignIn({ extension, core, log }: HostContext, method: SignInMethod): Promise<SignInEnd> {
  const { runtime } = await core.get();
  log.info(`Signing in to Codex: ${method}`);
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t('Signing in to Codex'),
    cancellable: true,
  };
  return window.withProgress(options, async (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    // A window that closes takes the sign-in with it.
    extension.subscriptions.push({ dispose: () => stop.abort() });
    const over = new AbortController();
    const onStep = (step: SignInStep): void => {
      waiting(progress, step);
      offerStep(step, over.signal).catch((error: unknown) => log.error('The sign-in page was not opened', error));
    };
    try {
      return await runtime.signIn(method, onStep, stop.signal);
    } finally {
      over.abort();
    }
  });
}

/** Stays in sight until the end, whatever becomes of the message with the buttons. */
function waiting(progress: Progress<{ readonly message: string }>, step: SignInStep): void {
  const { host } = new URL(step.url);
  const message =
    step.kind === 'enter-code'
      ? l10n.t('waits for the code {0} at {1}', step.code, host)
      : l10n.t('waits for the browser at {0}', host);
  progress.report({ message });
}

async function tell({ log }: HostContext, end: SignInEnd): Promise<void> {
  switch (end.kind) {
    case 'signed-in':
      void window.showInformationMessage(l10n.t('Codex is signed in to ChatGPT, and keeps the login.'));
      return;
    case 'cancelled':
      void window.showInformationMessage(l10n.t('Codex was not signed in: cancelled.'));
      return;
    case 'failed': {
      log.error(`Codex was not signed in: ${end.message}`);
      const showLog = l10n.t('Show Log');
      const text = l10n.t('Codex was not signed in. {0}', [end.message, end.hint ?? ''].join(' ').trimEnd());
      // Not waited for: the next sign-in may begin while the message stands.
      void window.showWarningMessage(text, showLog).then(async (clicked) => {
        if (clicked === showLog) await runAction('showLog', log);
      });
    }
  }
}
