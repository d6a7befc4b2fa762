import type { Disposable, WebviewPanel } from 'vscode';
import { commands, l10n, TabInputWebview, Uri, ViewColumn, window } from 'vscode';
import type { ThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { ChatView } from './chat-view.ts';
import { atMostNowAndThen, recreateTab } from './recreate.ts';
import { newTabId, readSavedTab } from './saved-tab.ts';
import { followTitle, tabTitle } from './tab-title.ts';
import { tabType } from './view-id.ts';

/** Where a tab opens: in the group that is used, in the one beside it, or in a window of its own. */
type Where = 'active' | 'beside' | 'window';

/** How long the editor may take to open a tab before it is not moved any more, in milliseconds. */
const openLimitMs = 5_000;

/** Tabs come back when the window does, with their thread, draft and place. */
export function registerTabs(ctx: HostContext): Disposable {
  return window.registerWebviewPanelSerializer(tabType, {
    deserializeWebviewPanel: async (panel: WebviewPanel, state: unknown) => {
      const saved = readSavedTab(state);
      // A copy of a tab that is open is a tab of its own.
      const id = saved.id !== null && !ctx.chats.has(saved.id) ? saved.id : newTabId();
      fill(ctx, panel, id, saved.threadId);
    },
  });
}

/**
 * Opens a chat in a tab, with a new thread or with `threadId`. A thread is in one chat at a time: one that a tab shows
 * already is brought into sight there, and one that the side bar shows moves.
 */
export async function openTab(ctx: HostContext, where: Where, threadId: ThreadId | null): Promise<void> {
  const { chats, log } = ctx;
  const shown = threadId === null ? null : chats.showing(threadId);
  if (shown !== null && shown !== chats.sideBar) {
    chats.use(shown);
    await shown.reveal();
    return;
  }
  if (shown !== null) await shown.startNew();
  const opened = where === 'window' ? tabOpened() : null;
  const column = where === 'beside' ? ViewColumn.Beside : ViewColumn.Active;
  const panel = window.createWebviewPanel(tabType, l10n.t('New thread'), column, {});
  fill(ctx, panel, newTabId(), threadId);
  // The editor moves the tab that is active.
  if (opened === null) return;
  if (await opened) await commands.executeCommand('workbench.action.moveEditorToNewWindow');
  else log.warn('A tab did not open in time to be moved into a window of its own');
}

/** Moves the thread that the chat shows into a tab. One that has not begun stays, with its draft. */
export async function openShownInTab(ctx: HostContext): Promise<void> {
  const { thread } = await ctx.session.open();
  await openTab(ctx, 'active', thread.begun ? thread.threadId : null);
}

function fill(ctx: HostContext, panel: WebviewPanel, id: string, threadId: string | null): void {
  const { chats, extension, core, log } = ctx;
  const reveal = async () => panel.reveal();
  const session = chats.add(id, reveal, threadId === null ? null : { threadId, cwd: null });
  const icon = (name: string) => Uri.joinPath(extension.extensionUri, 'media', name);
  panel.iconPath = { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') };
  const looks = (call: () => void) => [panel.onDidChangeViewState(call), window.onDidChangeWindowState(call)];
  const recreate = atMostNowAndThen(() => recreateTab(panel));
  const chat = new ChatView(
    { ...ctx, session },
    { id, place: 'tab', webview: panel.webview, visible: () => panel.visible, recreate, looks },
  );
  if (panel.active) chats.use(session);
  panel.onDidChangeViewState(() => {
    if (panel.active) chats.use(session);
  });
  let title = '';
  const endTitle = followTitle({ core, session, log }, (next) => {
    title = next;
    panel.title = tabTitle(title, session.activity(), l10n.t);
  });
  panel.onDidDispose(() => {
    endTitle();
    chat.dispose();
    const thread = session.thread();
    const { running } = session.activity();
    chats.remove(session);
    if (thread === null || !running) return;
    sayItGoesOn(ctx, thread.threadId, title).catch((error: unknown) => log.error('A closed tab was not told', error));
  });
}

/** A tab that is closed ends nothing, and that is said while something runs. */
async function sayItGoesOn({ chats, core }: HostContext, threadId: ThreadId, title: string): Promise<void> {
  const show = l10n.t('Show Thread');
  const stop = l10n.t('Stop Turn');
  const name = title.trim() || l10n.t('New thread');
  const text = l10n.t('The turn in “{0}” goes on without its tab.', name);
  const clicked = await window.showInformationMessage(text, show, stop);
  if (clicked === show) await chats.bring(threadId);
  else if (clicked === stop) await (await core.get()).threads.stop(threadId);
}

/** Resolves when the editor has opened a tab of ours; false = it did not. */
function tabOpened(): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (opened: boolean) => {
      clearTimeout(timer);
      listener.dispose();
      resolve(opened);
    };
    const timer = setTimeout(() => end(false), openLimitMs);
    const listener = window.tabGroups.onDidChangeTabs(({ opened }) => {
      if (opened.some(({ input }) => input instanceof TabInputWebview && input.viewType.endsWith(tabType))) end(true);
    });
  });
}
