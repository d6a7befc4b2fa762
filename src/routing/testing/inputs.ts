import type {
  ApiFacts,
  BinaryFact,
  CliAbilities,
  CrashPin,
  GatePhase,
  LaneInputs,
  NativeCredentialFact,
} from '../../model/index.ts';
import { laneSelections, uncheckedNative } from '../../model/index.ts';

export const checkedAt = '2026-01-02T03:04:05.000Z';

export const found: BinaryFact = {
  kind: 'found',
  identity: { path: '/opt/codex', source: 'system-path', version: 'codex-cli 0.169.0' },
};

export const envKey: NativeCredentialFact = {
  kind: 'present',
  authMethod: 'api_key',
  payer: { kind: 'api-key', label: '…abcd', source: 'CODEX_API_KEY' },
};

export const chatgpt: NativeCredentialFact = {
  kind: 'present',
  authMethod: 'chatgpt',
  payer: { kind: 'chatgpt', label: 'someone@example.org', source: 'codex login' },
};

export const provider: NativeCredentialFact = {
  kind: 'present',
  authMethod: 'provider',
  payer: { kind: 'provider', label: 'practice (offline)', source: 'none' },
};

const keyed: ApiFacts = {
  checkedAt,
  endpointLabel: 'api.openai.com',
  needsKey: true,
  payer: { kind: 'api-key', label: '…wxyz', source: 'vault' },
  reach: 'reachable',
  detail: null,
  models: [],
  credentialInputs: [],
};

const gatesOpen = {
  switchedOffBy: null,
  pluginsUnlocked: false,
  pluginsUnlockSource: 'codexLanes.plugins.unlock',
  interactive: false,
  interactiveSource: 'codexLanes.native.interactive',
  transport: 'auto',
  apiTools: true,
} as const;

/** Phase 1, everything there and unlocked, `codex-native` selected. */
export const ready: LaneInputs = {
  selected: 'codex-native',
  selectedSource: 'setting',
  gates: { phase: 1, unlocked: true, unlockSource: 'codexLanes.native.unlock', trusted: true, ...gatesOpen },
  native: { ...uncheckedNative, checkedAt, binary: found, credential: envKey },
  api: keyed,
};

export const locked: LaneInputs = { ...ready, gates: { ...ready.gates, unlocked: false } };

export function withNative(inputs: LaneInputs, native: Partial<LaneInputs['native']>): LaneInputs {
  return { ...inputs, native: { ...inputs.native, ...native } };
}

export function withApi(inputs: LaneInputs, api: Partial<ApiFacts>): LaneInputs {
  return { ...inputs, api: { ...inputs.api, ...api } };
}

export const phases: readonly GatePhase[] = [0, 1, 2, 3, 4];

const reached: Partial<ApiFacts> = {};
const withoutKey: Partial<ApiFacts> = { payer: null };
const apis: readonly Partial<ApiFacts>[] = [
  reached,
  { reach: 'unknown' },
  { reach: 'offline', detail: 'connect ECONNREFUSED' },
  { reach: 'refused', detail: 'key refused' },
  withoutKey,
  { payer: null, checkedAt: null },
  { payer: null, needsKey: false, endpointLabel: 'practice (offline)' },
  { payer: null, needsKey: false, reach: 'offline' },
];

export const pin: CrashPin = { reason: 'failed to start 3 times', since: checkedAt };
export const able: CliAbilities = { missingExecFlags: [], missingTurnOptions: [], plugin: true, appServer: true };

/** What keeps a lane off whose binary and credential are there. */
const forbidden: readonly {
  readonly switchedOffBy?: string;
  readonly pin?: CrashPin;
  readonly abilities?: CliAbilities;
}[] = [
  { abilities: able },
  { switchedOffBy: 'codexLanes.native.enabled' },
  { pin },
  { abilities: { ...able, missingExecFlags: ['--json'] } },
];

/**
 * Every combination of what the gates can say. The phase is the native lane's own, so that all that the endpoint can say
 * is crossed with one phase, and only whether there is a key with the others.
 */
export function* everyInput(): Generator<LaneInputs> {
  const credentials: readonly NativeCredentialFact[] = [
    { kind: 'unchecked' },
    { kind: 'none' },
    { kind: 'issue', issue: 'the login has expired' },
    envKey,
    chatgpt,
    provider,
  ];
  const binaries: readonly BinaryFact[] = [
    { kind: 'unchecked' },
    { kind: 'missing', detail: 'nothing on PATH', problem: 'not-found' },
    found,
  ];
  for (const selected of laneSelections)
    for (const phase of phases)
      for (const unlocked of [false, true])
        for (const trusted of [false, true])
          for (const binary of binaries)
            for (const credential of credentials)
              for (const { switchedOffBy = null, pin = null, abilities = null } of forbidden)
                for (const notes of [[], ['old CLI']])
                  for (const api of phase === 1 ? apis : [reached, withoutKey])
                    yield {
                      selected,
                      selectedSource: 'setting',
                      gates: { ...ready.gates, phase, unlocked, trusted, switchedOffBy },
                      native: { ...ready.native, binary, credential, pin, abilities, notes },
                      api: { ...keyed, ...api },
                    };
}
