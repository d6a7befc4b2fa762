import type { NetworkFacts } from '../model/index.ts';
import type { NetworkSettings } from '../ports/index.ts';
import type { Environment } from './child-environment.ts';
import { envValue } from './child-environment.ts';

/** A file with certificates that are trusted in addition to Codex's own, and what it was made from. */
export type CertificateFile = { readonly path: string; readonly source: string };

export type NetworkInputs = {
  readonly settings: NetworkSettings;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** The system's certificates as a file; null = none are wanted, or this Node.js can't read them. */
  readonly certificates: CertificateFile | null;
};

export type Network = {
  /** Set in the child whatever the environment says. May hold the proxy's password. */
  readonly env: Readonly<Record<string, string>>;
  /** As effective, safe to show. */
  readonly facts: NetworkFacts;
  /** Passwords of proxies: commands see them with the proxy, a transcript must not hold them. */
  readonly secrets: readonly string[];
};

/** Never by a proxy, whoever set it: the local model server, the practice endpoint. */
const loopback = ['127.0.0.1', 'localhost', '::1'];

/** The order in which Codex's HTTP client asks for them, for what it mostly asks: https. */
const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

/** Either names more certificates to Codex 0.169; the first comes first. */
const certificateVariables = ['CODEX_CA_CERTIFICATE', 'SSL_CERT_FILE'];

/**
 * How a Codex process reaches the network. `http.proxy` and `http.noProxy` win over the environment where they are set,
 * as they do for the editor's own requests; certificates that the environment names win over the system's, since whoever
 * set them meant programs like this one.
 */
export function networkOf({ settings, env, platform, certificates }: NetworkInputs): Network {
  const read = (names: readonly string[]): Found | null => firstOf(env, names, platform);
  const inEnv = read(proxyVariables);
  const proxy: Found | null = settings.proxy === null ? inEnv : { value: settings.proxy, source: 'http.proxy' };
  const noProxyInEnv = read(['NO_PROXY', 'no_proxy']);
  const noProxy: Found | null =
    settings.noProxy.length > 0 ? { value: settings.noProxy.join(','), source: 'http.noProxy' } : noProxyInEnv;
  const exempt = proxy === null ? noProxy : withLoopback(noProxy);
  const ownCertificates = read(certificateVariables);
  const trusted =
    ownCertificates ?? (certificates === null ? null : { value: certificates.path, source: certificates.source });

  const set: Record<string, string> = {};
  const both = (name: string, value: string): void => {
    set[name] = value;
    // curl reads `http_proxy` in small letters alone; on Windows the two are one.
    if (platform !== 'win32') set[name.toLowerCase()] = value;
  };
  if (settings.proxy !== null) {
    both('HTTP_PROXY', settings.proxy);
    both('HTTPS_PROXY', settings.proxy);
  }
  if (exempt !== null && (proxy !== null || settings.noProxy.length > 0)) both('NO_PROXY', exempt.value);
  if (ownCertificates === null && certificates !== null) set.CODEX_CA_CERTIFICATE = certificates.path;
  return {
    env: set,
    facts: {
      proxy: proxy === null ? null : { ...proxy, value: withoutUser(proxy.value) },
      noProxy: exempt,
      certificates: trusted,
      strictSslOff: !settings.strictSsl,
    },
    secrets: [settings.proxy, ...proxyVariables.map((name) => envValue(env, name, platform))].flatMap(passwordIn),
  };
}

type Found = { readonly value: string; readonly source: string };

function firstOf(env: Environment, names: readonly string[], platform: NodeJS.Platform): Found | null {
  for (const source of names) {
    const value = envValue(env, source, platform);
    if (value !== undefined) return { value, source };
  }
  return null;
}

function withLoopback(noProxy: Found | null): Found {
  if (noProxy === null) return { value: loopback.join(','), source: 'loopback' };
  const named = noProxy.value.split(',').map((host) => host.trim());
  const missing = named.includes('*') ? [] : loopback.filter((host) => !named.includes(host));
  return { ...noProxy, value: [...named.filter((host) => host !== ''), ...missing].join(',') };
}

/** A proxy's address without user name and password. What is no URL (`host:port` is usual) loses what stands before an `@`. */
function withoutUser(proxy: string): string {
  return proxy.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, '$1');
}

/** As it is written, and as it is meant. */
function passwordIn(proxy: string | null | undefined): readonly string[] {
  const address = (proxy ?? '').replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const written = /^[^:@]*:(.+)@/.exec(address)?.[1];
  if (written === undefined) return [];
  try {
    return [...new Set([written, decodeURIComponent(written)])];
  } catch {
    return [written];
  }
}
