import * as z from 'zod';
import type { NativeThreadId, TurnError } from '../../model/index.ts';
import { providerFailure } from './server-failure.ts';
import type { OpenThread } from './thread.ts';
import type { TurnLease } from './turn-lease.ts';

const inEffect = z.looseObject({ config: z.looseObject({ model_provider: z.string().nullish() }) });

/** What Codex uses where its configuration names none. */
const standard = 'openai';

/**
 * Why the turn must not run: the thread belongs to another provider than the one that is configured, and so another would
 * pay than the user was told. The app-server goes on with it without a word, where exec refuses (measured with 0.169). Null =
 * it may. `configured`: as Codex's own file names it; null = not known. Never rejects.
 */
export async function otherProvider(
  lease: Pick<TurnLease, 'request'>,
  { how, provider }: Pick<OpenThread, 'how' | 'provider'>,
  configured: string | null,
  cwd: string,
): Promise<TurnError | null> {
  if (how !== 'resumed' || provider === undefined || configured === null || provider === configured) return null;
  // A layer that lies above the file may name another one: then that is what each thread begins with.
  const wanted = await lease
    .request('config/read', { cwd }, inEffect)
    .then(({ config }) => config.model_provider || standard)
    .catch(() => configured);
  return provider === wanted ? null : { ...providerFailure(provider, wanted), retryable: false };
}

const kept = z.looseObject({ thread: z.looseObject({ modelProvider: z.string().nullish() }) });

/**
 * The same before the thread is taken up: at that 0.169 opens a WebSocket to the thread's own provider at once, and hands it
 * the key. Null where nobody can tell, too. Never rejects.
 */
export async function otherProviderOf(
  lease: Pick<TurnLease, 'request'>,
  threadId: NativeThreadId,
  configured: string | null,
  cwd: string,
): Promise<TurnError | null> {
  const provider = await lease
    .request('thread/read', { threadId }, kept)
    .then(({ thread }) => thread.modelProvider)
    .catch(() => null);
  return provider == null ? null : otherProvider(lease, { how: 'resumed', provider }, configured, cwd);
}
