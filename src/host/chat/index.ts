import { window } from 'vscode';
import type { HostContext } from '../context.ts';
import { ChatView, viewId } from './chat-view.ts';
import { registerOutputs } from './editor-text.ts';
import { registerBefore } from './open-change.ts';

/** The chat in the side bar. Its page lives as long as it is seen; everything it shows comes again from here. */
export function register(ctx: HostContext): void {
  registerBefore(ctx);
  const provider = window.registerWebviewViewProvider(viewId, {
    resolveWebviewView: (view) => {
      const chat = new ChatView(ctx, view);
      view.onDidDispose(() => chat.dispose());
    },
  });
  ctx.extension.subscriptions.push(provider, registerOutputs());
}
