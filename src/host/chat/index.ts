import { window } from 'vscode';
import type { HostContext } from '../context.ts';
import { ChatView } from './chat-view.ts';
import { registerOutputs } from './editor-text.ts';
import { registerBefore } from './open-change.ts';
import { atMostNowAndThen, recreateView } from './recreate.ts';
import { registerTabs } from './tabs.ts';
import { viewId } from './view-id.ts';

export { openShownInTab, openTab } from './tabs.ts';
export { viewId } from './view-id.ts';

/** The chat in the side bar and those in tabs. A page lives as long as it is seen; everything it shows comes again from here. */
export function register(ctx: HostContext): void {
  registerBefore(ctx);
  const recreate = atMostNowAndThen(recreateView);
  const provider = window.registerWebviewViewProvider(viewId, {
    resolveWebviewView: (view) => {
      const looks = (call: () => void) => [view.onDidChangeVisibility(call), window.onDidChangeWindowState(call)];
      const chat = new ChatView(
        { ...ctx, session: ctx.chats.sideBar },
        { id: viewId, place: 'side-bar', webview: view.webview, visible: () => view.visible, recreate, looks },
      );
      view.onDidDispose(() => chat.dispose());
    },
  });
  ctx.extension.subscriptions.push(provider, registerOutputs(), registerTabs(ctx));
}
