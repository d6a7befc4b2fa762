import { messageOf } from '../model/index.ts';
import type { Environment } from '../node/index.ts';
import type { Log, SecretName, Secrets } from '../ports/index.ts';

/** The one origin that a key in `OPENAI_API_KEY` is meant for; it is sent nowhere else. */
const openAiOrigin = 'https://api.openai.com';

export type ApiKeys = {
  /** The key for an origin: the vault's, then for OpenAI itself `OPENAI_API_KEY`. */
  readonly keyFor: (origin: string) => Promise<{ readonly value: string; readonly source: string } | null>;
  /** The vault, with every value that is read from it noted for redaction. */
  readonly secrets: Secrets;
  /** Every key value that this process has seen: what a transcript must never hold. */
  readonly known: () => readonly string[];
};

export function createApiKeys(deps: {
  readonly secrets: Secrets;
  readonly env: () => Environment;
  readonly log: Log;
}): ApiKeys {
  const known = new Set<string>();
  const note = (value: string | undefined): string | undefined => {
    if (value !== undefined && value !== '') known.add(value);
    return value;
  };
  const secrets: Secrets = {
    ...deps.secrets,
    get: async (name: SecretName) => {
      try {
        return note(await deps.secrets.get(name));
      } catch (error) {
        // A locked keyring is no key, and no reason to fail.
        deps.log.warn(`the key store could not be read: ${messageOf(error)}`);
        return undefined;
      }
    },
  };
  return {
    secrets,
    known: () => {
      const { CODEX_API_KEY, OPENAI_API_KEY } = deps.env();
      return [
        ...known,
        ...[CODEX_API_KEY, OPENAI_API_KEY].filter((value) => value !== undefined).filter((value) => value !== ''),
      ];
    },
    keyFor: async (origin) => {
      const stored = await secrets.get({ kind: 'api-key', origin });
      if (stored !== undefined && stored !== '') return { value: stored, source: 'vault' };
      const env = deps.env().OPENAI_API_KEY;
      return origin === openAiOrigin && env ? { value: env, source: 'OPENAI_API_KEY' } : null;
    },
  };
}
