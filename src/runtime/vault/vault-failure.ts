import type { TurnError } from '../../model/index.ts';
import { LanesError, messageOf } from '../../model/index.ts';

/** No way to the provider could be opened on this machine. */
export class VaultNotOpened extends LanesError {
  constructor(cause: unknown) {
    const what = 'The proxy that keeps the key in the vault could not listen on this machine, so nothing was started';
    super('unavailable', `${what} (${messageOf(cause)}).`, { cause });
  }
}

/** The same as a turn's failure; null = it is another error. */
export function vaultFailure(error: unknown): TurnError | null {
  if (!(error instanceof VaultNotOpened)) return null;
  const hint =
    'Something keeps programs of this machine from listening on 127.0.0.1. With codexLanes.native.credentials set to direct, Codex holds the key itself.';
  return { code: 'connection_failed', message: error.message, retryable: true, hint };
}
