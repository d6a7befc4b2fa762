import type { QuickPickItem } from 'vscode';
import { ConfigurationTarget, l10n, QuickPickItemKind, window, workspace } from 'vscode';
import type { SandboxMode } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import type { SandboxRow } from '../sandbox-modes.ts';
import { permissionsOf, sandboxChoice } from '../sandbox-modes.ts';

type RowItem = QuickPickItem & { readonly row?: SandboxRow };

/** Lets the user choose the sandbox of native turns on this machine, and says what the lane can't do. */
export async function pickSandbox(ctx: HostContext): Promise<void> {
  const selected = ctx.status.current().document.providers.codex.selectedBackendId;
  const current = ctx.settings.get().nativeSandbox;
  const standing = { selected, mode: current, running: ctx.session.activity().running };
  const choice = sandboxChoice(standing, l10n.t);
  if (choice === null) {
    void window.showInformationMessage(permissionsOf(standing, l10n.t).sandbox.tooltip);
    return;
  }
  const items: readonly RowItem[] = [
    separator(l10n.t('Sandbox')),
    ...choice.modes.map(itemOf),
    separator(l10n.t('Approvals')),
    ...choice.approvals.map(itemOf),
  ];
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Sandbox and Approvals'),
    placeHolder: choice.placeholder,
    matchOnDetail: true,
  });
  if (chosen?.row === undefined) return;
  const { mode, tooltip } = chosen.row;
  if (mode === null) void window.showInformationMessage(tooltip);
  else if (mode !== current && (await isMeant(mode))) await choose(ctx, mode);
}

/** Without a sandbox nothing holds a command back: that is never one click. */
async function isMeant(mode: SandboxMode): Promise<boolean> {
  if (mode !== 'danger-full-access') return true;
  const yes = l10n.t('Use Full Access');
  const detail = l10n.t(
    'Commands of Codex native turns may then do all that you may do on this machine: change and delete your files and use the network, and nobody is asked. It holds in every folder until you choose another sandbox.',
  );
  const title = l10n.t('Run the commands of Codex without a sandbox?');
  return (await window.showWarningMessage(title, { modal: true, detail }, yes)) === yes;
}

async function choose({ log, session }: HostContext, mode: SandboxMode): Promise<void> {
  try {
    await workspace.getConfiguration('codexLanes').update('native.sandbox', mode, ConfigurationTarget.Global);
    log.info(`The sandbox of native turns is ${mode}`);
  } catch (error) {
    log.error('The sandbox was not changed', error);
    void window.showErrorMessage(l10n.t('The sandbox was not changed: {0}', messageOf(error)));
    return;
  }
  if (!session.activity().running) return;
  void window.showInformationMessage(
    l10n.t('A change takes effect at the next turn; the one that runs keeps what it began with.'),
  );
}

function separator(label: string): RowItem {
  return { label, kind: QuickPickItemKind.Separator };
}

function itemOf(row: SandboxRow): RowItem {
  return { row, label: `$(${row.icon}) ${row.label}`, description: row.description, detail: row.tooltip };
}
