import type {
  Attachment,
  Digest,
  LaneInputs,
  LogEvent,
  Payer,
  RunnableLaneId,
  ThreadId,
  TurnProgress,
} from '../model/index.ts';
import type { Changes, Clock, Lane, Log, Settings, Transcript, Workspace } from '../ports/index.ts';
import type { NativeTransport } from '../routing/index.ts';
import type { TurnGrants } from './approvals.ts';

/** What is known of the folders that Codex marks as trusted in its own configuration. */
export type FolderTrust = {
  /** The folder that Codex may mark for a turn that writes in `cwd`; null = none, or the user knows of it. Never rejects. */
  readonly toMark: (cwd: string) => Promise<string | null>;
  /** The user was told of `folder` and said yes. Never rejects. */
  readonly told: (folder: string) => Promise<void>;
};

/** What is known of the folders outside Git, in which Codex runs only when the user allows it. */
export type NonGit = {
  /** The folder to ask about before a turn in `cwd`; null = none, or the user has allowed it. Never rejects. */
  readonly toAllow: (cwd: string) => Promise<string | null>;
  /** Whether the user has allowed it. Never rejects. */
  readonly isAllowed: (cwd: string) => Promise<boolean>;
  /** The user said yes to `folder`. Never rejects. */
  readonly allow: (folder: string) => Promise<void>;
};

/** All that the engine needs of the outside. */
export type EngineDeps = {
  readonly transcript: Transcript;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Settings;
  readonly workspace: Workspace;
  readonly newId: () => string;
  readonly newDigest: () => Digest;
  /** The facts that a lane is decided from, as last known. */
  readonly inputs: () => LaneInputs;
  /** Checks a lane that was not checked yet; `inputs` is fresh when it resolves. Never rejects. */
  readonly probe: (lane: RunnableLaneId) => Promise<void>;
  /** `transport`: of the native lane; left out = exec. */
  readonly lane: (id: RunnableLaneId, transport?: NativeTransport) => Lane;
  /**
   * Who would pay a turn of the native lane with this configuration profile, of which `inputs` knows nothing; null =
   * unknown. Never rejects.
   */
  readonly payerOfProfile: (profile: string) => Promise<Payer | null>;
  /** Keeps what stood in files before a native turn changed them; left out: nothing is kept. */
  readonly changes?: Changes;
  /** What the user allowed beyond once; left out: no grants are kept. */
  readonly grants?: { readonly of: (thread: ThreadId) => TurnGrants };
  /** Told what was typed as a secret, so that it stays out of transcripts and logs. */
  readonly onSecrets?: (values: readonly string[]) => void;
  readonly folderTrust: FolderTrust;
  readonly nonGit: NonGit;
  /** What is wrong with a file that is to go with a prompt, in a sentence that names it; null = nothing. Never rejects. */
  readonly checkAttachment: (attachment: Attachment) => Promise<string | null>;
};

/** What a thread is doing, beside its events. */
export type Activity = {
  readonly running: boolean;
  /** Stop was asked for, and the turn has not ended yet. */
  readonly stopping: boolean;
  readonly queued: number;
  readonly awaitingApproval: boolean;
  /** The running turn takes messages. */
  readonly steers: boolean;
  /** What was observed of the running turn; null = no turn runs, or its lane said nothing yet. */
  readonly progress: TurnProgress | null;
  /** Why the thread can't take prompts (its log can't be written); null = it can. */
  readonly problem: string | null;
};

export type EngineListener = {
  readonly onEvents: (threadId: ThreadId, events: readonly LogEvent[]) => void;
  readonly onActivity: (threadId: ThreadId, activity: Activity) => void;
};
