import type { LaneSelection, SandboxMode } from '../../model/index.ts';
import { toolPolicies } from '../../model/index.ts';
import { gatePhaseOf, selectLane } from '../../routing/index.ts';
import { isAbsolutePath } from '../absolute-path.ts';
import { hasControl } from '../control-characters.ts';
import type { Environment, SettingsSnapshot } from '../ports.ts';
import { isProfileName, profileRule } from '../profile-name.ts';
import type { Translate } from '../translate.ts';

/** A setting as the editor holds it: its value, and whether anybody set it. */
export type RawSetting = { readonly value: unknown; readonly isSet: boolean };

export type SettingsInputs = {
  /** By the name after `codexLanes.`. */
  readonly raw: (name: SettingName) => RawSetting;
  readonly env: Environment;
  /** The lane that was chosen for this workspace. */
  readonly workspaceLane: unknown;
  readonly network: SettingsSnapshot['network'];
  readonly t: Translate;
};

/** Every setting with its default: the same as in package.json, which a test holds against this. */
export const settingDefaults = {
  lane: 'auto',
  'native.enabled': true,
  'native.unlock': false,
  'plugins.unlock': false,
  'native.interactive': false,
  'native.transport': 'auto',
  'native.editorTools': true,
  'codex.path': '',
  'native.auth': 'auto',
  'native.credentials': 'direct',
  'native.env': [],
  'native.model': '',
  'native.effort': '',
  'native.sandbox': 'workspace-write',
  'native.ephemeral': false,
  'native.profile': '',
  'native.addDirs': [],
  'native.skipGitCheck': false,
  'native.firstEventTimeout': 60,
  'native.silenceTimeout': 300,
  'api.baseUrl': 'https://api.openai.com/v1',
  'api.model': 'gpt-5.5',
  'api.effort': '',
  'api.headers': {},
  'api.organization': '',
  'api.project': '',
  'api.verbosity': '',
  'api.serviceTier': '',
  'api.tools': true,
  'api.policy': 'ask',
  'api.webSearch': false,
  'api.builtinTools': false,
  'api.maxRounds': 100,
  'api.maxTokens': 3_000_000,
  'api.maxMinutes': 60,
  'api.commandTimeout': 600,
  'api.contextWindow': 0,
  'api.prices': {},
  'debug.keepRawStreams': false,
} as const;

export type SettingName = keyof typeof settingDefaults;

const authModes = ['auto', 'chatgpt', 'api-key'] as const;
const credentialModes = ['direct', 'vault-only'] as const;
const transports = ['auto', 'exec', 'app-server'] as const;
const verbosities = ['low', 'medium', 'high'] as const;
const serviceTiers = ['auto', 'default', 'flex', 'priority'] as const;
const sandboxModes: readonly SandboxMode[] = ['read-only', 'workspace-write', 'danger-full-access'];

/**
 * The configuration as one snapshot. The editor only marks a bad value in its settings page and hands it on all the same:
 * so each one is checked here, replaced by its default, and named in `problems`.
 */
