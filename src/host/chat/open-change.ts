import { commands, workspace as editor, l10n, Uri, window } from 'vscode';
import type { Baseline, ItemId, Row, ThreadId, ThreadView } from '../../model/index.ts';
import { threadId as asThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { isAbsolute, liesIn } from './open-target.ts';

const scheme = 'codex-lanes-before';

/** What stood in a file before is a document that nobody can write in, also for a window that comes back with it open. */
export function registerBefore({ extension, core }: HostContext): void {
  const provideTextDocumentContent = async ({ query }: Uri): Promise<string> => {
    if (query === '') return '';
    const { threads } = await core.get();
    return (await threads.textBefore(query)) ?? l10n.t('What stood here before is not kept any more.');
  };
  extension.subscriptions.push(editor.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent }));
}

/** What the page names; what stood before is looked up here, in the thread's own log. */
export type NamedChange = { readonly threadId: ThreadId; readonly itemId: ItemId; readonly path: string };

/**
 * Opens the editor's view of differences: what stood before beside the file as it is. False: it can't be shown, since
 * nothing is known of before, it is no text, or the file lies outside of the thread's folders.
 */
export async function openChange(ctx: HostContext, { threadId, itemId, path }: NamedChange): Promise<boolean> {
  const { threads } = await ctx.core.get();
  const view = await threads.view(asThreadId(threadId));
  const baseline = baselineOf(view.rows, itemId, path);
  if (baseline === undefined || baseline.grade === 'unknown') return false;
  const { blob } = baseline;
  if (blob !== null && (await threads.textBefore(blob)) === null) {
    void window.showInformationMessage(l10n.t('What stood in {0} before is no text, or is not kept any more.', path));
    return false;
  }
  const file = await fileOf(ctx, view, path);
  if (file === 'outside') return false;
  const name = path.split(/[\\/]/).at(-1) ?? path;
  const before = documentOf(path, blob);
  const title = file === null ? l10n.t('{0} (deleted)', name) : l10n.t('{0} (before ↔ now)', name);
  const now = file === null ? documentOf(path, null) : Uri.file(file);
  await commands.executeCommand('vscode.diff', before, now, title, { preview: true });
  return true;
}

function baselineOf(rows: readonly Row[], itemId: ItemId, path: string): Baseline | undefined {
  const row = rows.findLast((other) => other.kind === 'file-change' && other.itemId === itemId);
  return row?.kind === 'file-change' ? row.baselines.find((baseline) => baseline.path === path) : undefined;
}

/** A content by its name; null = an empty one. The path gives it its language. */
function documentOf(path: string, blob: string | null): Uri {
  const named = path.replaceAll('\\', '/');
  return Uri.from({ scheme, path: named.startsWith('/') ? named : `/${named}`, query: blob ?? '' });
}

/** The file as it lies on the disk; null = it is gone. */
async function fileOf(
  { workspace, realPath }: HostContext,
  { worktree, cwd }: ThreadView,
  path: string,
): Promise<string | null | 'outside'> {
  const base = worktree?.path ?? cwd;
  const full = isAbsolute(path) || base === null ? path : Uri.joinPath(Uri.file(base), path).fsPath;
  const real = await realPath(full).catch(() => null);
  if (real === null) return null;
  const open = workspace.folders().map((folder) => folder.path);
  const folders = worktree === null ? open : [worktree.path, ...open];
  const roots = await Promise.all(folders.map((folder) => realPath(folder).catch(() => folder)));
  return roots.some((root) => liesIn(real, root)) ? full : 'outside';
}
