import { env } from 'vscode';
import type { EditorNode } from '../context.ts';
import type { WorkspaceFiles } from '../ports.ts';
import { decode, encode } from './encoding.ts';
import { findHeld } from './find-held.ts';
import { modelWords } from './model-words.ts';
import { notebookText, replaceCells } from './notebook.ts';
import { replaceText } from './replace-text.ts';

/** Texts of files as this window has them: its encodings, its unsaved changes, its edits that can be undone. */
export function createWorkspaceFiles(realPath: (path: string) => Promise<string>, node: EditorNode): WorkspaceFiles {
  return {
    decode,
    encode,
    held: async (path) => {
      const found = await findHeld(path, realPath);
      if (found === null) return null;
      const { document, kind } = found;
      const text = kind === 'text' ? document.getText() : await notebookText(document);
      return text === null ? null : { text, isDirty: document.isDirty };
    },
    replace: async (path, before, after) => {
      const found = await findHeld(path, realPath);
      if (found === null) return { kind: 'refused', why: modelWords.notOpen };
      const { document, kind } = found;
      return kind === 'text' ? replaceText(document, before, after) : replaceCells(document, before, after);
    },
    ripgrep: () => ripgrepPlaces(env.appRoot, node),
  };
}

/** Where VS Code keeps its ripgrep: newer ones a package for all machines, older ones one of their own. */
function ripgrepPlaces(appRoot: string, { platform, arch }: EditorNode): readonly string[] {
  const program = platform === 'win32' ? 'rg.exe' : 'rg';
  return ['node_modules', 'node_modules.asar.unpacked'].flatMap((modules) =>
    [`ripgrep-universal/bin/${platform}-${arch}`, 'ripgrep/bin'].map(
      (folder) => `${appRoot}/${modules}/@vscode/${folder}/${program}`,
    ),
  );
}