export function readSettings({ raw, env, workspaceLane, network, t }: SettingsInputs): SettingsSnapshot {
  const problems: string[] = [];
  const read = <T>(name: SettingName, take: (value: unknown) => T | undefined, expected: string): T => {
    const taken = take(raw(name).value);
    if (taken !== undefined) return taken;
    problems.push(t('codexLanes.{0} must be {1}', name, expected));
    return take(settingDefaults[name]) as T;
  };
  const flag = (name: SettingName) => read(name, asBoolean, t('true or false'));
  const text = (name: SettingName) => read(name, asText, t('a text'));
  const orNull = (name: SettingName) => text(name) || null;
  const seconds = (name: SettingName, max: number) =>
    read(name, (value) => asNumber(value, 1, max), t('a number from 1 to {0}', max));
  const whole = (name: SettingName, min: number, max: number) =>
    read(
      name,
      (value) => (Number.isInteger(value) ? asNumber(value, min, max) : undefined),
      t('a whole number from {0} to {1}', min, max),
    );
  const oneOf = (name: SettingName, words: readonly string[]) =>
    read(name, (value) => ['', ...words].find((one) => one === value), t('one of: {0}', words.join(', ')));
  const path = text('codex.path');
  const apiHeaders = headersOf(read('api.headers', asRecord, t('an object of texts')), problems, t);
  /** What is named among the headers counts: it is the more exact of the two. */
  const ownHeader = (name: SettingName, header: string): string | null => {
    const own = orNull(name);
    if (own === null || !Object.keys(apiHeaders).some((each) => each.toLowerCase() === header.toLowerCase()))
      return own;
    problems.push(t('codexLanes.{0} is not sent: codexLanes.api.headers has {1}', name, header));
    return null;
  };
  return {
    lane: laneOf(raw('lane'), env, workspaceLane, problems),
    nativeUnlock: unlockOf(flag('native.unlock'), env),
    nativeEnabled: { value: flag('native.enabled'), source: 'codexLanes.native.enabled' },
    pluginsUnlock: { value: flag('plugins.unlock'), source: 'codexLanes.plugins.unlock' },
    nativeInteractive: { value: flag('native.interactive'), source: 'codexLanes.native.interactive' },
    nativeTransport: read(
      'native.transport',
      (value) => transports.find((one) => one === value),
      t('one of: {0}', transports.join(', ')),
    ),
    nativeEditorTools: flag('native.editorTools'),
    codexPath: path === '' ? null : { value: path, source: 'codexLanes.codex.path' },
    nativeAuth: read(
      'native.auth',
      (value) => authModes.find((mode) => mode === value),
      t('one of: {0}', authModes.join(', ')),
    ),
    nativeCredentials: credentialsOf(raw('native.credentials').value, problems, t),
    nativeEnv: namesOf(read('native.env', asNames, t('a list of names of environment variables')), problems, t),
    nativeModel: orNull('native.model'),
    nativeEffort: orNull('native.effort'),
    nativeSandbox: read(
      'native.sandbox',
      (value) => sandboxModes.find((mode) => mode === value),
      t('one of: {0}', sandboxModes.join(', ')),
    ),
    nativeEphemeral: flag('native.ephemeral'),
    nativeProfile: read('native.profile', asProfile, profileRule(t)) || null,
    nativeAddDirs: read('native.addDirs', asFolders, t('a list of absolute paths')),
    keepRawStreams: flag('debug.keepRawStreams'),
    nativeSkipGitCheck: flag('native.skipGitCheck'),
    nativeFirstEventTimeoutS: seconds('native.firstEventTimeout', 3600),
    nativeSilenceTimeoutS: seconds('native.silenceTimeout', 86_400),
    network,
    apiBaseUrl: read('api.baseUrl', asBaseUrl, t('an http or https address without user, query or fragment')),
    apiModel: text('api.model') || settingDefaults['api.model'],
    apiEffort: orNull('api.effort'),
    apiHeaders,
    apiOrganization: ownHeader('api.organization', 'OpenAI-Organization'),
    apiProject: ownHeader('api.project', 'OpenAI-Project'),
    apiVerbosity: oneOf('api.verbosity', verbosities) || null,
    apiServiceTier: oneOf('api.serviceTier', serviceTiers) || null,
    apiTools: flag('api.tools'),
    apiPolicy: policyOf(raw('api.policy').value, problems, t),
    apiWebSearch: flag('api.webSearch'),
    apiBuiltinTools: flag('api.builtinTools'),
    apiMaxRounds: whole('api.maxRounds', 1, 10_000),
    apiMaxTokens: whole('api.maxTokens', 1000, 1_000_000_000),
    apiMaxMinutes: whole('api.maxMinutes', 1, 1440),
    apiCommandTimeoutS: whole('api.commandTimeout', 1, 86_400),
    apiContextWindow: whole('api.contextWindow', 0, 100_000_000) || null,
    apiPrices: pricesOf(read('api.prices', asRecord, t('an object with a price for each model')), problems, t),
    problems,
  };
}

/** A word that was meant to hold back and is misspelt must not allow more: whatever is none of them is `ask`. */
function policyOf(value: unknown, problems: string[], t: Translate): SettingsSnapshot['apiPolicy'] {
  const taken = toolPolicies.find((one) => one === value);
  if (taken !== undefined) return taken;
  problems.push(t('codexLanes.{0} must be {1}', 'api.policy', t('one of: {0}', toolPolicies.join(', '))));
  return 'ask';
}

