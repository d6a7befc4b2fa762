import type { LaneSelection, NativeThreadId, RunnableLaneId, Transport } from './ids.ts';
import type { CommandCount, ToolPolicy } from './tool-policy.ts';
import type { Usage, UsageAuthority } from './usage.ts';

/** One step of the lane decision, in the order it was taken: which rule spoke and what it said. */
export type RuleStep = { readonly rule: string; readonly says: string };

/** Who pays for a turn. `label` is safe to show: an account name, a masked key (`…abcd`) or an endpoint's name. */
export type Payer = {
  readonly kind: 'api-key' | 'chatgpt' | 'provider' | 'none';
  readonly label: string;
  /** Where the credential came from: the name of the input, never its value. */
  readonly source: string;
};

/** The program behind a native turn. */
export type ExecutableIdentity = {
  readonly path: string;
  readonly source: 'setting' | 'env' | 'managed' | 'system-path';
  /** Exactly as printed by `--version`. */
  readonly version: string;
};

export type SandboxMode = 'read-only' | 'workspace-write' | 'danger-full-access';
export type ApprovalPolicy = 'never' | 'on-request' | 'untrusted' | 'none' | ToolPolicy;
export type CompletionPolicy = 'ephemeral' | 'persistent';
export type HistoryCompleteness = 'live-only' | 'explicit-hydration-required' | 'backfilled';
export type WarningSource = 'process' | 'history' | 'thread' | 'config' | 'provisioning';

/** What ended a process: nothing of ours, a polite signal, or the last resort. */
export type KillStep = 'none' | 'SIGINT' | 'SIGKILL';

/** Facts that only the lane that ran the turn knows. */
export type LaneFacts = {
  readonly transport: Transport;
  readonly executable: ExecutableIdentity | null;
  /** Host of the endpoint, or its name where it has one (`practice (offline)`). */
  readonly endpoint: string | null;
  readonly payer: Payer | null;
  /** `unknown` where the transport does not tell (exec): never copied from what was asked. */
  readonly modelServed: string;
  readonly nativeThreadId: NativeThreadId | null;
  readonly completionPolicy: CompletionPolicy | null;
  readonly historyCompleteness: HistoryCompleteness | null;
  readonly usage: Usage | null;
  readonly usageAuthority: UsageAuthority | null;
  readonly exitCode: number | null;
  readonly killStep: KillStep;
  /** Vault-only: requests for answers that our proxy passed on with the key. Left out where Codex held what it paid with. */
  readonly vaultRequests?: number;
  /** Commands that the model had run by tools of ours. Left out where the lane has none. */
  readonly commands?: CommandCount;
  /** What the turn cost, by the prices that the user told; left out where they are not known. */
  readonly cost?: { readonly usd: number; readonly source: string };
  /** Requests that the turn made of the endpoint. Left out where nobody counts them. */
  readonly rounds?: number;
};

/** Ends every turn: what ran, who paid, with what. Milliseconds throughout; null = not reached or not known. */
export type Receipt = LaneFacts & {
  readonly asked: LaneSelection;
  readonly resolved: RunnableLaneId | null;
  readonly trace: readonly RuleStep[];
  /** Null = the endpoint's or the runtime's own default. */
  readonly modelAsked: string | null;
  readonly effort: string | null;
  readonly sandbox: SandboxMode | null;
  readonly approvalPolicy: ApprovalPolicy | null;
  readonly cwd: string | null;
  readonly warnings: Readonly<Partial<Record<WarningSource, number>>>;
  readonly durations: {
    readonly queueMs: number;
    readonly firstEventMs: number | null;
    readonly firstTextMs: number | null;
    readonly totalMs: number;
  };
  /** Hash (SHA-256, hex) over the turn's stored events and the seal before it. */
  readonly seal: string;
};

export function historyCompletenessOf(policy: CompletionPolicy): HistoryCompleteness {
  return policy === 'ephemeral' ? 'live-only' : 'explicit-hydration-required';
}
