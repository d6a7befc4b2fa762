import type { ExtensionContext } from 'vscode';
import type { Core } from './core/index.ts';
import type { HostLog } from './log/index.ts';
import type { Environment, Secrets, Workspace } from './ports.ts';
import type { Session } from './session/index.ts';
import type { LaneSettings } from './settings/index.ts';
import type { StatusSource } from './status/index.ts';
import type { EditorNode } from './terminal/index.ts';

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
  readonly session: Session;
};
