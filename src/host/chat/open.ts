import { commands, env, l10n, Range, Uri, window } from 'vscode';
import type { HostContext } from '../context.ts';
import { isAbsolute, liesIn, linkTarget } from './open-target.ts';

/**
 * Opens a file that the chat names, if it lies in a folder of the window or in the thread's worktree once every link is
 * resolved. `anywhere`: the user named this very path, so that it may lie elsewhere.
 */
export async function openFile(
  { workspace, session, core, realPath, log }: HostContext,
  path: string,
  { line, column }: { readonly line: number | null; readonly column: number },
  anywhere: boolean,
): Promise<void> {
  const thread = session.thread();
  const view = thread === null ? null : await core.loaded()?.threads.view(thread.threadId);
  const worktree = view?.worktree?.path ?? null;
  const open = workspace.folders().map((folder) => folder.path);
  const folders = worktree === null ? open : [worktree, ...open];
  const bases = [worktree, thread?.cwd ?? null, ...open].filter((base) => base !== null);
  const candidates = isAbsolute(path) ? [path] : bases.map((base) => Uri.joinPath(Uri.file(base), path).fsPath);
  const roots = await Promise.all(folders.map((folder) => realPath(folder).catch(() => folder)));
  let found = false;
  for (const candidate of candidates) {
    const real = await realPath(candidate).catch(() => null);
    if (real === null) continue;
    found = true;
    if (!anywhere && !roots.some((root) => liesIn(real, root))) continue;
    const at = column - 1;
    const selection = line === null ? {} : { selection: new Range(line - 1, at, line - 1, at) };
    await commands.executeCommand('vscode.open', Uri.file(candidate), { preview: true, ...selection });
    return;
  }
  log.warn('A file of the chat was not opened');
  const why = found
    ? l10n.t('{0} is not in a folder of this window, so it is not opened from here.', path)
    : l10n.t('{0} was not found.', path);
  void window.showWarningMessage(why);
}

/** Opens a web or mail address; the editor, or for mail a question of ours, shows where it leads first. */
export async function openLink({ log }: HostContext, url: string): Promise<void> {
  const target = linkTarget(url);
  if (target === null) {
    log.warn('A link of the chat was not opened: only http, https and mailto are');
    return;
  }
  if (target.kind === 'mail') {
    const open = l10n.t('Open');
    const question = l10n.t('Open this address?');
    if ((await window.showInformationMessage(question, { modal: true, detail: target.shown }, open)) !== open) return;
  }
  await env.openExternal(Uri.parse(target.shown, true));
}
