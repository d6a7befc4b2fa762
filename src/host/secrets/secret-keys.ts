import type { Secrets } from '../ports.ts';

export type SecretName = Parameters<Secrets['get']>[0];

/** Under which name the editor's vault keeps a secret. An API key is kept for one origin. */
export function secretKey(name: SecretName): string {
  switch (name.kind) {
    case 'api-key':
      return `codexLanes.apiKey:${name.origin}`;
    case 'native-key':
      return 'codexLanes.nativeKey';
  }
}

/** Scheme, host and port of an endpoint: what a key is stored for. */
export function originOf(baseUrl: string): string {
  return new URL(baseUrl).origin;
}
