export type DecodedText = {
  /** Without a byte order mark. */
  readonly text: string;
  /** An encoding's name as `files.encoding` has it (`utf8`, `windows1252`); a file with a mark is named by it (`utf8bom`). */
  readonly encoding: string;
};

/** A text that an editor holds. */
export type HeldText = { readonly text: string; readonly isDirty: boolean };

export type Replaced =
  /** It stands in the editor; `saved`: on disk, too. `text`: what stands there now, which a formatter may have changed. */
  | { readonly kind: 'done'; readonly saved: boolean; readonly text: string }
  /** It was changed since it was read. */
  | { readonly kind: 'changed' }
  /** The editor did not take it, and says why in a sentence. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Texts of files as the user's editor has them. Paths are absolute, their links resolved. Where there is no editor, a plain
 * implementation holds nothing.
 */
export type WorkspaceFiles = {
  /** Null = it is no text: it has a NUL, or bytes that its encoding can't have. */
  readonly decode: (path: string, bytes: Uint8Array) => Promise<DecodedText | null>;
  /** Null = the encoding can't write this text, or is not known here. */
  readonly encode: (path: string, decoded: DecodedText) => Promise<Uint8Array | null>;
  /** What an editor holds of a file; null = no editor has it. Of a notebook: its JSON. */
  readonly held: (path: string) => Promise<HeldText | null>;
  /**
   * Replaces the text of a file that an editor holds, by an edit that can be undone there, and saves it unless it had
   * changes of the user's that are not saved. Of an open notebook: by edits of its cells.
   */
  readonly replace: (path: string, before: string, after: string) => Promise<Replaced>;
  /** Where the editor's ripgrep may be, the best first; nobody looked. */
  readonly ripgrep: () => readonly string[];
};
