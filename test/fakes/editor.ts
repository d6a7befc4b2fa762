/** What a feature of the host said and asked in the editor, and the answers that a test gives to it. */
export type FakeEditor = {
  /** Messages and questions, with the buttons they had. */
  readonly said: {
    readonly how: string;
    readonly text: string;
    readonly detail: string;
    readonly buttons: readonly string[];
  }[];
  readonly ran: string[];
  /** Lists that were shown: their rows' labels without icons. */
  readonly lists: (readonly string[])[];
  /** Of each of them: whether it stays when it loses the focus. */
  readonly staying?: boolean[];
  readonly documents: string[];
  /** What the user clicks, picks (by label) or types, in this order; past the end everything is left. */
  readonly answers: unknown[];
};

type Row = { readonly label: string };

const plain = (label: string): string => label.replace(/^\$\([^)]*\) /, '');

/** The part of `vscode` that features use to talk to the user, for `vi.mock('vscode', …)`. */
export function fakeEditor(editor: FakeEditor): Readonly<Record<string, unknown>> {
  const next = (): unknown => editor.answers.shift();
  const message =
    (how: string) =>
    async (text: string, ...rest: readonly unknown[]): Promise<unknown> => {
      const [options, ...others] = rest;
      const modal = typeof options === 'object' && options !== null ? (options as { readonly detail?: string }) : null;
      const buttons = (modal === null ? rest : others).map(String);
      editor.said.push({ how, text, detail: modal?.detail ?? '', buttons });
      return buttons.length === 0 ? undefined : next();
    };
  return {
    l10n: {
      t: (text: string, ...args: readonly unknown[]) =>
        text.replace(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)])),
    },
    QuickPickItemKind: { Separator: -1, Default: 0 },
    EventEmitter: class {
      readonly event = (): { dispose: () => void } => ({ dispose: () => {} });
      fire(): void {}
      dispose(): void {}
    },
    Uri: { from: (parts: object) => ({ ...parts, toString: () => JSON.stringify(parts) }) },
    commands: { executeCommand: async (command: string) => void editor.ran.push(command) },
    window: {
      visibleTextEditors: [],
      onDidChangeActiveTextEditor: () => ({ dispose: () => {} }),
      onDidChangeVisibleTextEditors: () => ({ dispose: () => {} }),
      showInformationMessage: message('information'),
      showWarningMessage: message('warning'),
      showErrorMessage: message('error'),
      showInputBox: async () => next(),
      showOpenDialog: async () => next(),
      showTextDocument: async (document: { readonly path: string }) => void editor.documents.push(document.path),
      showQuickPick: async (
        given: readonly Row[] | Promise<readonly Row[]>,
        { ignoreFocusOut = false }: { readonly ignoreFocusOut?: boolean } = {},
      ) => {
        const rows = await given;
        editor.staying?.push(ignoreFocusOut);
        editor.lists.push(rows.map(({ label }) => plain(label)));
        const wanted = next();
        return rows.find(({ label }) => plain(label) === wanted);
      },
    },
    workspace: {
      registerTextDocumentContentProvider: () => ({ dispose: () => {} }),
      openTextDocument: async (uri: object) => uri,
    },
  };
}
