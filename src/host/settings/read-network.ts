import { hasControl } from '../control-characters.ts';
import type { SettingsSnapshot } from '../ports.ts';
import type { Translate } from '../translate.ts';
import type { RawSetting } from './read-settings.ts';

type NetworkSettings = SettingsSnapshot['network'];

/** Settings of the editor itself, by the name after `http.`. */
export const networkNames = ['proxy', 'noProxy', 'proxyStrictSSL', 'systemCertificates'] as const;

export type NetworkName = (typeof networkNames)[number];

/** Schemes that the editor's own schema of `http.proxy` allows. */
const proxySchemes = ['http:', 'https:', 'socks:', 'socks4:', 'socks4a:', 'socks5:', 'socks5h:'];

/**
 * How the user wants the network to be reached, as far as anybody said so: a default of the editor is no choice, and what
 * nobody chose leaves a child as it is. A bad value is named, without itself: an address may hold a password.
 */
export function readNetwork(
  raw: (name: NetworkName) => RawSetting,
  t: Translate,
): { readonly network: NetworkSettings; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const read = <T>(name: NetworkName, unset: T, take: (value: unknown) => T | undefined, expected: string): T => {
    const { value, isSet } = raw(name);
    if (!isSet) return unset;
    const taken = take(value);
    if (taken === undefined) problems.push(t('http.{0} must be {1}', name, expected));
    return taken ?? unset;
  };
  const flag = (name: NetworkName, unset: boolean) =>
    read(name, unset, (value) => (typeof value === 'boolean' ? value : undefined), t('true or false'));
  const network: NetworkSettings = {
    proxy: read<string | null>('proxy', null, asProxy, t('the address of a proxy')),
    noProxy: read('noProxy', [], asHosts, t('a list of host names')),
    strictSsl: flag('proxyStrictSSL', true),
    systemCertificates: flag('systemCertificates', false),
  };
  return { network, problems };
}

/** Null = none, as an empty text says; undefined = not an address. */
function asProxy(value: unknown): string | null | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '') return null;
  if (!URL.canParse(text) || hasControl(text)) return undefined;
  const { protocol, hostname } = new URL(text);
  return proxySchemes.includes(protocol) && hostname !== '' ? text : undefined;
}

function asHosts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const hosts: unknown[] = value;
  if (!hosts.every((host) => typeof host === 'string' && !hasControl(host) && !/[,\s]/.test(host.trim()))) {
    return undefined;
  }
  return hosts.map((host) => String(host).trim()).filter((host) => host !== '');
}
