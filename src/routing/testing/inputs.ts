import type { ApiFacts, BinaryFact, GatePhase, LaneInputs, NativeCredentialFact } from '../../model/index.ts';
import { laneSelections, uncheckedNative } from '../../model/index.ts';

export const checkedAt = '2026-01-02T03:04:05.000Z';

const found: BinaryFact = {
  kind: 'found',
  identity: { path: '/opt/codex', source: 'system-path', version: 'codex-cli 0.169.0' },
};

const envKey: NativeCredentialFact = {
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

const apis: readonly Partial<ApiFacts>[] = [
  {},
  { reach: 'unknown' },
  { reach: 'offline', detail: 'connect ECONNREFUSED' },
  { reach: 'refused', detail: 'key refused' },
  { payer: null },
  { payer: null, checkedAt: null },
  { payer: null, needsKey: false, endpointLabel: 'practice (offline)' },
  { payer: null, needsKey: false, reach: 'offline' },
];

/** Every combination of what the inputs can say. */
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
              for (const pin of [null, { reason: 'failed to start 3 times', since: checkedAt }])
                for (const notes of [[], ['old CLI']])
                  for (const api of apis)
                    yield {
                      selected,
                      selectedSource: 'setting',
                      gates: { ...ready.gates, phase, unlocked, trusted },
                      native: { ...ready.native, binary, credential, pin, notes },
                      api: { ...keyed, ...api },
                    };
}
