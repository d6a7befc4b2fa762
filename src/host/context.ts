import type { ExtensionContext } from 'vscode';
import type { Core } from './core/index.ts';
import type { HostLog } from './log/index.ts';
import type { Pages } from './pages/index.ts';
import type { Environment, Secrets, Workspace } from './ports.ts';
import type { Processes } from './processes/index.ts';
import type { ReadingsSource } from './readings/index.ts';
import type { Running } from './running/index.ts';
import type { Chats, Session } from './session/index.ts';
import type { LaneSettings } from './settings/index.ts';
import type { StatusSource } from './status/index.ts';
import type { ThreadFacts } from './thread-facts/index.ts';

/** The program that runs the editor's extensions, as its terminals may use it. */
export type EditorNode = { readonly path: string; readonly platform: string; readonly arch: string };

/** What the extension's root hands in, because only it may know of Node.js and of the core. */
export type Outside = {
  readonly env: Environment;
  /** The path with every link resolved. Rejects where there is no such file. */
  readonly realPath: (path: string) => Promise<string>;
  readonly node: EditorNode;
};

/** All that a feature gets. */
export type HostContext = Outside & {
  readonly extension: ExtensionContext;
  readonly log: HostLog;
  readonly settings: LaneSettings;
  readonly secrets: Secrets;
  readonly workspace: Workspace;
  readonly core: Core;
  readonly status: StatusSource;
  readonly processes: Processes;
  readonly running: Running;
  readonly readings: ReadingsSource;
  readonly pages: Pages;
  readonly chats: Chats;
  /** The chat that something is about: of what a chat or a command asks for that very one, else the one used last. */
  readonly session: Session;
  readonly threadFacts: ThreadFacts;
};
