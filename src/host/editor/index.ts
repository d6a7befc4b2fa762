import type { Diagnostic, Uri } from 'vscode';
import { DiagnosticSeverity, languages, TabInputText, window, workspace } from 'vscode';
import type { Editor } from '../ports.ts';

type Problem = Awaited<ReturnType<Editor['problems']>>[number];

/** The window's own view of files on this disk; nothing is opened or changed for it. */
export function createEditor(): Editor {
  const isDirty = (uri: Uri): boolean =>
    workspace.textDocuments.some((document) => document.isDirty && document.uri.toString() === uri.toString());
  return {
    problems: async () =>
      languages
        .getDiagnostics()
        .filter(([uri]) => uri.scheme === 'file')
        .flatMap(([uri, found]) => found.map((diagnostic) => problemOf(uri.fsPath, diagnostic))),
    openEditors: async () => {
      const active = window.tabGroups.activeTabGroup.activeTab;
      return window.tabGroups.all.flatMap(({ tabs }) =>
        tabs.flatMap((tab) =>
          tab.input instanceof TabInputText && tab.input.uri.scheme === 'file'
            ? [{ path: tab.input.uri.fsPath, isActive: tab === active, isDirty: tab.isDirty }]
            : [],
        ),
      );
    },
    selection: async () => {
      // In the chat's own tab nothing else is active.
      const { visibleTextEditors: visible } = window;
      const editor = window.activeTextEditor ?? (visible.length === 1 ? visible[0] : undefined);
      if (editor === undefined || editor.document.uri.scheme !== 'file') return null;
      const { document, selection } = editor;
      const { uri } = document;
      const place = ({ line, character }: typeof selection.start) => ({ line: line + 1, column: character + 1 });
      return {
        path: uri.fsPath,
        isDirty: isDirty(uri),
        start: place(selection.start),
        end: place(selection.end),
        text: document.getText(selection),
      };
    },
  };
}

function problemOf(path: string, { range, severity, message, source, code }: Diagnostic): Problem {
  const named = typeof code === 'object' ? code.value : code;
  const by = [source, named].filter((part) => part !== undefined && part !== '').join(' ');
  const { line, character } = range.start;
  return { path, line: line + 1, column: character + 1, severity: severityOf(severity), message, source: by };
}

function severityOf(severity: DiagnosticSeverity): Problem['severity'] {
  switch (severity) {
    case DiagnosticSeverity.Error:
      return 'error';
    case DiagnosticSeverity.Warning:
      return 'warning';
    case DiagnosticSeverity.Information:
      return 'information';
    case DiagnosticSeverity.Hint:
      return 'hint';
  }
}
