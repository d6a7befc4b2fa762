import type { LearntQuirk } from './endpoint-quirks.ts';
import type { LaneSelection } from './ids.ts';
import type { ExecutableIdentity, Payer } from './receipt.ts';

/** Phase of the native lane's feature gate (contract runtime-status, section 3). */
export type GatePhase = 0 | 1 | 2 | 3 | 4;

/** Why a program that was named or found can't serve as Codex. */
export type BinaryProblem =
  /** Nothing named codex anywhere, or an explicit path without a file. */
  | 'not-found'
  | 'is-folder'
  | 'not-executable'
  /** The npm launcher is there, its platform package is not. */
  | 'incomplete'
  /** `--version` did not end in time. */
  | 'no-answer'
  /** It answered something that is not Codex's version line, or failed. */
  | 'not-codex';

/** What a build of Codex can do, as it said itself when asked: never guessed from its version. */
export type CliAbilities = {
  /** Flags of `codex exec` that a native turn needs and this build lacks; empty = it can run turns. */
  readonly missingExecFlags: readonly string[];
  /** Words of `codex exec` that only some turns need (`fork`, `--worktree` …) and this build lacks. */
  readonly missingTurnOptions: readonly string[];
  readonly plugin: boolean;
  readonly appServer: boolean;
};

/** A probe's answer about the Codex program. */
export type BinaryFact =
  | { readonly kind: 'unchecked' }
  | { readonly kind: 'found'; readonly identity: ExecutableIdentity }
  /** `detail` names what was tried and how it failed. */
  | {
      readonly kind: 'missing';
      readonly detail: string;
      readonly problem: BinaryProblem;
      /** The input that named a path (`CODEX_CLI_PATH`), so that no other was tried. Left out: none did. */
      readonly namedBy?: string;
    };

/** A build of Codex that failed to start again and again, and is not started until the user lifts this. */
export type CrashPin = {
  readonly reason: string;
  /** ISO time. */
  readonly since: string;
};

/** One place that a lane's credential may come from, in the lane's order. Never its value. */
export type CredentialInput = {
  /** `Codex login`, `stored key`, `CODEX_API_KEY`, `OPENAI_API_KEY`, `vault`, or a provider's `env_key`. */
  readonly name: string;
  /**
   * `used`: it pays. `present`: it is there, and another one comes first. `absent`. `not-consulted`: the choice of the
   * user or the endpoint leaves it out, whether it is there or not. `unreachable`: it can't be looked at from here.
   */
  readonly state: 'used' | 'present' | 'absent' | 'not-consulted' | 'unreachable';
  /** Safe to show: an account name or a masked tail (`…abcd`); null = nothing there or not looked at. */
  readonly tail: string | null;
};

/** The editor's network settings as a Codex process gets them. */
export type NetworkFacts = {
  /** Without user name and password. */
  readonly proxy: { readonly value: string; readonly source: string } | null;
  readonly noProxy: { readonly value: string; readonly source: string } | null;
  /** Path of a file with certificates that are trusted in addition, and what it was made from. */
  readonly certificates: { readonly value: string; readonly source: string } | null;
  /** `http.proxyStrictSSL` is off; Codex has no such switch, so that this has no effect on it. */
  readonly strictSslOff: boolean;
};

/** A probe's answer about what the Codex runtime would pay with. */
export type NativeCredentialFact =
  | { readonly kind: 'unchecked' }
  /** `only`: the one place that counts, left out: any. `login`: one that would pay, and does not count. */
  | { readonly kind: 'none'; readonly only?: 'stored key'; readonly login?: 'chatgpt' }
  | {
      readonly kind: 'present';
      readonly authMethod: 'api_key' | 'chatgpt' | 'provider';
      readonly payer: Payer;
      /** A request with it succeeded, or its login was read. Left out: true for `chatgpt` only. */
      readonly verified?: boolean;
    }
  /** There is one, but it can't be used: `issue` says why. */
  | { readonly kind: 'issue'; readonly issue: string };

/** A model that a lane names itself. */
export type ModelFact = { readonly id: string; readonly label: string; readonly description: string };

