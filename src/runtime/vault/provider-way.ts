import type { CodexProvider } from '../codex-config.ts';
import { isCredentialHeader, isCredentialParameter } from './headers.ts';

/** What vault-only credentials mean for a provider. */
export type ProviderWay =
  /** Asked with the stored key, through the proxy; `upstream` has no slash at its end. */
  | { readonly kind: 'key'; readonly upstream: string }
  /** It takes no credential: there is nothing to keep. */
  | { readonly kind: 'keyless' }
  | { readonly kind: 'issue'; readonly issue: string };

const openAi = 'https://api.openai.com/v1';

/** Names of Codex's own: 0.169 does not take a table under one of them. */
const reserved: ReadonlySet<string> = new Set(['openai', 'ollama', 'lmstudio', 'amazon-bedrock']);

export function wayTo(provider: CodexProvider): ProviderWay {
  const { id, name, builtIn, needsLogin, envKey, baseUrl, ownCredential } = provider;
  const issue = (why: string): ProviderWay => ({
    kind: 'issue',
    issue: `codexLanes.native.credentials is vault-only, and Codex's provider "${name}" ${why}`,
  });
  const { headerNames, queryNames } = provider;
  const credential =
    ownCredential ?? headerNames.find(isCredentialHeader) ?? queryNames.find(isCredentialParameter) ?? null;
  if (credential !== null) return issue(`brings a credential of its own (${credential}), which is not in the vault`);
  if (!needsLogin && envKey === null) return { kind: 'keyless' };
  if (!builtIn && reserved.has(id)) return issue('has a table under a name that is Codex’s own');
  if (!builtIn && !/^[\w-]+$/.test(id)) return issue('has a name that an argument can’t carry');
  if (envKey !== null && !/^\w+$/.test(envKey)) return issue('has an env_key that no variable can have');
  const address = baseUrl ?? (builtIn ? openAi : null);
  if (address === null) return issue('has no base_url');
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return issue('has a base_url that is no address');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return issue('has more in its base_url than an address');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return issue('is asked without encryption (http:) over the network, where the key could be read');
  }
  return { kind: 'key', upstream: `${url.origin}${url.pathname.replace(/\/+$/, '')}` };
}

/**
 * What surely stays on the machine. Other addresses of 127.0.0.0/8 the editor asks through its network proxy where one is
 * set, and a name under `localhost` a resolver may look up elsewhere.
 */
function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])$/i.test(hostname);
}
