import { createHmac, randomBytes } from 'node:crypto';
import type { Secrets } from '../../ports/index.ts';
import type { CodexProvider } from '../codex-config.ts';
import { startVaultProxy } from './proxy.ts';
import type { SpendingTurn } from './spending.ts';
import { VaultNotOpened } from './vault-failure.ts';

/** How a child gets at its provider while the key stays in the vault. Holds no key. */
export type VaultAccess = {
  /** What tells this way from another: the same provider paid with the same key has the same. */
  readonly id: string;
  /** Opens the way for one child. Throws where nothing can listen on loopback. */
  readonly open: () => Promise<VaultGrant>;
};

/** One child's way, until it is closed. */
export type VaultGrant = {
  /** Stands where the key would stand; good for this way alone. */
  readonly token: string;
  /** Arguments that lead the child here; no secret. */
  readonly args: readonly string[];
  /** The variable that the child's provider reads its key from; null = it takes Codex's login. */
  readonly envKey: string | null;
  /** Lets a turn spend, and counts. `threads`: ids that its requests name; null = every request is its own. */
  readonly spend: (threads: () => readonly string[] | null) => SpendingTurn;
  readonly close: () => Promise<void>;
};

export type VaultAccessInputs = {
  readonly provider: CodexProvider;
  readonly upstream: string;
  readonly secrets: Secrets;
  /** The key that the turn was told it pays with. */
  readonly key: string;
  readonly fetch?: typeof globalThis.fetch;
};

/** Opens the way for one child. Throws {@link VaultNotOpened}: then there is no turn, and never one that gets the key itself. */
export async function openVault(access: VaultAccess): Promise<VaultGrant> {
  try {
    return await access.open();
  } catch (error) {
    throw new VaultNotOpened(error);
  }
}

/**
 * For a child with the token in its environment: 0.169 would start a shell that has all of it, to learn of the user's aliases,
 * and write down what that shell knows. Commands read the user's profile themselves then.
 */
export const withoutSnapshot = ['-c', 'features.shell_snapshot=false'] as const;

/** Of this process: a mark of a key that can't be tried out against a list of keys elsewhere. */
const salt = randomBytes(32);
const markOf = (key: string): string => createHmac('sha256', salt).update(key).digest('base64url');

/** The stored key of the native lane, for one provider. It is read from the vault at each request and nowhere kept. */
export function vaultAccess(inputs: VaultAccessInputs): VaultAccess {
  const { provider, upstream, secrets, fetch } = inputs;
  const mark = markOf(inputs.key);
  const key = async (): Promise<{ readonly value: string } | { readonly why: string }> => {
    let value: string | undefined;
    try {
      value = await secrets.get({ kind: 'native-key' });
    } catch {
      return { why: "the stored key can't be read from the vault" };
    }
    if (!value) return { why: 'the stored key was cleared while the turn ran' };
    // Whoever said yes to a payer said it to this one.
    return markOf(value) === mark ? { value } : { why: 'the stored key was replaced while the turn ran' };
  };
  return {
    id: JSON.stringify([provider.id, upstream, [...provider.headerNames], mark]),
    open: async () => {
      const proxy = await startVaultProxy({
        ...{ upstream, key, headerNames: new Set(provider.headerNames.map((name) => name.toLowerCase())) },
        ...(fetch === undefined ? {} : { fetch }),
      });
      return {
        token: proxy.token,
        args: pointingTo(provider, proxy.url),
        envKey: provider.envKey,
        spend: (threads) => proxy.spending.begin(threads),
        close: proxy.close,
      };
    },
  };
}

/**
 * The provider keeps its id, so that Codex goes on with the threads that it began under it, and all that the user says of it
 * but for its address (measured with 0.169: `-c` goes into a table, and comes before profiles and a project's configuration).
 */
function pointingTo({ id, builtIn }: CodexProvider, url: string): readonly string[] {
  const stay = ['-c', `model_provider=${JSON.stringify(id)}`];
  if (builtIn) return [...stay, '-c', `openai_base_url=${JSON.stringify(url)}`];
  const table = `model_providers.${id}`;
  return [...stay, '-c', `${table}.base_url=${JSON.stringify(url)}`, '-c', `${table}.supports_websockets=false`];
}
