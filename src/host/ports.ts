import type { AppDeps } from '../compose.ts';

/** The core's ports, as the editor fills them in. */
export type Log = AppDeps['log'];
export type Secrets = AppDeps['secrets'];
export type Settings = AppDeps['settings'];
export type SettingsSnapshot = ReturnType<Settings['get']>;
export type Workspace = AppDeps['workspace'];
export type Editor = NonNullable<AppDeps['editor']>;
export type WorkspaceFiles = NonNullable<AppDeps['files']>;
export type Replaced = Awaited<ReturnType<WorkspaceFiles['replace']>>;
export type Environment = AppDeps['env'];
