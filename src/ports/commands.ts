import type { SandboxMode } from '../model/index.ts';

/** A program as it is started. */
export type ProgramStart = {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
};

/** How a program is confined. */
export type Confining = {
  readonly mode: Exclude<SandboxMode, 'danger-full-access'>;
  /** The folder that it may write in, where the mode lets it, and that it starts in. Absolute, links resolved. */
  readonly root: string;
  /** Further folders that it may write in. */
  readonly addDirs: readonly string[];
};

/** Codex's own sandbox, as it was found to hold on this machine. */
export type CommandSandbox =
  | { readonly kind: 'there'; readonly confine: (start: ProgramStart, how: Confining) => ProgramStart }
  /** `why`: a sentence for the user and the model. */
  | { readonly kind: 'none'; readonly why: string };

/** What commands of a lane of ours need of this machine. Neither rejects. */
export type CommandHost = {
  /** The environment of a command: the allow-list of the native lane, without any key. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
  readonly sandbox: () => Promise<CommandSandbox>;
};