/** Prices are what the user says they are: one that is wrong is left out, so that no cost is made up. */
function pricesOf(
  prices: Readonly<Record<string, unknown>>,
  problems: string[],
  t: Translate,
): SettingsSnapshot['apiPrices'] {
  const kept: Record<string, SettingsSnapshot['apiPrices'][string]> = {};
  for (const [model, value] of Object.entries(prices)) {
    const { input, cachedInput, output } = asRecord(value) ?? {};
    const isPrice = (one: unknown): one is number => typeof one === 'number' && Number.isFinite(one) && one >= 0;
    if (isPrice(input) && isPrice(output) && (cachedInput === undefined || isPrice(cachedInput))) {
      kept[model] = { input, cachedInput: cachedInput ?? null, output };
    } else {
      problems.push(
        t(
          'codexLanes.api.prices: {0} needs “input” and “output” in US dollars per million tokens, and is left out',
          model,
        ),
      );
    }
  }
  return kept;
}

/** A word that was meant to protect and is misspelt must not hand the key over: whatever is no `direct` is `vault-only`. */
function credentialsOf(
  value: unknown,
  problems: string[],
  t: SettingsInputs['t'],
): SettingsSnapshot['nativeCredentials'] {
  const taken = credentialModes.find((mode) => mode === value);
  if (taken !== undefined) return taken;
  problems.push(t('codexLanes.{0} must be {1}', 'native.credentials', t('one of: {0}', credentialModes.join(', '))));
  return 'vault-only';
}

function laneOf(
  setting: RawSetting,
  env: Environment,
  workspaceLane: unknown,
  problems: string[],
): { readonly value: LaneSelection; readonly source: string } {
  const { selected, source, problem } = selectLane(gatePhaseOf(env.CODEX_LANES_GATE_PHASE), [
    { source: 'workspace', value: workspaceLane },
    { source: 'setting', value: setting.isSet ? setting.value : undefined },
    { source: 'env', value: env.CODEX_LANES_BACKEND },
  ]);
  if (problem !== null) problems.push(problem);
  return { value: selected, source };
}

function unlockOf(set: boolean, env: Environment): SettingsSnapshot['nativeUnlock'] {
  const byEnv = !set && env.CODEX_LANES_NATIVE_UNLOCK === '1';
  return { value: set || byEnv, source: byEnv ? 'CODEX_LANES_NATIVE_UNLOCK' : 'codexLanes.native.unlock' };
}

/** What Codex pays with is chosen by `native.auth`: a name in a list must not change the payer. */
const keyNames = ['CODEX_API_KEY', 'OPENAI_API_KEY'];

function namesOf(names: readonly string[], problems: string[], t: Translate): readonly string[] {
  for (const name of names.filter((given) => keyNames.includes(given))) {
    problems.push(
      t('codexLanes.native.env must not name {0}, which is left out; codexLanes.native.auth says what pays', name),
    );
  }
  return names.filter((name) => !keyNames.includes(name));
}

/** Headers that carry a secret have a place of their own, and it is not the settings file. */
const secretHeader = /^(authorization|proxy-authorization|cookie|set-cookie)$|api[-_]?key|token|secret/i;
/** Source: RFC 9110, token. */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function headersOf(
  headers: Readonly<Record<string, unknown>>,
  problems: string[],
  t: Translate,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (secretHeader.test(name)) {
      problems.push(t('codexLanes.api.headers must not hold a secret: {0} is left out; use Set API Key', name));
    } else if (!headerName.test(name) || typeof value !== 'string' || /[\r\n\0]/.test(value)) {
      problems.push(t('codexLanes.api.headers: {0} is not a header and is left out', name));
    } else {
      kept[name] = value;
    }
  }
  return kept;
}

function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && !hasControl(value) ? value.trim() : undefined;
}

/** Empty = none. */
function asProfile(value: unknown): string | undefined {
  return value === '' || (typeof value === 'string' && isProfileName(value)) ? value : undefined;
}

function asFolders(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const taken = value.every((path) => typeof path === 'string' && !hasControl(path) && isAbsolutePath(path));
  return taken ? [...new Set<string>(value)] : undefined;
}

function asNumber(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && value >= min && value <= max ? value : undefined;
}

function asNames(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((name) => typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) ? value : undefined;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function asBaseUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, username, password, search, hash } = new URL(value);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  return username + password + search + hash === '' ? value.trim().replace(/\/+$/, '') : undefined;
}
