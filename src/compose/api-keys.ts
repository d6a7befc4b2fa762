import type { CredentialInput } from '../model/index.ts';
import { maskKey, messageOf } from '../model/index.ts';
import type { Environment } from '../node/index.ts';
import type { Clock, Log, SecretName, Secrets } from '../ports/index.ts';

/** The one origin that a key in `OPENAI_API_KEY` is meant for; it is sent nowhere else. */
const openAiOrigin = 'https://api.openai.com';

/** Longest wait for the key store, in milliseconds: a keyring may ask the user for its password behind a window. */
const patience = 10_000;

/** Longest that a thread waits for it before it is written, in milliseconds. */
const learnPatience = 500;

type ApiKey = { readonly value: string; readonly source: string };

export type ApiKeys = {
  /** The key for an origin: the vault's, then for OpenAI itself `OPENAI_API_KEY`. */
  readonly keyFor: (origin: string) => Promise<ApiKey | null>;
  /** The same, with every place that it may come from, safe to show. */
  readonly lookUp: (
    origin: string,
  ) => Promise<{ readonly key: ApiKey | null; readonly inputs: readonly CredentialInput[] }>;
  /** The vault, with every value that is read from it noted for redaction. A read that fails is logged, and rejects. */
  readonly secrets: Secrets;
  /** Every key value that this process has seen: what a transcript must never hold. */
  readonly known: () => readonly string[];
  /** Reads what the vault holds for an origin and for Codex, so that it is known. Never rejects; waits a moment at most. */
  readonly learn: (origin: string | null) => Promise<void>;
  /** Notes values that were found elsewhere. */
  readonly remember: (values: readonly string[]) => void;
};

export function createApiKeys(deps: {
  readonly secrets: Secrets;
  readonly env: () => Environment;
  readonly log: Log;
  readonly clock: Clock;
  /** A read that was given up has ended after all: what is found now may be another thing. Called once at most. */
  readonly onLate?: () => void;
}): ApiKeys {
  const known = new Set<string>();
  const note = (value: string | undefined): string | undefined => {
    if (value !== undefined && value !== '') known.add(value);
    return value;
  };
  let toldLate = false;
  const inTime = async (read: Promise<string | undefined>): Promise<string | undefined> => {
    let takeBack: (() => void) | null = null;
    const late = new Promise<never>((_resolve, reject) => {
      takeBack = deps.clock.after(patience, () => {
        reject(new Error(`no answer within ${patience / 1000} s`));
        const tell = (): void => {
          if (!toldLate) deps.onLate?.();
          toldLate = true;
        };
        read.then(tell, tell);
      });
    });
    try {
      return await Promise.race([read, late]);
    } finally {
      (takeBack as (() => void) | null)?.();
    }
  };
  const secrets: Secrets = {
    ...deps.secrets,
    get: async (name: SecretName) => {
      try {
        return await inTime(deps.secrets.get(name).then(note));
      } catch (error) {
        deps.log.warn(`the key store could not be read: ${messageOf(error)}`);
        throw error;
      }
    },
  };
  const inVault = async (origin: string): Promise<Place> => {
    if (!secrets.reachable) return { name: 'vault', left: 'unreachable' };
    try {
      return { name: 'vault', value: await secrets.get({ kind: 'api-key', origin }) };
    } catch {
      // A locked keyring is no key, and no reason to fail.
      return { name: 'vault', left: 'unreachable' };
    }
  };
  const inEnvironment = (origin: string): Place => {
    const name = 'OPENAI_API_KEY';
    return origin === openAiOrigin ? { name, value: deps.env()[name] } : { name, left: 'not-consulted' };
  };
  const lookUp: ApiKeys['lookUp'] = async (origin) => {
    const places = [await inVault(origin), inEnvironment(origin)];
    const used = places.find((place) => 'value' in place && place.value);
    return {
      key: used !== undefined && 'value' in used && used.value ? { value: used.value, source: used.name } : null,
      inputs: places.map((place) => inputOf(place, place === used)),
    };
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
    learn: async (origin) => {
      if (!secrets.reachable) return;
      const names: readonly SecretName[] = [
        { kind: 'native-key' },
        ...(origin === null ? [] : [{ kind: 'api-key', origin } as const]),
      ];
      const moment = Promise.withResolvers<void>();
      const cancel = deps.clock.after(learnPatience, moment.resolve);
      await Promise.race([Promise.allSettled(names.map((name) => secrets.get(name))), moment.promise]);
      cancel();
    },
    remember: (values) => {
      for (const value of values) note(value);
    },
    keyFor: async (origin) => (await lookUp(origin)).key,
    lookUp,
  };
}

/** Where a key may lie: with what was found there, or why nobody looked. */
type Place = { readonly name: string } & (
  | { readonly value: string | undefined }
  | { readonly left: 'unreachable' | 'not-consulted' }
);

function inputOf(place: Place, isUsed: boolean): CredentialInput {
  const { name } = place;
  if ('left' in place) return { name, state: place.left, tail: null };
  if (!place.value) return { name, state: 'absent', tail: null };
  return { name, state: isUsed ? 'used' : 'present', tail: maskKey(place.value) };
}
