import type { QuickPickItem } from 'vscode';
import { ConfigurationTarget, l10n, window, workspace as windowWorkspace } from 'vscode';
import type { HostContext } from '../context.ts';
import { mayRun } from '../trust/index.ts';
import type { CandidateRow } from './candidate-rows.ts';
import { candidateRow } from './candidate-rows.ts';

type Choice = CandidateRow | 'file' | 'search';
type Item = QuickPickItem & { readonly choice: Choice };

/** Lets the user say which Codex program runs, on this machine, for all windows. */
export async function pickBinary(ctx: HostContext): Promise<void> {
  if (!mayRun(ctx.workspace)) return;
  const choice = await choose(ctx);
  if (choice === undefined) return;
  if (choice === 'search') return usePath(ctx, undefined);
  if (choice === 'file') {
    const path = await chooseFile();
    return path === undefined ? undefined : usePath(ctx, path);
  }
  if (choice.refusal === null) return usePath(ctx, choice.path);
  const again = l10n.t('Choose Another');
  if ((await window.showWarningMessage(choice.refusal, again)) === again) await pickBinary(ctx);
}

async function choose({ core, settings, status, log }: HostContext): Promise<Choice | undefined> {
  const picker = window.createQuickPick<Item>();
  picker.title = l10n.t('Use This Binary');
  picker.placeholder = l10n.t('Every place where Codex was looked for, in order; the first that works is used');
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  const file = l10n.t('Choose a file…');
  const ways: Item[] = [{ choice: 'file', label: `$(folder-opened) ${file}` }];
  if (settings.get().codexPath !== null) {
    const search = l10n.t('Search the usual places');
    ways.push({ choice: 'search', label: `$(search) ${search}` });
  }
  picker.items = ways;
  picker.busy = true;
  const chosen = new Promise<Choice | undefined>((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.choice);
      picker.hide();
    });
    picker.onDidHide(() => resolve(undefined));
  });
  picker.show();
  const fill = async () => {
    const { runtime } = await core.get();
    const candidates = await runtime.candidates();
    const { binary } = status.current().inputs.native;
    const inUse = binary.kind === 'found' ? binary.identity.path : null;
    const rows = candidates.map((candidate) => candidateRow(candidate, inUse, l10n.t));
    const used = candidates.find(({ outcome }) => outcome.kind === 'usable' && outcome.identity.path === inUse)?.path;
    const items = rows.map((row) => ({ ...row, choice: row }));
    picker.items = [...items, ...ways];
    const usable = items.find(({ path }) => path === used) ?? items.find(({ refusal }) => refusal === null);
    if (usable !== undefined) picker.activeItems = [usable];
  };
  fill()
    .catch((error: unknown) => {
      log.error('The places of Codex were not looked at', error);
      picker.placeholder = l10n.t('The usual places could not be looked at; see the log');
    })
    .finally(() => {
      picker.busy = false;
    });
  try {
    return await chosen;
  } finally {
    picker.dispose();
  }
}

async function chooseFile(): Promise<string | undefined> {
  const [file] =
    (await window.showOpenDialog({
      title: l10n.t('The Codex program'),
      openLabel: l10n.t('Use This Binary'),
      canSelectMany: false,
    })) ?? [];
  return file?.fsPath;
}

/** `undefined` takes the setting back. A path that does not work is kept and said: nothing else is tried beside it. */
async function usePath({ status, log }: HostContext, path: string | undefined): Promise<void> {
  await windowWorkspace.getConfiguration('codexLanes').update('codex.path', path, ConfigurationTarget.Global);
  log.info(`The user set codexLanes.codex.path to ${path ?? 'its default'}`);
  const { binary } = (await status.refresh()).inputs.native;
  if (binary.kind === 'found') {
    const { version, path: program } = binary.identity;
    void window.showInformationMessage(l10n.t('{0} is used: {1}', version, program));
  } else if (binary.kind === 'missing') {
    void window.showWarningMessage(binary.detail);
  }
}
