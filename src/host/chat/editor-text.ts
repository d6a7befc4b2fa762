import type { Disposable, TextEditor } from 'vscode';
import { l10n, languages, Uri, ViewColumn, window, workspace } from 'vscode';
import { languageOf } from './language-of.ts';
import { OutputDocuments } from './output-documents.ts';

const scheme = 'codex-lanes-output';
const outputs = new OutputDocuments();

/** Makes the documents known in which the editor shows output. */
export function registerOutputs(): Disposable {
  return workspace.registerTextDocumentContentProvider(scheme, {
    // Output of an earlier window is gone with it: the thread still has it.
    provideTextDocumentContent: ({ path }) =>
      outputs.get(path) ?? l10n.t('This output is not kept any longer. Open it from the chat again.'),
  });
}

/** Name of the file that text of the chat would be put into; null = none is being edited. */
export function editedFile(): string | null {
  const editor = target();
  return editor === undefined ? null : (editor.document.uri.path.split('/').at(-1) ?? null);
}

/** The whole path of the file that is being edited, where it lies on this disk. */
export function editedPath(): string | null {
  const uri = target()?.document.uri;
  return uri?.scheme === 'file' ? uri.fsPath : null;
}

export function onEditedFile(changed: () => void): () => void {
  const ends = [window.onDidChangeActiveTextEditor(changed), window.onDidChangeVisibleTextEditors(changed)];
  return () => {
    for (const end of ends) end.dispose();
  };
}

/** Puts text in place of what is selected, as one edit that Undo takes back. */
export async function insertText(text: string): Promise<void> {
  const editor = target();
  const done =
    editor !== undefined &&
    (await editor.edit((edit) => {
      for (const selection of editor.selections) edit.replace(selection, text);
    }));
  if (!done) {
    void window.showWarningMessage(l10n.t('Nothing was inserted: no file that can be changed is open in the editor.'));
    return;
  }
  await window.showTextDocument(editor.document, editor.viewColumn ?? ViewColumn.Active);
}

/** Opens code as a new file without a name, in its language where the editor knows it. */
export async function openCode(content: string, fence: string | null): Promise<void> {
  const language = fence === null ? null : languageOf(fence, await languages.getLanguages());
  const document = await workspace.openTextDocument(language === null ? { content } : { content, language });
  await window.showTextDocument(document, { preview: false });
}

/** Shows output as a document that nobody needs to save: it can be read and searched. */
export async function showOutput(text: string, language: string | null): Promise<void> {
  const path = outputs.add(text, language === 'json' ? 'json' : 'log');
  const document = await workspace.openTextDocument(Uri.from({ scheme, path }));
  await window.showTextDocument(document, { preview: true });
}

/** The editor that has the cursor, or the only one in sight: in the chat's own tab nothing else is active. */
function target(): TextEditor | undefined {
  const visible = window.visibleTextEditors.filter(isFile);
  const active = window.activeTextEditor;
  if (active !== undefined && isFile(active)) return active;
  return visible.length === 1 ? visible[0] : undefined;
}

const isFile = ({ document }: TextEditor): boolean =>
  ['file', 'untitled', 'vscode-remote', 'vscode-notebook-cell'].includes(document.uri.scheme);