/** What a model of an endpoint may take. */
export const modelAbilities = ['effort', 'verbosity', 'serviceTier', 'tools', 'images'] as const;
export type ModelAbility = (typeof modelAbilities)[number];

/** A model that an endpoint lists, with what it says of it there. Left out: it says nothing of that. */
export type ApiModel = ModelFact & {
  /** Tokens that its window holds. */
  readonly contextWindow?: number;
  readonly takes?: Readonly<Partial<Record<ModelAbility, boolean>>>;
};

/** What the last probe of the native lane found. */
export type NativeFacts = {
  readonly checkedAt: string | null;
  readonly binary: BinaryFact;
  readonly credential: NativeCredentialFact;
  /** Named restrictions of a usable lane (an old CLI, a stale check). */
  readonly notes: readonly string[];
  /** What this build can do; null = it was not asked. */
  readonly abilities: CliAbilities | null;
  /** Set while this build is pinned after failed starts. */
  readonly pin: CrashPin | null;
  /** Every place that its credential may come from, in the order of the setting; empty before a check. */
  readonly credentialInputs: readonly CredentialInput[];
  /** What the build lists, without asking anybody; empty where it lists none. */
  readonly models: readonly ModelFact[];
  /** How its processes reach the network; null before a check. */
  readonly network: NetworkFacts | null;
  /** Name of the provider that Codex would ask, where it is not the built-in one (`practice (offline)`). */
  readonly providerLabel: string | null;
};

export type ApiFacts = {
  readonly checkedAt: string | null;
  /** Host of the endpoint, or its name where it has one (`practice (offline)`). */
  readonly endpointLabel: string;
  readonly needsKey: boolean;
  readonly payer: Payer | null;
  readonly reach: 'unknown' | 'reachable' | 'offline' | 'refused';
  /** Why it was refused or can't be reached. */
  readonly detail: string | null;
  /** What the endpoint lists; empty where it lists none. */
  readonly models: readonly ApiModel[];
  /** Every place that its key may come from, in order; empty before a check. */
  readonly credentialInputs: readonly CredentialInput[];
  /** Named restrictions of a usable lane (a failed check). Left out: none. */
  readonly notes?: readonly string[];
  /** What the endpoint refused, so that it is left out of what is sent there. Left out: nothing. */
  readonly learnt?: readonly LearntQuirk[];
};

export type GateFacts = {
  readonly phase: GatePhase;
  readonly unlocked: boolean;
  /** Which input unlocked it, or which would. */
  readonly unlockSource: string;
  readonly trusted: boolean;
  /** The input that switches the native lane off (setting `codexLanes.native.enabled`); null = it is on. */
  readonly switchedOffBy: string | null;
  /** The plugin gate: `codexLanes.plugins.unlock`, or env `CODEX_LANES_PLUGINS_UNLOCK=1`. */
  readonly pluginsUnlocked: boolean;
  readonly pluginsUnlockSource: string;
  /** The gate `interactive` (setting `codexLanes.native.interactive`): native turns may run over the app-server. */
  readonly interactive: boolean;
  readonly interactiveSource: string;
  /** Setting `codexLanes.native.transport`: what runs native turns while that gate is open. */
  readonly transport: 'auto' | 'exec' | 'app-server';
  /** Setting `codexLanes.api.tools`: the API lane offers the model tools. */
  readonly apiTools: boolean;
};

/** Everything that the lane decision and the status document are made from. Nothing else may decide. */
export type LaneInputs = {
  readonly selected: LaneSelection;
  /** Which input chose it: `thread`, `workspace`, `setting`, `env`, `default`. */
  readonly selectedSource: string;
  readonly gates: GateFacts;
  readonly native: NativeFacts;
  readonly api: ApiFacts;
};

export const uncheckedNative: NativeFacts = {
  checkedAt: null,
  binary: { kind: 'unchecked' },
  credential: { kind: 'unchecked' },
  notes: [],
  abilities: null,
  pin: null,
  credentialInputs: [],
  models: [],
  network: null,
  providerLabel: null,
};
