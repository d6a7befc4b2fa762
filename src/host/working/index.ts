import { l10n, MarkdownString, StatusBarAlignment, window } from 'vscode';
import type { HostContext } from '../context.ts';
import type { RunningThread } from '../running/index.ts';
import { workingText } from '../running/index.ts';
import { isFolderGone } from '../thread-folder.ts';

/**
 * Says in the status bar that a turn runs, and what closing the window would do to it: the editor asks no extension
 * before it closes or reloads a window, so it is said before.
 */
export function register(ctx: HostContext): void {
  const { extension, running, workspace, log } = ctx;
  const item = window.createStatusBarItem('codexLanes.running', StatusBarAlignment.Right, 101);
  item.name = l10n.t('Codex at work');
  const draw = () => {
    const threads = running.current();
    if (threads.length === 0) {
      item.hide();
      return;
    }
    const text = workingText(threads.length);
    item.text = `$(loading~spin) ${text}`;
    const [only, ...others] = threads;
    item.command = {
      command: 'codexLanes.openThread',
      title: text,
      ...(only === undefined || others.length > 0 ? {} : { arguments: [only.threadId] }),
    };
    const lines = [...threads.map(nameOf), closingText()];
    item.tooltip = new MarkdownString().appendText(lines.join('\n\n'));
    item.accessibilityInformation = { label: [text, ...lines].join(', '), role: 'button' };
    item.show();
  };
  /** Threads whose folder was missed already, so that each is told once. */
  const told = new Set<string>();
  const missFolders = () => {
    const folders = workspace.folders();
    for (const thread of running.current()) {
      if (!isFolderGone(thread.cwd, folders)) told.delete(thread.threadId);
      else if (!told.has(thread.threadId)) {
        told.add(thread.threadId);
        sayFolderGone(ctx, thread).catch((error: unknown) => log.error('A missing folder was not told', error));
      }
    }
  };
  draw();
  extension.subscriptions.push(item, { dispose: running.onChange(draw) }, { dispose: workspace.onChange(missFolders) });
}

function closingText(): string {
  return l10n.t('Closing or reloading this window ends it; what Codex native keeps can be continued.');
}

/** A thread by its title, or as one that has none yet. */
function nameOf({ title }: RunningThread): string {
  return title === '' ? l10n.t('New thread') : title;
}

/** A turn keeps the folder that it began with: it goes on, and the next prompt is refused. */
async function sayFolderGone({ core, chats }: HostContext, thread: RunningThread): Promise<void> {
  const show = l10n.t('Show Thread');
  const stop = l10n.t('Stop Turn');
  const text = l10n.t(
    'Codex still works in {0}, which is no longer open in this window (thread “{1}”). The turn goes on there; the next prompt of the thread needs the folder again.',
    thread.cwd ?? '',
    nameOf(thread),
  );
  const clicked = await window.showWarningMessage(text, show, stop);
  if (clicked === show) {
    await chats.bring(thread.threadId);
  } else if (clicked === stop) {
    await (await core.get()).threads.stop(thread.threadId);
  }
}
