import type { QuickPickItem } from 'vscode';
import { ConfigurationTarget, l10n, QuickPickItemKind, window, workspace } from 'vscode';
import type { SandboxMode } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import type { SandboxChoice, SandboxRow } from '../sandbox-modes.ts';
import { permissionsOf, sandboxChoice } from '../sandbox-modes.ts';
import { pickPolicy } from '../thread-options/index.ts';

type RowItem = QuickPickItem & { readonly row?: SandboxRow };

/** Lets the user choose the sandbox of native turns on this machine, and says what the lane can't do. */
export async function pickSandbox(ctx: HostContext): Promise<void> {
  const { selectedBackendId: selected, capabilities } = ctx.status.current().document.providers.codex;
  const current = ctx.settings.get().nativeSandbox;
  const { interactive } = capabilities;
  const { apiTools } = ctx.settings.get();
  const thread = ctx.session.thread();
  if (selected !== 'codex-native' && apiTools && thread !== null) return pickPolicy(ctx, thread.threadId);
  const standing = { selected, interactive, mode: current, running: ctx.session.activity().running };
  const choice = sandboxChoice(standing, l10n.t);
  if (choice === null) {
    void window.showInformationMessage(permissionsOf({ ...standing, tools: null }, l10n.t).sandbox.tooltip);
    return;
  }
  const row = await chosenRow(choice, current);
  if (row === null) return;
  const { mode, tooltip } = row;
  if (mode === null) void window.showInformationMessage(tooltip);
  else if (mode !== current && (await isMeant(mode))) await choose(ctx, mode);
}

/** The mode in effect is the one that the list opens at, so that Enter alone changes nothing. */
async function chosenRow(choice: SandboxChoice, current: SandboxMode): Promise<SandboxRow | null> {
  const picker = window.createQuickPick<RowItem>();
  try {
    picker.title = l10n.t('Sandbox and Approvals');
    picker.placeholder = choice.placeholder;
    picker.matchOnDetail = true;
    const modes = choice.modes.map(itemOf);
    picker.items = [
      separator(l10n.t('Sandbox')),
      ...modes,
      separator(l10n.t('Approvals')),
      ...choice.approvals.map(itemOf),
    ];
    picker.activeItems = modes.filter(({ row }) => row?.mode === current);
    return await new Promise((resolve) => {
      picker.onDidAccept(() => {
        resolve(picker.selectedItems[0]?.row ?? null);
        picker.hide();
      });
      picker.onDidHide(() => resolve(null));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}

/** Without a sandbox nothing holds a command back: that is never one click, and not what Enter chooses. */
async function isMeant(mode: SandboxMode): Promise<boolean> {
  if (mode !== 'danger-full-access') return true;
  const no = l10n.t('Keep the Sandbox');
  const yes = l10n.t('Use Full Access');
  const detail = l10n.t(
    'Commands of Codex native turns may then do all that you may do on this machine: change and delete your files and use the network, and nobody is asked. It holds in every folder until you choose another sandbox.',
  );
  const title = l10n.t('Run the commands of Codex without a sandbox?');
  return (await window.showWarningMessage(title, { modal: true, detail }, no, yes)) === yes;
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
