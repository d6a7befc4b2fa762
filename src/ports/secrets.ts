/** Which secret: an API key belongs to one origin and is sent nowhere else. */
export type SecretName = { readonly kind: 'api-key'; readonly origin: string } | { readonly kind: 'native-key' };

/** The vault (the editor's SecretStorage). Where there is none (CLI), `reachable` is false and every read is undefined. */
export type Secrets = {
  readonly reachable: boolean;
  readonly get: (name: SecretName) => Promise<string | undefined>;
  readonly set: (name: SecretName, value: string) => Promise<void>;
  readonly delete: (name: SecretName) => Promise<void>;
};
