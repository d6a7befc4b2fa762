import type { LanesErrorKind } from '../../model/index.ts';
import { LanesError } from '../../model/index.ts';

/** Why a request to the app-server has no answer. */
export type RpcFailure =
  /** It said no. `code` is JSON-RPC's; 0.169 gives −32600 for nearly everything, so that only its words tell causes apart. */
  | { readonly kind: 'refused'; readonly code: number; readonly data: unknown }
  | { readonly kind: 'timeout'; readonly afterMs: number }
  /** The process ended, or we closed it. */
  | { readonly kind: 'gone' }
  /** There is an answer, and it is not what the protocol says. */
  | { readonly kind: 'not-understood' };

const kinds: Readonly<Record<RpcFailure['kind'], LanesErrorKind>> = {
  refused: 'unavailable',
  timeout: 'unavailable',
  gone: 'unavailable',
  'not-understood': 'internal',
};

/** A request without an answer. The message is fit for the user; the server's own words are in it, without secrets. */
export class RpcError extends LanesError {
  readonly failure: RpcFailure;
  constructor(failure: RpcFailure, message: string, options?: { readonly cause?: unknown }) {
    super(kinds[failure.kind], message, options);
    this.failure = failure;
  }
}

export function isRpcError<K extends RpcFailure['kind']>(
  error: unknown,
  kind: K,
): error is RpcError & { readonly failure: Extract<RpcFailure, { kind: K }> } {
  return error instanceof RpcError && error.failure.kind === kind;
}
