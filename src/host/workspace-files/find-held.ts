import type { NotebookDocument, TextDocument } from 'vscode';
import { Uri, workspace } from 'vscode';

export type Held =
  | { readonly kind: 'text'; readonly document: TextDocument }
  | { readonly kind: 'notebook'; readonly document: NotebookDocument };

/** The document that the window holds of a file, by its real path; it may have been opened by a link's. */
export async function findHeld(real: string, realPath: (path: string) => Promise<string>): Promise<Held | null> {
  const all: readonly Held[] = [
    ...workspace.notebookDocuments.map((document) => ({ kind: 'notebook', document }) as const),
    ...workspace.textDocuments.map((document) => ({ kind: 'text', document }) as const),
  ];
  const open = all.filter(({ document }) => document.uri.scheme === 'file' && !document.isClosed);
  // The editor writes a drive in lower case.
  const wanted = Uri.file(real).fsPath;
  const direct = open.find(({ document }) => document.uri.fsPath === wanted);
  if (direct !== undefined) return direct;
  for (const held of open) {
    const leads = await realPath(held.document.uri.fsPath).catch(() => null);
    if (leads !== null && Uri.file(leads).fsPath === wanted) return held;
  }
  return null;
}
