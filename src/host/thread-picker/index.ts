import type { QuickPickItem } from 'vscode';
import { commands, env, l10n, QuickPickItemKind, ThemeIcon, window } from 'vscode';
import { Disposables } from '../../base/index.ts';
import type { ThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import type { ThreadRow } from './thread-rows.ts';
import { threadRows } from './thread-rows.ts';

type ThreadItem = QuickPickItem & { readonly threadId?: ThreadId };

/** Shows a thread in the chat; without an id the user chooses one. */
export async function openThread(ctx: HostContext, threadId?: ThreadId): Promise<void> {
  const chosen = threadId ?? (await chooseThread(ctx));
  if (chosen === undefined) return;
  await ctx.chats.bring(chosen, ctx.session);
}

/** The list follows what the threads do while it is open. */
async function chooseThread({ chats, session, workspace, running, log }: HostContext): Promise<ThreadId | undefined> {
  const { app } = await session.open();
  const picker = window.createQuickPick<ThreadItem>();
  picker.title = l10n.t('Open Thread');
  picker.placeholder = l10n.t('Every thread on this machine, newest first');
  picker.matchOnDescription = true;
  picker.busy = true;
  const chosen = new Promise<ThreadId | undefined>((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.threadId);
      picker.hide();
    });
    picker.onDidTriggerItemButton(({ item: { threadId } }) => {
      picker.hide();
      commands
        .executeCommand('codexLanes.openInEditor', threadId)
        .then(undefined, (error) => log.error('A thread was not opened in an editor', error));
    });
    picker.onDidHide(() => resolve(undefined));
  });
  picker.show();
  const listening = new Disposables();
  const fill = async () => {
    const threads = await app.threads.list();
    const draw = () => {
      const active = picker.activeItems[0]?.threadId;
      const rows = threadRows({
        threads,
        activityOf: running.activityOf,
        folders: workspace.folders(),
        shownIn: (threadId) => {
          const chat = chats.showing(threadId);
          if (chat === null) return null;
          if (chat.id === session.id) return 'here';
          return chat === chats.sideBar ? 'side-bar' : 'tab';
        },
        now: Date.now(),
        language: env.language,
        t: l10n.t,
      });
      picker.items = rows.map(itemOf);
      const kept = picker.items.find(({ threadId }) => threadId !== undefined && threadId === active);
      if (kept !== undefined) picker.activeItems = [kept];
    };
    draw();
    // Too late, when the user has left: ended at once.
    listening.defer(running.onChange(draw));
    if (threads.length === 0) picker.placeholder = l10n.t('There is no thread yet: send a prompt');
  };
  try {
    await Promise.race([fill(), chosen]);
    picker.busy = false;
    return await chosen;
  } finally {
    listening.dispose();
    picker.dispose();
  }
}

function itemOf(row: ThreadRow): ThreadItem {
  if (row.kind === 'group') return { label: row.label, kind: QuickPickItemKind.Separator };
  const { threadId, label, description } = row;
  const buttons = [{ iconPath: new ThemeIcon('open-preview'), tooltip: l10n.t('Open This Thread in an Editor') }];
  return { threadId, label, description, buttons };
}
