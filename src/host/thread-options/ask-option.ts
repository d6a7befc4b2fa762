import type { QuickPickItem } from 'vscode';
import { commands, l10n, window } from 'vscode';
import type { ThreadOptions, ToolPolicy } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { isName } from '../given-options.ts';
import { isProfileName, profileRule } from '../profile-name.ts';
import { policyRows } from '../tool-policies.ts';
import { modelOf, offersOf } from './model-offers.ts';
import type { OptionId, ValueRow } from './option-rows.ts';
import { effortRows, modelRows, profileRows } from './option-rows.ts';

/** Asks for one option. What comes back is what changes; null = the user changed nothing. */
export async function askOption(
  ctx: HostContext,
  id: OptionId,
  options: ThreadOptions,
): Promise<Partial<ThreadOptions> | null> {
  const { core, status } = ctx;
  if (typeof id === 'object') return { addDirs: options.addDirs.filter((path) => path !== id.removeFolder) };
  switch (id) {
    case 'model': {
      const { inputs } = status.current();
      const { models } = inputs.selected === 'codex-native' ? inputs.native : inputs.api;
      const offers = offersOf(ctx);
      const rowsOf = (told: Awaited<typeof offers>) =>
        modelRows(told.length > 0 ? told : models, options.model, l10n.t);
      const rows = offers instanceof Promise ? offers.then(rowsOf) : rowsOf(offers);
      const model = await pickValue(l10n.t('Model'), rows, options.model);
      return model === undefined ? null : { model };
    }
    case 'effort': {
      const offers = offersOf(ctx);
      const model = modelOf(ctx, options);
      const rowsOf = (all: Awaited<typeof offers>) =>
        effortRows(options.effort, { all, offer: all.find((each) => each.id === model) ?? null }, l10n.t);
      const rows = offers instanceof Promise ? offers.then(rowsOf) : rowsOf(offers);
      const effort = await pickValue(l10n.t('Reasoning effort'), rows, options.effort);
      return effort === undefined ? null : { effort };
    }
    case 'profile': {
      const { runtime } = await core.get();
      const rows = profileRows(await runtime.profiles(), options.profile, l10n.t);
      const profile = await pickValue(l10n.t('Profile'), rows, options.profile, {
        rule: l10n.t('It must be {0}', profileRule(l10n.t)),
        fits: isProfileName,
      });
      return profile === undefined ? null : { profile };
    }
    case 'add-folder': {
      const folders = await window.showOpenDialog({
        title: l10n.t('A folder that Codex may write in'),
        openLabel: l10n.t('Add Folder'),
        canSelectFiles: false,
        canSelectFolders: true,
        canSelectMany: true,
      });
      if (folders === undefined) return null;
      return { addDirs: [...new Set([...options.addDirs, ...folders.map(({ fsPath }) => fsPath)])] };
    }
    case 'configured-folders':
      await commands.executeCommand('workbench.action.openSettings', 'codexLanes.native.addDirs');
      return null;
    case 'output-schema':
      return askSchema(options.outputSchema);
    case 'ephemeral':
      return askEphemeral();
    case 'worktree':
      return { worktree: !options.worktree };
    case 'policy':
      return askPolicy(options.policy, ctx.settings.get().apiPolicy);
  }
}

/** The menu closed just before, and the focus that it gives back must not close what comes after it. */
const afterMenu = { ignoreFocusOut: true };

type ValueItem = QuickPickItem & Pick<ValueRow, 'value'>;

/** `undefined` = nothing was chosen. */
async function pickValue(
  title: string,
  rows: readonly ValueRow[] | Promise<readonly ValueRow[]>,
  current: string | null,
  { fits, rule } = { fits: (text: string) => isName(text), rule: l10n.t('A name on one line is needed') },
): Promise<string | null | undefined> {
  const itemsOf = (all: readonly ValueRow[]): ValueItem[] => all.map((row) => ({ ...row }));
  // The list is there at once, and says itself that it waits.
  const items = rows instanceof Promise ? rows.then(itemsOf) : itemsOf(rows);
  const chosen = await window.showQuickPick(items, {
    ...afterMenu,
    title,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen === undefined) return undefined;
  if (chosen.value === null || typeof chosen.value === 'string') return chosen.value;
  const typed = await window.showInputBox({
    title,
    value: current ?? '',
    ignoreFocusOut: true,
    validateInput: (text) => (fits(text.trim()) ? null : rule),
  });
  return typed?.trim();
}

async function askSchema(current: string | null): Promise<Partial<ThreadOptions> | null> {
  const schemaFile = l10n.t('A JSON Schema…');
  const free = { file: false, label: l10n.t('Free'), description: current === null ? l10n.t('in effect') : '' };
  const file = {
    file: true,
    label: `$(folder-opened) ${schemaFile}`,
    description: current ?? '',
    detail: l10n.t('The final answer of each turn is JSON that fits it'),
  };
  const chosen = await window.showQuickPick([free, file], { ...afterMenu, title: l10n.t('Form of the answer') });
  if (chosen === undefined) return null;
  if (!chosen.file) return { outputSchema: null };
  const [schema] =
    (await window.showOpenDialog({
      title: l10n.t('JSON Schema of the answer'),
      openLabel: l10n.t('Use This Schema'),
      canSelectMany: false,
      filters: { JSON: ['json'] },
    })) ?? [];
  return schema === undefined ? null : { outputSchema: schema.fsPath };
}

async function askEphemeral(): Promise<Partial<ThreadOptions> | null> {
  const items: readonly (QuickPickItem & { readonly ephemeral: boolean | null })[] = [
    { ephemeral: null, label: l10n.t('As configured') },
    {
      ephemeral: false,
      label: l10n.t('Keeps the thread'),
      detail: l10n.t('Codex remembers it: it can be continued and forked, also after a reload'),
    },
    {
      ephemeral: true,
      label: l10n.t('Keeps nothing'),
      detail: l10n.t('Codex forgets each turn; the chat’s own transcript stays'),
    },
  ];
  const chosen = await window.showQuickPick(items, { ...afterMenu, title: l10n.t('What Codex keeps') });
  return chosen === undefined ? null : { ephemeral: chosen.ephemeral };
}

async function askPolicy(own: ToolPolicy | null, configured: ToolPolicy): Promise<Partial<ThreadOptions> | null> {
  const items = policyRows(own, configured, l10n.t).map(({ icon, label, description, tooltip, policy }) => ({
    ...{ label: `$(${icon}) ${label}`, description, detail: tooltip, policy },
  }));
  const title = l10n.t('What the Model May Do Unasked');
  const placeHolder = l10n.t('Holds for this thread from its next turn on');
  const chosen = await window.showQuickPick(items, { ...afterMenu, title, placeHolder, matchOnDetail: true });
  return chosen === undefined ? null : { policy: chosen.policy };
}
