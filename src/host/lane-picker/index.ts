import type { QuickPickItem } from 'vscode';
import { l10n, window } from 'vscode';
import type { LaneSelection } from '../../model/index.ts';
import type { PickerRow } from '../../routing/index.ts';
import { actionOf, laneWords, pickerRows } from '../../routing/index.ts';
import { runAction } from '../actions/index.ts';
import type { HostContext } from '../context.ts';
import { words } from '../words/index.ts';

type LaneItem = QuickPickItem & { readonly row: PickerRow };

/** Lets the user choose the lane of this workspace. A lane that can't be chosen says why when it is picked. */
export async function pickLane(ctx: HostContext): Promise<void> {
  const picker = window.createQuickPick<LaneItem>();
  picker.title = l10n.t('Select Lane');
  picker.placeholder = l10n.t('What runs the next turn');
  picker.matchOnDescription = true;
  const draw = () => {
    const active = picker.activeItems[0]?.row.id;
    picker.items = pickerRows(ctx.status.current()).map(itemOf);
    const kept = picker.items.find(({ row }) => (active === undefined ? row.current : row.id === active));
    if (kept !== undefined) picker.activeItems = [kept];
  };
  draw();
  const stop = ctx.status.onChange(draw);
  // Whoever opens the picker asks how the lanes are; the rows follow as the answers come.
  void ctx.status.refresh();
  try {
    const chosen = await choice(picker);
    if (chosen === undefined) return;
    if (chosen.disabled) void explain(ctx, chosen);
    else await ctx.settings.chooseLane(chosen.id);
  } finally {
    stop();
    picker.dispose();
  }
}

/** Chooses by name. The choice always holds; when the lane can't run as things stand, that is said with what helps. */
export async function useLane(ctx: HostContext, lane: LaneSelection): Promise<void> {
  await ctx.settings.chooseLane(lane);
  if (laneWords(ctx.status.current()).blocked) await ctx.status.refresh();
  const row = pickerRows(ctx.status.current()).find(({ id }) => id === lane);
  if (row !== undefined && laneWords(ctx.status.current()).blocked) void explain(ctx, row);
}

function choice(picker: ReturnType<typeof window.createQuickPick<LaneItem>>): Promise<PickerRow | undefined> {
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.row);
      picker.hide();
    });
    picker.onDidHide(() => resolve(undefined));
    picker.show();
  });
}

async function explain({ log }: HostContext, { label, tooltip, description, actions }: PickerRow): Promise<void> {
  const reasons = [description, tooltip].filter((copy) => copy !== null).map(words);
  const text = [words(label), ...new Set(reasons)].join(': ');
  // What helps most comes first; the last one tells it all.
  const offered = [...new Set([...actions.slice(0, 2), 'explain' as const])];
  const titled = offered.map((id) => ({ id, title: words(actionOf(id).label) }));
  const clicked = await window.showWarningMessage(text, ...titled);
  if (clicked !== undefined) await runAction(clicked.id, log);
}

function itemOf(row: PickerRow): LaneItem {
  const shown = [row.current ? l10n.t('current') : '', ...row.badges.map(words)];
  const state = row.description === null ? '' : words(row.description);
  return {
    row,
    label: `$(${row.icon}) ${words(row.label)}`,
    description: [...shown, state].filter(Boolean).join(' · '),
    detail: words(row.disabled && row.tooltip !== null ? row.tooltip : row.detail),
  };
}
