import type { LaneSelection, Price, SandboxMode, ToolPolicy } from '../model/index.ts';

/** One input of the configuration with where it came from, so that every surface can say so. */
export type Sourced<T> = { readonly value: T; readonly source: string };

/** How the editor reaches the network. Values may hold a password: they go to a child's environment only, never to a surface. */
export type NetworkSettings = {
  /** Setting `http.proxy`; null = not set. */
  readonly proxy: string | null;
  /** Setting `http.noProxy`. */
  readonly noProxy: readonly string[];
  /** Setting `http.proxyStrictSSL`. */
  readonly strictSsl: boolean;
  /** Setting `http.systemCertificates`: certificates of the operating system count too. */
  readonly systemCertificates: boolean;
};

/** What the user has configured, as one snapshot. Bad values are replaced by the default and named in `problems`. */
export type SettingsSnapshot = {
  readonly lane: Sourced<LaneSelection>;
  readonly nativeUnlock: Sourced<boolean>;
  /** False switches the native lane off, whatever else is there. */
  readonly nativeEnabled: Sourced<boolean>;
  readonly pluginsUnlock: Sourced<boolean>;
  /** The gate `interactive`: native turns may run over the app-server. */
  readonly nativeInteractive: Sourced<boolean>;
  /** What runs native turns while that gate is open; `auto` = the app-server where the build has one. */
  readonly nativeTransport: 'auto' | 'exec' | 'app-server';
  /** The model may look at the editor, where the app-server runs the turn: problems, open files, the selection. */
  readonly nativeEditorTools: boolean;
  /** Null = look for `codex` in the usual places. */
  readonly codexPath: Sourced<string> | null;
  readonly nativeAuth: 'auto' | 'chatgpt' | 'api-key';
  /** Who holds the credential of native turns: Codex itself, or the vault alone, with a proxy of ours that adds the key. */
  readonly nativeCredentials: 'direct' | 'vault-only';
  /** Names (never values) of environment variables that the runtime may see beside the fixed list. */
  readonly nativeEnv: readonly string[];
  readonly nativeModel: string | null;
  readonly nativeEffort: string | null;
  readonly nativeSandbox: SandboxMode;
  readonly nativeEphemeral: boolean;
  /** Configuration profile of Codex for native turns; null = none. */
  readonly nativeProfile: string | null;
  /** Folders beside the thread's own that native turns may write in; absolute paths. */
  readonly nativeAddDirs: readonly string[];
  /** What a lane reads is kept as it came (redacted, capped), for reports of defects. */
  readonly keepRawStreams: boolean;
  /** The user allows native turns in folders that are not git folders. */
  readonly nativeSkipGitCheck: boolean;
  /** Seconds without a first event, and without any event while no command runs, before a native turn is given up. */
  readonly nativeFirstEventTimeoutS: number;
  readonly nativeSilenceTimeoutS: number;
  /** The editor's own network settings, for the processes that the product starts. */
  readonly network: NetworkSettings;
  readonly apiBaseUrl: string;
  readonly apiModel: string;
  readonly apiEffort: string | null;
  readonly apiHeaders: Readonly<Record<string, string>>;
  /** Sent as `OpenAI-Organization` and `OpenAI-Project`; null = not sent. */
  readonly apiOrganization: string | null;
  readonly apiProject: string | null;
  /** `low`, `medium`, `high`; null = the endpoint's default. */
  readonly apiVerbosity: string | null;
  /** `auto`, `default`, `flex`, `priority`; null = the endpoint's default. */
  readonly apiServiceTier: string | null;
  /** The model is offered tools: it may read, search, edit and run in the thread's folder, as `apiPolicy` says. */
  readonly apiTools: boolean;
  readonly apiPolicy: ToolPolicy;
  /** The endpoint's own web search is offered, where it has one. It is paid for by the call. */
  readonly apiWebSearch: boolean;
  /** The endpoint's own kinds of shell and patch tool are offered in the place of ours, where it has them; ours run them. */
  readonly apiBuiltinTools: boolean;
  /** After so many requests, tokens, minutes a turn is stopped. */
  readonly apiMaxRounds: number;
  readonly apiMaxTokens: number;
  readonly apiMaxMinutes: number;
  /** The longest that a command of the model may run, in seconds. */
  readonly apiCommandTimeoutS: number;
  /** Tokens that the model's window holds; null = what is known of the model. */
  readonly apiContextWindow: number | null;
  /** By model. */
  readonly apiPrices: Readonly<Record<string, Price>>;
  readonly problems: readonly string[];
};

export type Settings = {
  readonly get: () => SettingsSnapshot;
  /** Calls after each change; the returned function stops it. */
  readonly onChange: (call: () => void) => () => void;
};
