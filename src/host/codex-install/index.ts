import { l10n, ProgressLocation, window } from 'vscode';
import type { InstallOutcome, InstallProgress } from '../../model/index.ts';
import { runAction } from '../actions/index.ts';
import type { HostContext } from '../context.ts';
import { mayRun } from '../trust/index.ts';

let installing = false;

/** Installs the tested Codex into a folder of our own, when the user says so. */
export async function installCodex(ctx: HostContext): Promise<void> {
  if (!mayRun(ctx.workspace)) return;
  if (installing) {
    void window.showInformationMessage(l10n.t('Codex is being installed already.'));
    return;
  }
  installing = true;
  try {
    const outcome = await askAndInstall(ctx);
    if (outcome !== null) await tell(ctx, outcome);
  } finally {
    installing = false;
  }
}

async function askAndInstall({ extension, core, log }: HostContext): Promise<InstallOutcome | null> {
  const { runtime } = await core.get();
  const { packageName, version, folder, megabytes } = runtime.installPlan();
  const install = l10n.t('Install');
  const detail = [
    l10n.t(
      'npm installs {0} {1}, the version that this extension was tested with, into {2}.',
      packageName,
      version,
      folder,
    ),
    l10n.t('It needs the network and about {0} MB on disk. Nothing else on this machine changes.', megabytes),
  ].join('\n\n');
  const title = l10n.t('Install the Codex CLI?');
  if ((await window.showInformationMessage(title, { modal: true, detail }, install)) !== install) return null;
  log.info(`Installing ${packageName} ${version}`);
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t('Installing Codex {0}', version),
    cancellable: true,
  };
  return window.withProgress(options, (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    // A window that closes takes the installation with it.
    extension.subscriptions.push({ dispose: () => stop.abort() });
    return runtime.install((step) => progress.report({ message: stepWords(step) }), stop.signal);
  });
}

async function tell(ctx: HostContext, outcome: InstallOutcome): Promise<void> {
  switch (outcome.kind) {
    case 'cancelled':
      void window.showInformationMessage(l10n.t('Codex was not installed: cancelled.'));
      return;
    case 'failed':
      ctx.log.error(`Codex was not installed: ${outcome.why}`);
      void offer(
        ctx,
        l10n.t('Codex was not installed. {0} {1}', sentence(outcome.why), sentence(outcome.hint)),
        'showLog',
        l10n.t('Show Log'),
      );
      return;
    case 'installed': {
      const { inputs } = await ctx.status.refresh();
      const { binary } = inputs.native;
      const { version, path } = outcome.identity;
      const used = binary.kind === 'found' ? binary.identity.path : null;
      if (used !== path) {
        // An input that comes first names another path: silence would look like a failed installation.
        const text =
          used === null
            ? l10n.t('{0} is installed and not used: another path is named, which does not work.', version)
            : l10n.t('{0} is installed, and {1} is used: it comes first.', version, used);
        void offer(ctx, text, 'useBinary', l10n.t('Use This Binary…'));
      } else {
        void window.showInformationMessage(l10n.t('{0} is installed.', version));
      }
    }
  }
}

async function offer(
  { log }: HostContext,
  text: string,
  action: 'showLog' | 'useBinary',
  button: string,
): Promise<void> {
  if ((await window.showWarningMessage(text, button)) === button) await runAction(action, log);
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function stepWords({ step, detail }: InstallProgress): string {
  switch (step) {
    case 'checking-npm':
      return l10n.t('looking for npm');
    case 'installing':
      return l10n.t('npm says: {0}', detail);
    case 'verifying':
      return l10n.t('asking the program for its version');
  }
}
