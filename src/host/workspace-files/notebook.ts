import type { NotebookDocument } from 'vscode';
import { NotebookCellData, NotebookCellKind, NotebookEdit, NotebookRange, WorkspaceEdit, workspace } from 'vscode';
import type { Replaced } from '../ports.ts';
import { modelWords } from './model-words.ts';
import type { Cell, Notebook } from './notebook-json.ts';
import { cellEdits, cellJson, readNotebook, sourceOf } from './notebook-json.ts';
import { notTaken, textEdits } from './replace-text.ts';

/** The notebooks whose file is JSON as Jupyter has it; what other kinds write nobody knows but they. */
const jupyter = 'jupyter-notebook';

/**
 * The JSON of an open notebook: the file's, with what its cells are now. Outputs are those of the file, as the window has
 * them in another form; null = it is no notebook of Jupyter's.
 */
export async function notebookText(document: NotebookDocument): Promise<string | null> {
  const stored = await storedText(document);
  if (!document.isDirty) return stored;
  const notebook = stored === null ? null : readNotebook(stored);
  if (document.notebookType !== jupyter || notebook === null || stored === null) return null;
  const cells = document.getCells().map((cell, index) =>
    cellJson(
      {
        id: typeof cell.metadata.id === 'string' ? cell.metadata.id : null,
        type: typeOf(cell.kind, cell.document.languageId),
        source: cell.document.getText(),
      },
      notebook.cells,
      index,
    ),
  );
  const indent = /^\{\r?\n([ \t]+)/.exec(stored)?.[1] ?? 1;
  const end = stored.endsWith('\n') ? '\n' : '';
  return JSON.stringify({ ...notebook, cells }, null, indent) + end;
}

/** Changes cells of an open notebook: the text of those that stay, which keeps their outputs, else the cells themselves. */
export async function replaceCells(document: NotebookDocument, before: string, after: string): Promise<Replaced> {
  const now = await notebookText(document);
  if (now !== before) return { kind: 'changed' };
  const [old, next] = [readNotebook(before), readNotebook(after)];
  if (document.notebookType !== jupyter || old === null) return refused(modelWords.otherNotebook);
  if (next === null) return refused(modelWords.noNotebook);
  const edits = cellEdits(old, next);
  if (typeof edits === 'string') return refused(edits);
  if (edits.length === 0) return { kind: 'done', saved: !document.isDirty, text: before };
  if (old.cells.length !== document.cellCount) return { kind: 'changed' };
  const wasDirty = document.isDirty;
  const edit = new WorkspaceEdit();
  for (const one of edits) {
    if (one.kind === 'source') {
      const { document: cell } = document.cellAt(one.index);
      edit.set(cell.uri, textEdits(cell.getText(), sourceOf(one.cell)));
    }
  }
  const whole = edits.flatMap((one) =>
    one.kind === 'cells'
      ? [
          NotebookEdit.replaceCells(
            new NotebookRange(one.from, one.to),
            one.cells.map((cell) => dataOf(cell, document, old)),
          ),
        ]
      : [],
  );
  if (whole.length > 0) edit.set(document.uri, whole);
  if (!(await workspace.applyEdit(edit))) return notTaken((await notebookText(document)) !== before);
  const saved = !wasDirty && (await document.save());
  return { kind: 'done', saved, text: (await notebookText(document)) ?? after };
}

/** `old`: what the window's cells are in the file, from which a cell that goes on takes its outputs. */
function dataOf(cell: Cell, document: NotebookDocument, { cells, metadata }: Notebook): NotebookCellData {
  const code = document.getCells().find(({ kind }) => kind === NotebookCellKind.Code)?.document.languageId;
  const isCode = cell.cell_type === 'code';
  const language = isCode
    ? (code ?? metadata?.language_info?.name ?? 'python')
    : cell.cell_type === 'raw'
      ? 'raw'
      : 'markdown';
  const kind = cell.cell_type === 'markdown' ? NotebookCellKind.Markup : NotebookCellKind.Code;
  const data = new NotebookCellData(kind, sourceOf(cell), language);
  // As the editor's own reader of such files keeps them.
  data.metadata = { ...(cell.id === undefined ? {} : { id: cell.id }), metadata: cell.metadata ?? {} };
  const { outputs = [] } = cell;
  const from =
    outputs.length === 0 ? -1 : cells.findIndex((other) => JSON.stringify(other.outputs) === JSON.stringify(outputs));
  if (from >= 0) {
    const { outputs: shown, executionSummary } = document.cellAt(from);
    data.outputs = [...shown];
    if (executionSummary !== undefined) data.executionSummary = executionSummary;
  }
  return data;
}

function typeOf(kind: NotebookCellKind, language: string): string {
  if (kind === NotebookCellKind.Markup) return 'markdown';
  return language === 'raw' ? 'raw' : 'code';
}

async function storedText({ uri }: NotebookDocument): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}

function refused(why: string): Replaced {
  return { kind: 'refused', why };
}
