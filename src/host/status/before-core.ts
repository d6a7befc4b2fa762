import type { LaneInputs, StampedStatus } from '../../model/index.ts';
import { uncheckedNative } from '../../model/index.ts';
import { deriveStatus, gateFactsOf, gatesSeen, sinceOf } from '../../routing/index.ts';
import type { Environment, SettingsSnapshot } from '../ports.ts';

export type Known = {
  /** What an earlier session kept; `undefined` or anything else from an older version counts as nothing. */
  readonly stored: unknown;
  readonly settings: SettingsSnapshot;
  readonly trusted: boolean;
  readonly env: Environment;
};

/**
 * The status while the core is not loaded: facts of the last check that was stored, with today's choices. Nothing is
 * looked at, so what was never checked says so.
 */
export function statusBeforeCore({ stored, settings, trusted, env }: Known): StampedStatus {
  const choices = {
    selected: settings.lane.value,
    selectedSource: settings.lane.source,
    gates: gateFactsOf({ ...settings, trusted, env }),
  };
  const fresh: LaneInputs = { ...choices, native: uncheckedNative, api: uncheckedApi(settings, env) };
  const unchecked = {
    document: deriveStatus(fresh),
    inputs: fresh,
    checkedAt: null,
    since: {},
    checking: false,
    sequence: 0,
  };
  if (!isStored(stored)) return unchecked;
  try {
    // A check of another endpoint says nothing about this one.
    const sameEndpoint = stored.inputs.api.endpointLabel === fresh.api.endpointLabel;
    const inputs = { ...stored.inputs, ...choices, api: sameEndpoint ? stored.inputs.api : fresh.api };
    // Without a clock: a gate that changed since has no time here, the core will give it one.
    const since = sinceOf({ seen: gatesSeen(stored.inputs), since: stored.since }, gatesSeen(inputs), null);
    return { ...stored, document: deriveStatus(inputs), inputs, since, checking: false };
  } catch {
    // Written by a version with other facts: as good as nothing.
    return unchecked;
  }
}

/** The store is not ours alone: an older or newer version of the extension writes there too, with other facts. */
export function isStored(value: unknown): value is StampedStatus {
  if (!isRecord(value)) return false;
  const { document, inputs, checkedAt, since, sequence } = value;
  if (!isRecord(document) || document.schemaVersion !== 1 || !isRecord(inputs) || !isRecord(since)) return false;
  if (!(checkedAt === null || typeof checkedAt === 'string') || typeof sequence !== 'number') return false;
  return has(inputs.native, factsOfNative) && has(inputs.api, ['endpointLabel', 'reach', 'credentialInputs']);
}

/** Every fact that this version knows: what another one left out can't be guessed. */
const factsOfNative = Object.keys(uncheckedNative);

function has(value: unknown, keys: readonly string[]): boolean {
  return isRecord(value) && keys.every((key) => key in value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function uncheckedApi({ apiBaseUrl }: SettingsSnapshot, env: Environment): LaneInputs['api'] {
  const { host, hostname } = new URL(apiBaseUrl);
  const practice = env.CODEX_LANES_PRACTICE !== undefined;
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  return {
    checkedAt: null,
    endpointLabel: practice ? 'practice (offline)' : host,
    needsKey: !practice && !loopback,
    payer: null,
    reach: 'unknown',
    detail: null,
    models: [],
    credentialInputs: [],
  };
}
