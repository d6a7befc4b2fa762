/** What a language's tools say about a place in a file. Lines and columns count from 1. */
export type EditorProblem = {
  /** Absolute. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly message: string;
  /** Who says it, with its code where it has one (`ts 2322`); empty = not told. */
  readonly source: string;
};

export type OpenEditor = {
  /** Absolute. */
  readonly path: string;
  /** Shown, with the cursor in it. */
  readonly isActive: boolean;
  /** It has changes that are not saved. */
  readonly isDirty: boolean;
};

/** Lines and columns count from 1; the end is behind the last character. */
export type EditorSelection = {
  /** Absolute. */
  readonly path: string;
  readonly isDirty: boolean;
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
  /** Empty where the cursor alone stands there. */
  readonly text: string;
};

/** What the window shows, to be read and never changed. Of files on this disk alone. */
export type Editor = {
  readonly problems: () => Promise<readonly EditorProblem[]>;
  /** In the order of the tabs. */
  readonly openEditors: () => Promise<readonly OpenEditor[]>;
  /** Null = no file is being edited. */
  readonly selection: () => Promise<EditorSelection | null>;
};

/** Looks at the editor, for a runtime that offers them to its model beside tools of its own. */
export type EditorTools = {
  /** False: the user has switched them off, or there is no editor. */
  readonly offered: () => boolean;
  readonly specs: readonly {
    readonly name: string;
    readonly description: string;
    /** JSON Schema of the arguments. */
    readonly inputSchema: Readonly<Record<string, unknown>>;
  }[];
  /** What is said of a thread that begins with them. */
  readonly notice: string;
  /**
   * Answers a call, of files in the folder alone; says what was left out. Never rejects for the model's sake: what it
   * asked wrongly is said to it.
   */
  readonly call: (
    cwd: string,
    call: { readonly tool: string; readonly arguments: unknown },
  ) => Promise<{ readonly text: string; readonly success: boolean }>;
};
