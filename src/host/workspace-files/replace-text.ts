import type { TextDocument } from 'vscode';
import { EndOfLine, Range, TextEdit, WorkspaceEdit, workspace } from 'vscode';
import type { Replaced } from '../ports.ts';
import { lineEdits } from './line-edits.ts';
import { modelWords } from './model-words.ts';

/** Replaces what an open document shows, in as small edits as there are, so that cursors and folds stay. */
export async function replaceText(document: TextDocument, before: string, after: string): Promise<Replaced> {
  if (document.getText() !== before) return { kind: 'changed' };
  const wasDirty = document.isDirty;
  const edit = new WorkspaceEdit();
  const edits = textEdits(before, after);
  const eol = after.includes('\r\n') ? EndOfLine.CRLF : EndOfLine.LF;
  if (after.includes('\n') && eol !== document.eol) edits.push(TextEdit.setEndOfLine(eol));
  edit.set(document.uri, edits);
  // The editor refuses an edit of a document that was changed since these lines began.
  if (edits.length > 0 && !(await workspace.applyEdit(edit))) return notTaken(document.getText() !== before);
  const saved = !wasDirty && (await document.save());
  return { kind: 'done', saved, text: document.getText() };
}

export function notTaken(isChanged: boolean): Replaced {
  return isChanged ? { kind: 'changed' } : { kind: 'refused', why: modelWords.notTaken };
}

/** Edits of a document by line and character, whatever its line ends are. */
export function textEdits(before: string, after: string): TextEdit[] {
  const [old, next] = [before, after].map((text) => text.replace(/\r\n?/g, '\n'));
  return lineEdits(old ?? '', next ?? '').map(
    ({ start, end, text }) => new TextEdit(new Range(start.line, start.character, end.line, end.character), text),
  );
}
