import type { Clock, EditorTools, Log, OpenRawStream, SettingsSnapshot } from '../../ports/index.ts';
import type { NativeRuntime, Ready, SharedServer, StartReport } from '../../runtime/index.ts';

export type AppServerLaneDeps = {
  /** Finds the program and what it pays with under a profile of Codex (null = none), anew for each turn. */
  readonly resolve: (profile: string | null) => Promise<NativeRuntime>;
  readonly server: SharedServer;
  readonly settings: () => SettingsSnapshot;
  /** Hears that the program began. */
  readonly onStart?: (program: Ready['program'], start: StartReport) => Promise<void>;
  /** Begins to keep the raw stream of a turn, where the user wants that; left out: nothing is kept. */
  readonly rawStream?: OpenRawStream;
  /** What the model may look at in the window; left out: it gets no tools for that. */
  readonly editorTools?: EditorTools;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
};

/** What the lane remembers between its turns. */
export type LaneMemory = {
  /** The server that told a thread its notices of the start, by thread: once is enough. */
  readonly noticed: Map<string, number>;
  /** The server holds a thread that nobody uses, as a build does that knows no other way. */
  holds: boolean;
  /** Programs that held the last thread that they were to let go, by path. */
  readonly keepers: Set<string>;
  /** Turns that run now. */
  running: number;
};
