import type { FileStat, FileSystemProvider } from 'vscode';
import { commands, Disposable, EventEmitter, FileSystemError, FileType, l10n, Uri, window, workspace } from 'vscode';
import type { Baseline, ItemId, Row, ThreadId, ThreadView } from '../../model/index.ts';
import { threadId as asThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { isAbsolute, liesIn } from './open-target.ts';

const scheme = 'codex-lanes-before';

/**
 * What stood in a file before is a file that nobody can write in, also for a window that comes back with it open. Bytes,
 * so that the editor reads both sides of a comparison in the same encoding, and compares pictures, too.
 */
export function registerBefore({ extension, core }: HostContext): void {
  const contentOf = async ({ query }: Uri): Promise<Uint8Array> => {
    if (query === '') return new Uint8Array();
    const { threads } = await core.get();
    const kept = await threads.contentBefore(query);
    return kept ?? new TextEncoder().encode(l10n.t('What stood here before is not kept any more.'));
  };
  const refuse = (uri: Uri): never => {
    throw FileSystemError.NoPermissions(uri);
  };
  const changed = new EventEmitter<never>();
  const provider: FileSystemProvider = {
    onDidChangeFile: changed.event,
    watch: () => new Disposable(() => undefined),
    stat: async (uri): Promise<FileStat> => ({
      type: FileType.File,
      ctime: 0,
      mtime: 0,
      size: (await contentOf(uri)).length,
    }),
    readFile: contentOf,
    readDirectory: refuse,
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
  extension.subscriptions.push(changed, workspace.registerFileSystemProvider(scheme, provider, { isReadonly: true }));
}

/** What the page names; what stood before is looked up here, in the thread's own log. */
export type NamedChange = { readonly threadId: ThreadId; readonly itemId: ItemId; readonly path: string };

/**
 * Opens the editor's view of differences: what stood before beside the file as it is. False: it can't be shown, since
 * nothing is known of before, or the file lies outside of the thread's folders.
 */
export async function openChange(ctx: HostContext, { threadId, itemId, path }: NamedChange): Promise<boolean> {
  const { threads } = await ctx.core.get();
  const view = await threads.view(asThreadId(threadId));
  const baseline = baselineOf(view.rows, itemId, path);
  if (baseline === undefined || baseline.grade === 'unknown') return false;
  const { blob } = baseline;
  if (blob !== null && (await threads.contentBefore(blob)) === null) {
    void window.showInformationMessage(l10n.t('What stood in {0} before is not kept any more.', path));
    return false;
  }
  const file = await fileOf(ctx, view, path);
  if (file === 'outside') return false;
  const now = file === null ? documentOf(path, null) : Uri.file(file);
  const title = titleOf(path.split(/[\\/]/).at(-1) ?? path, baseline, file === null);
  await commands.executeCommand('vscode.diff', documentOf(path, blob), now, title, { preview: true });
  return true;
}

/** What is compared with what. */
function titleOf(name: string, { grade, blob }: Baseline, gone: boolean): string {
  const after = gone ? l10n.t('{0} (deleted)', name) : name;
  if (blob === null) return l10n.t('{0} (new) ↔ {1}', name, after);
  switch (grade) {
    case 'exact':
      return l10n.t('{0} (right before the change) ↔ {1}', name, after);
    case 'git':
      return l10n.t('{0} (before, from Git) ↔ {1}', name, after);
    case 'copied':
      return l10n.t('{0} (before, from a copy) ↔ {1}', name, after);
    case 'reconstructed':
    case 'unknown':
      return l10n.t('{0} (before, as far as known) ↔ {1}', name, after);
  }
}

function baselineOf(rows: readonly Row[], itemId: ItemId, path: string): Baseline | undefined {
  const row = rows.findLast((other) => other.kind === 'file-change' && other.itemId === itemId);
  return row?.kind === 'file-change' ? row.baselines.find((baseline) => baseline.path === path) : undefined;
}

/** A content by its name; null = an empty one. The path gives it its language and encoding. */
function documentOf(path: string, blob: string | null): Uri {
  const named = path.replaceAll('\\', '/');
  return Uri.from({ scheme, path: named.startsWith('/') ? named : `/${named}`, query: blob ?? '' });
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** The file as it lies on the disk; null = it is gone. */
async function fileOf(
  { workspace: open, realPath }: HostContext,
  { worktree, cwd }: ThreadView,
  path: string,
): Promise<string | null | 'outside'> {
  const base = worktree?.path ?? cwd;
  const full = isAbsolute(path) || base === null ? path : Uri.joinPath(Uri.file(base), path).fsPath;
  const real = await realPath(full).catch((error: unknown) => (isGone(error) ? null : 'hidden'));
  if (real === null) return null;
  // It may well be there: that it was deleted is not said.
  if (real === 'hidden') return 'outside';
  const opened = open.folders().map((folder) => folder.path);
  const folders = worktree === null ? opened : [worktree.path, ...opened];
  const roots = await Promise.all(folders.map((folder) => realPath(folder).catch(() => folder)));
  return roots.some((root) => liesIn(real, root)) ? full : 'outside';
}
