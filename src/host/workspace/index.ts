import { Uri, window, workspace } from 'vscode';
import type { Workspace } from '../ports.ts';

/** The window's folders that lie on this disk, and whether the user trusts them. */
export function createWorkspace(): Workspace & { readonly preferredFolder: () => string | null } {
  const folders = () =>
    (workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri, name }) => ({ path: uri.fsPath, name }));
  return {
    trusted: () => workspace.isTrusted,
    folders,
    onChange: (call) => {
      const listeners = [workspace.onDidChangeWorkspaceFolders(call), workspace.onDidGrantWorkspaceTrust(call)];
      return () => {
        for (const listener of listeners) listener.dispose();
      };
    },
    preferredFolder: () => {
      const uri = window.activeTextEditor?.document.uri;
      const active = uri === undefined ? undefined : workspace.getWorkspaceFolder(Uri.from(uri));
      if (active !== undefined && active.uri.scheme === 'file') return active.uri.fsPath;
      return folders()[0]?.path ?? null;
    },
  };
}
