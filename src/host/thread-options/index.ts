import type { QuickPickItem } from 'vscode';
import { l10n, QuickPickItemKind, window } from 'vscode';
import type { ModelOffer, ThreadId, ThreadOptions, ThreadView } from '../../model/index.ts';
import { lacksEffort } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { givenOptions } from '../given-options.ts';
import { askOption } from './ask-option.ts';
import { knownOffers, modelOf } from './model-offers.ts';
import type { OptionId, OptionRow } from './option-rows.ts';
import { optionRows } from './option-rows.ts';

/**
 * Lets the user choose what holds for one thread from its next turn on, one option after the other until the menu is left.
 * `given`: options that a key binding brings along, which are taken without a question.
 */
export async function pickOptions(ctx: HostContext, threadId: ThreadId, given?: unknown): Promise<void> {
  const { threads } = await ctx.core.get();
  if (given !== undefined) {
    const options = givenOptions(given);
    if (options === null)
      void window.showErrorMessage(l10n.t('These are no options of a thread; nothing was changed.'));
    else await change(ctx, await threads.view(threadId), options);
    return;
  }
  for (let again = false; ; again = true) {
    const view = await threads.view(threadId);
    const id = await chooseOption(ctx, view, again);
    if (id === undefined) return;
    const changed = await askOption(ctx, id, view.options);
    // Left without a choice: back to the menu, as it was.
    if (changed !== null) await change(ctx, view, changed);
  }
}

/** The policy of the API lane's tools alone, as the composer's button asks for it. */
export async function pickPolicy(ctx: HostContext, threadId: ThreadId): Promise<void> {
  const { threads } = await ctx.core.get();
  const view = await threads.view(threadId);
  const changed = await askOption(ctx, 'policy', view.options);
  if (changed !== null) await change(ctx, view, changed);
}

async function change(ctx: HostContext, view: ThreadView, options: Partial<ThreadOptions>): Promise<void> {
  const { core, session, log } = ctx;
  const { threads } = await core.get();
  const next = { ...view.options, ...options };
  const set = await threads.setOptions(view.threadId, next);
  if (!set.ok) {
    // Not waited for: a message stays until it is closed, and the menu would come back whenever that is.
    void window.showErrorMessage(set.message);
    return;
  }
  if ('model' in options || 'effort' in options) sayOfEffort(ctx, next);
  log.info(`Options of thread ${view.threadId} changed: ${Object.keys(options).join(', ')}`);
  // Of a thread that has not begun nothing is written, so no event tells of it.
  if (view.seq === 0) await session.optionsChanged(view.threadId, next);
}

/** What the user chose holds all the same: a model may take more than it lists. */
function sayOfEffort(ctx: HostContext, options: ThreadOptions): void {
  const effort = options.effort ?? ctx.settings.get().nativeEffort;
  const offer = offerFor(ctx, options);
  if (offer === null || effort === null || !lacksEffort(offer, effort)) return;
  const listed = offer.efforts.map((own) => own.effort).join(', ');
  const words = l10n.t(
    '{0} does not list the reasoning effort {1}: Codex may use another. It lists {2}.',
    offer.label,
    effort,
    listed,
  );
  void window.showWarningMessage(words);
}

function offerFor(ctx: HostContext, options: ThreadOptions): ModelOffer | null {
  const model = modelOf(ctx, options);
  return knownOffers(ctx).find(({ id }) => id === model) ?? null;
}

type OptionItem = QuickPickItem & { readonly id?: OptionId };

/**
 * `again`: a list was there just before. As that closes, the editor gives the focus back to where it was, and into a page
 * it comes late: a list that is shown by then would lose it and be gone.
 */
async function chooseOption(ctx: HostContext, view: ThreadView, again: boolean): Promise<OptionId | undefined> {
  const { settings, status } = ctx;
  const rows = optionRows({
    options: view.options,
    settings: settings.get(),
    native: status.current().inputs.selected === 'codex-native',
    begun: view.native.id !== null || view.native.forkOf !== null,
    offer: offerFor(ctx, view.options),
    t: l10n.t,
  });
  const chosen = await window.showQuickPick(rows.map(itemOf), {
    title: l10n.t('Thread Options'),
    placeHolder: l10n.t('What you change holds from the next turn of this thread on'),
    matchOnDescription: true,
    ignoreFocusOut: again,
  });
  return chosen?.id;
}

function itemOf(row: OptionRow): OptionItem {
  if (row.kind === 'group') return { label: row.label, kind: QuickPickItemKind.Separator };
  const { kind: _, ...item } = row;
  return item;
}
