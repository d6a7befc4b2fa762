import type { Event } from 'vscode';
import { EventEmitter, l10n, Uri, window, workspace } from 'vscode';
import type { ThreadId } from '../../model/index.ts';
import { threadId as asThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { conflictText, countOf, discardDetail, mergeDetail } from './worktree-words.ts';

const scheme = 'codex-lanes-diff';
const changes = new EventEmitter<Uri>();

function stillRunning(): string {
  return l10n.t('The turn is still running: files may be half written, and more may change.');
}

/** The difference is a document that is made when it is asked for, also by a window that comes back with it open. */
export function register({ extension, core }: HostContext): void {
  const provider: { onDidChange: Event<Uri>; provideTextDocumentContent: (uri: Uri) => Promise<string> } = {
    onDidChange: changes.event,
    provideTextDocumentContent: async ({ query }) => {
      const { threads } = await core.get();
      const id = asThreadId(query);
      const found = await threads.worktree.diff(id);
      if (!found.ok) return found.message;
      // Lines before the first file are no part of a diff for whoever applies it.
      return threads.activity(id).running ? `# ${stillRunning()}\n\n${found.diff}` : found.diff;
    },
  };
  extension.subscriptions.push(changes, workspace.registerTextDocumentContentProvider(scheme, provider));
}

/** Shows what the thread's worktree has that its folder has not. */
export async function showDiff({ core }: HostContext, threadId: ThreadId): Promise<void> {
  const { threads } = await core.get();
  const found = await threads.worktree.diff(threadId);
  if (!found.ok) {
    void window.showErrorMessage(found.message);
    return;
  }
  if (found.files.length === 0) {
    const none = l10n.t('The worktree has no changes.');
    void window.showInformationMessage(threads.activity(threadId).running ? `${none} ${stillRunning()}` : none);
    return;
  }
  const { title } = await threads.view(threadId);
  const name = title.replace(/[\\/\s]+/g, ' ').trim() || l10n.t('Worktree');
  const uri = Uri.from({ scheme, path: `/${name}.diff`, query: threadId });
  // One that is open already shows what was there when it was opened.
  changes.fire(uri);
  await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
}

/** Brings the worktree's changes into the thread's folder, when the user has read what that means. */
export async function merge({ core, log }: HostContext, threadId: ThreadId): Promise<void> {
  const { threads } = await core.get();
  const [found, view] = await Promise.all([threads.worktree.diff(threadId), threads.view(threadId)]);
  if (!found.ok) {
    void window.showErrorMessage(found.message);
    return;
  }
  const origin = view.worktree?.origin ?? view.cwd ?? '';
  const yes = l10n.t('Merge');
  const detail = mergeDetail(origin, found.files, l10n.t);
  const title = l10n.t('Merge the worktree of “{0}”?', view.title || l10n.t('New thread'));
  if ((await window.showWarningMessage(title, { modal: true, detail }, yes)) !== yes) return;
  const merged = await threads.worktree.merge(threadId);
  if (merged.ok) {
    log.info(`The worktree of thread ${threadId} was merged: ${merged.files} files`);
    const said =
      merged.files === 0
        ? l10n.t('The worktree was removed; it had no changes.')
        : l10n.t('{0} changed in {1}.', countOf(merged.files, l10n.t), origin);
    void window.showInformationMessage(said);
    return;
  }
  log.warn(`The worktree of thread ${threadId} was not merged`);
  const refused = l10n.t('Nothing was merged.');
  await window.showErrorMessage(refused, {
    modal: true,
    detail: conflictText(merged.message, merged.conflicts ?? [], l10n.t),
  });
}

/** Removes the worktree; what it held is kept under a Git reference. */
export async function discard({ core, log }: HostContext, threadId: ThreadId): Promise<void> {
  const { threads } = await core.get();
  const [found, view] = await Promise.all([threads.worktree.diff(threadId), threads.view(threadId)]);
  // One that is broken or gone can be discarded all the same.
  const detail = discardDetail(found.ok ? found : { unknown: found.message }, l10n.t);
  const yes = l10n.t('Discard Worktree');
  const title = l10n.t('Discard the worktree of “{0}”?', view.title || l10n.t('New thread'));
  if ((await window.showWarningMessage(title, { modal: true, detail }, yes)) !== yes) return;
  const discarded = await threads.worktree.discard(threadId);
  if (!discarded.ok) {
    log.warn(`The worktree of thread ${threadId} was not discarded`);
    void window.showErrorMessage(discarded.message);
    return;
  }
  log.info(`The worktree of thread ${threadId} was discarded`);
  const said =
    discarded.kept === null
      ? l10n.t('The worktree was removed; nothing in it had to be kept.')
      : l10n.t('The worktree was removed. What it held is kept as {0}.', discarded.kept);
  void window.showInformationMessage(said);
}
