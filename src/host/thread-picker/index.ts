import type { QuickPickItem } from 'vscode';
import { commands, env, l10n, QuickPickItemKind, ThemeIcon, window } from 'vscode';
import { Disposables } from '../../base/index.ts';
import type { CodexThread, CodexThreads } from '../../compose.ts';
import type { ThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import type { CodexRow } from './codex-rows.ts';
import { codexRows } from './codex-rows.ts';
import type { ThreadRow } from './thread-rows.ts';
import { threadRows } from './thread-rows.ts';

type ThreadItem = QuickPickItem & { readonly threadId?: ThreadId; readonly codex?: CodexThread };

/** Shows a thread in the chat; without an id the user chooses one. */
export async function openThread(ctx: HostContext, threadId?: ThreadId): Promise<void> {
  const chosen = threadId ?? (await chooseThread(ctx));
  if (chosen === undefined) return;
  await ctx.chats.bring(chosen, ctx.session);
}

/** The list follows what the threads do while it is open. Codex's own threads join it when they arrive. */
async function chooseThread({ chats, session, workspace, running, log }: HostContext): Promise<ThreadId | undefined> {
  const { app } = await session.open();
  const picker = window.createQuickPick<ThreadItem>();
  picker.title = l10n.t('Open Thread');
  picker.placeholder = l10n.t('Every thread on this machine, newest first');
  picker.matchOnDescription = true;
  picker.busy = true;
  const left = new AbortController();
  const chosen = new Promise<ThreadId | undefined>((resolve) => {
    picker.onDidAccept(() => {
      const [item] = picker.selectedItems;
      if (item?.codex === undefined) {
        resolve(item?.threadId);
        picker.hide();
        return;
      }
      // Escape leaves it.
      picker.enabled = false;
      picker.busy = true;
      picker.placeholder = l10n.t('Reading the thread from Codex…');
      app.threads.codex.open(item.codex.nativeThreadId, left.signal).then(
        (opened) => {
          if (opened.ok) resolve(left.signal.aborted ? undefined : opened.threadId);
          else if (!left.signal.aborted) void window.showWarningMessage(opened.message);
          picker.hide();
        },
        (error) => {
          log.error("A thread of Codex's was not opened", error);
          picker.hide();
        },
      );
    });
    picker.onDidTriggerItemButton(({ item: { threadId } }) => {
      picker.hide();
      commands
        .executeCommand('codexLanes.openInEditor', threadId)
        .then(undefined, (error) => log.error('A thread was not opened in an editor', error));
    });
    picker.onDidHide(() => {
      resolve(undefined);
      left.abort();
    });
  });
  picker.show();
  const listening = new Disposables();
  let codex: CodexThreads | null = null;
  const fill = async () => {
    const threads = await app.threads.list();
    const draw = () => {
      const [before] = picker.activeItems;
      const facts = { folders: workspace.folders(), now: Date.now(), language: env.language, t: l10n.t };
      const rows = threadRows({
        ...facts,
        threads,
        activityOf: running.activityOf,
        shownIn: (threadId) => {
          const chat = chats.showing(threadId);
          if (chat === null) return null;
          if (chat.id === session.id) return 'here';
          return chat === chats.sideBar ? 'side-bar' : 'tab';
        },
      });
      picker.items = [...rows, ...codexRows({ ...facts, codex })].map(itemOf);
      const kept = picker.items.find((item) => before !== undefined && isSame(item, before));
      if (kept !== undefined) picker.activeItems = [kept];
    };
    draw();
    // Too late, when the user has left: ended at once.
    listening.defer(running.onChange(draw));
    const every = picker.placeholder;
    const empty = l10n.t('There is no thread yet: send a prompt');
    if (threads.length === 0) picker.placeholder = empty;
    codex = await app.threads.codex.list(left.signal);
    if (left.signal.aborted || (codex.kind === 'none' && codex.why === '')) return;
    if (codex.kind === 'threads' && codex.threads.length > 0 && picker.placeholder === empty)
      picker.placeholder = every;
    draw();
  };
  try {
    await Promise.race([fill(), chosen]);
    if (picker.enabled) picker.busy = false;
    return await chosen;
  } finally {
    listening.dispose();
    picker.dispose();
  }
}

function isSame(one: ThreadItem, other: ThreadItem): boolean {
  if (one.codex !== undefined) return one.codex.nativeThreadId === other.codex?.nativeThreadId;
  return one.threadId !== undefined && one.threadId === other.threadId;
}

function itemOf(row: ThreadRow | CodexRow): ThreadItem {
  if (row.kind === 'group') return { label: row.label, kind: QuickPickItemKind.Separator };
  if (row.kind === 'codex') return { label: row.label, description: row.description, codex: row.thread };
  const { threadId, label, description } = row;
  const buttons = [{ iconPath: new ThemeIcon('open-preview'), tooltip: l10n.t('Open This Thread in an Editor') }];
  return { threadId, label, description, buttons };
}
