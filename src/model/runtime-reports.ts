import type { BinaryProblem } from './lane-inputs.ts';
import type { ExecutableIdentity } from './receipt.ts';

/** One place where Codex was looked for, in the order of the contract, with what was found there. */
export type BinaryCandidate = {
  /** The path that was tried, before an npm launcher is resolved to its program. */
  readonly path: string;
  readonly source: ExecutableIdentity['source'];
  /** The input that named it: a setting, an environment variable, `managed`, `login-shell PATH`, `PATH`. */
  readonly input: string;
  readonly outcome:
    | { readonly kind: 'usable'; readonly identity: ExecutableIdentity }
    | { readonly kind: 'unusable'; readonly problem: BinaryProblem; readonly detail: string };
};

/** One check of `codex doctor --json`. */
export type DoctorCheck = {
  readonly id: string;
  /** As Codex says it: `ok`, `warning`, `fail`, or what a later version adds. */
  readonly status: string;
  readonly summary: string;
  readonly details: readonly string[];
  /** What Codex says would help; null = nothing. */
  readonly remediation: string | null;
};

/** What Codex says about itself. It makes network checks, so it is asked for, never polled. */
export type DoctorReport =
  | {
      readonly kind: 'report';
      readonly overall: string;
      readonly version: string | null;
      readonly checks: readonly DoctorCheck[];
    }
  /** It could not be asked or its answer could not be read: why, and what helps. */
  | { readonly kind: 'failed'; readonly why: string; readonly hint: string };

/** How an installation of the pinned Codex goes on. */
export type InstallProgress = { readonly step: 'checking-npm' | 'installing' | 'verifying'; readonly detail: string };

export type InstallOutcome =
  | { readonly kind: 'installed'; readonly identity: ExecutableIdentity }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly why: string; readonly hint: string };

/** `browser` needs a browser that reaches this machine's loopback: not over SSH, not from a container. `device-code` needs none. */
export type SignInMethod = 'browser' | 'device-code';

/** What the user has to do now. */
export type SignInStep =
  | { readonly kind: 'open'; readonly url: string }
  | { readonly kind: 'enter-code'; readonly url: string; readonly code: string };

export type SignInEnd =
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'cancelled' }
  /** `hint`: what to do about it; null = nothing of ours helps. */
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string | null };

/** A living process of this product, for the Runtime view. */
export type LiveProcess = {
  readonly pid: number;
  /** What it is for: a turn, a server that turns of several threads run in, or a question to the Codex program. */
  readonly kind: 'turn' | 'server' | 'probe' | 'doctor' | 'install';
  /** The program and its first words, without prompts and values: safe to show. */
  readonly label: string;
  /** ISO time. */
  readonly startedAt: string;
  readonly threadId: string | null;
};

/** A process that a window or command line left behind when it died, with what became of it when it was found. */
export type Leftover = Pick<LiveProcess, 'pid' | 'kind' | 'label' | 'startedAt' | 'threadId'> & {
  /** What had started it: `a VS Code window`, `the command line`. */
  readonly owner: string;
  /** `gone`: it ended by itself meanwhile. `survived`: it could not be ended. */
  readonly outcome: 'ended' | 'gone' | 'survived';
  /** How many processes that it had started were ended with it. */
  readonly descendants: number;
};
