import type { WebviewPanel } from 'vscode';
import { commands, TabInputText, window, workspace } from 'vscode';

/** A frame that does not come back is not made anew again and again before the user's eyes; in milliseconds. */
const pauseMs = 300_000;

/**
 * When the process of a page is gone, so is the frame that would take another page: the editor makes a new one only for what
 * was out of sight. Answers false where that was tried a short time ago.
 */
export function atMostNowAndThen(make: () => Promise<void>): () => Promise<boolean> {
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - last < pauseMs) return false;
    last = performance.now();
    await make();
    return true;
  };
}

/** Takes the chat out of the side bar and puts it back; it keeps what its page saved. */
export async function recreateView(): Promise<void> {
  await commands.executeCommand('setContext', 'codexLanes.chatLost', true);
  await commands.executeCommand('setContext', 'codexLanes.chatLost', false);
}

/** Covers a tab for a moment. */
export async function recreateTab(panel: WebviewPanel): Promise<void> {
  const { viewColumn } = panel;
  if (viewColumn === undefined) return;
  const cover = await workspace.openTextDocument({ content: '' });
  await window.showTextDocument(cover, { viewColumn, preview: true, preserveFocus: true });
  panel.reveal(viewColumn, true);
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  const isCover = (input: unknown) => input instanceof TabInputText && input.uri.toString() === cover.uri.toString();
  await window.tabGroups.close(
    tabs.filter(({ input }) => isCover(input)),
    true,
  );
}
