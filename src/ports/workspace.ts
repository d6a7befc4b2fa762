/** A folder of the window. */
export type WorkspaceFolder = { readonly path: string; readonly name: string };

/** What the core needs to know of where it runs. */
export type Workspace = {
  readonly trusted: () => boolean;
  readonly folders: () => readonly WorkspaceFolder[];
  readonly onChange: (call: () => void) => () => void;
};
