/** Why a turn failed: the closed list of the contract (normalized-events, section 2). */
export const turnErrorCodes = [
  'lane_locked',
  'lane_disabled',
  'runtime_missing',
  'authentication_required',
  'unauthorized',
  'forbidden',
  'not_found',
  'model_unknown',
  'bad_request',
  'rate_limited',
  'quota_exceeded',
  'usage_limit',
  'overloaded',
  'server_error',
  'context_full',
  'incomplete',
  'refused',
  'stream_cut',
  'connection_failed',
  'no_response',
  'config_invalid',
  'provider_unknown',
  'folder_missing',
  'folder_untrusted',
  'not_a_git_folder',
  'resume_not_found',
  'resume_mismatch',
  'thread_busy',
  'runtime_crashed',
  'runtime_killed',
  'protocol_error',
  'disk_full',
  'budget_spent',
  'internal',
] as const;

export type TurnErrorCode = (typeof turnErrorCodes)[number];

/** A failed turn, for the user: `message` is what happened, `hint` what to do about it (null when nothing helps). */
export type TurnError = {
  readonly code: TurnErrorCode;
  readonly message: string;
  /** True when the same prompt may succeed without changing anything. */
  readonly retryable: boolean;
  readonly hint: string | null;
  /** Text for the folded details and the log: the provider's own words, a stderr tail. */
  readonly detail?: string;
  /** What helps, the most helpful first: names of actions of `routing`. A door leaves out what it can't offer. */
  readonly actions?: readonly string[];
};

/** The kinds of failure that a door shows to the user; everything else is a defect and goes to the log. */
export type LanesErrorKind =
  | 'bad-input'
  | 'not-found'
  | 'conflict'
  | 'unavailable'
  | 'newer-format'
  | 'storage'
  | 'internal';

/** The one error class of the product. Match on `kind` with {@link isLanesError}, never on the message. */
export class LanesError extends Error {
  readonly kind: LanesErrorKind;
  constructor(kind: LanesErrorKind, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'LanesError';
    this.kind = kind;
  }
}

export function isLanesError(error: unknown, kind?: LanesErrorKind): error is LanesError {
  return error instanceof LanesError && (kind === undefined || error.kind === kind);
}

/** The readable part of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
