import type {
  LaneInputs,
  NativeCredentialFact,
  RuleStep,
  RunnableLaneId,
  TurnError,
  TurnErrorCode,
  TurnGateId,
} from '../model/index.ts';
import type { ActionId } from './actions.ts';
import type { CopyCode } from './copy.ts';
import { words } from './copy.ts';
import { opensGate } from './gate-help.ts';
import { gatePhases, signInCopy } from './gate-phases.ts';
import {
  disabledBy,
  gateIsOpen,
  gateStandings,
  lacksNamedTransport,
  laneOf,
  runs,
  shutGateOf,
  standingOf,
} from './standing.ts';

/**
 * Which lane a turn takes, decided once, before it starts.
 * `probe-first`: facts are missing; the caller probes `lane` and decides again. After a probe it does not come back.
 * `refuse`: nothing runs and nothing is spawned; `lane` is what the selection stood for. There is no fallback: the other
 * lane is only offered, among `actions`.
 */
export type LaneDecision =
  | { readonly kind: 'run'; readonly ok: true; readonly lane: RunnableLaneId; readonly trace: readonly RuleStep[] }
  | {
      readonly kind: 'probe-first';
      readonly ok: false;
      readonly lane: RunnableLaneId;
      readonly trace: readonly RuleStep[];
    }
  | {
      readonly kind: 'refuse';
      readonly ok: false;
      readonly lane: RunnableLaneId;
      readonly trace: readonly RuleStep[];
      readonly error: TurnError;
      /** What helps, the most helpful first. */
      readonly actions: readonly ActionId[];
    };

export function decideLane(inputs: LaneInputs): LaneDecision {
  const lane = laneOf(inputs.selected);
  const trace = traceOf(lane, inputs);
  const gate = shutGateOf(lane, inputs);
  if (gate === null) return { kind: 'run', ok: true, lane, trace };
  const missingCheck = gateStandings(lane, inputs)[gate] !== 'shut';
  if (missingCheck) return { kind: 'probe-first', ok: false, lane, trace };
  const actions = [...opensGate(lane, gate, inputs), ...otherLane(lane, gate, inputs)];
  return { kind: 'refuse', ok: false, lane, trace, error: errorFor(lane, gate, inputs), actions };
}

/** Offered, never taken. In a workspace without trust no lane runs. */
function otherLane(lane: RunnableLaneId, gate: TurnGateId, inputs: LaneInputs): readonly ActionId[] {
  if (gate === 'trust') return [];
  if (lane === 'codex-native') return ['useApi'];
  return runs(standingOf('codex-native', inputs)) ? ['useNative'] : [];
}

/** None of these goes away by sending the same prompt again. */
function errorFor(lane: RunnableLaneId, gate: TurnGateId, inputs: LaneInputs): TurnError {
  switch (gate) {
    case 'trust':
      return errorOf('folder_untrusted', 'error.untrusted', 'error.untrusted.hint');
    case 'setting':
      return disabledError(inputs, 'error.disabled.setting.hint');
    case 'pin':
      return disabledError(inputs, 'error.disabled.pin.hint');
    case 'probe':
      return disabledError(
        inputs,
        lacksNamedTransport(inputs) ? 'error.disabled.transport.hint' : 'error.disabled.probe.hint',
      );
    case 'binary':
      return missingError(inputs);
    case 'credential':
      return lane === 'api'
        ? errorOf('authentication_required', 'error.api-key', 'error.api-key.hint', inputs.api.endpointLabel)
        : errorOf(
            'authentication_required',
            loginRefused(inputs) ? 'error.native-login' : 'error.native-credential',
            signInCopy(inputs),
          );
    case 'unlock':
      return errorOf('lane_locked', 'error.locked', 'error.locked.hint', inputs.gates.unlockSource);
  }
}

function disabledError(inputs: LaneInputs, hint: CopyCode): TurnError {
  return errorOf('lane_disabled', 'error.disabled', hint, disabledBy(inputs)?.reason ?? '');
}

function missingError({ native: { binary } }: LaneInputs): TurnError {
  if (binary.kind !== 'missing' || binary.problem === 'not-found') {
    const error = errorOf('runtime_missing', 'error.missing', 'error.missing.hint');
    return binary.kind === 'missing' ? { ...error, detail: binary.detail, ...hintOf(binary.namedBy) } : error;
  }
  const problem = words(`binary.${binary.problem}`);
  const error = errorOf('runtime_missing', 'error.bad-binary', 'error.missing.hint', problem);
  return { ...error, detail: binary.detail, ...hintOf(binary.namedBy) };
}

/** While a path is named, an installation changes nothing. */
function hintOf(namedBy: string | undefined): Pick<TurnError, 'hint'> | null {
  return namedBy === undefined ? null : { hint: words('error.missing.named.hint', namedBy) };
}

function errorOf(code: TurnErrorCode, message: CopyCode, hint: CopyCode, ...args: readonly string[]): TurnError {
  return { code, message: words(message, ...args), retryable: false, hint: words(hint) };
}

function traceOf(lane: RunnableLaneId, inputs: LaneInputs): readonly RuleStep[] {
  const { selected, selectedSource, gates } = inputs;
  const trace = [step('selection', 'rule.selection', words(`lane.${selected}`), selectedSource)];
  if (selected === 'auto') trace.push(step('auto', 'rule.auto'));
  trace.push(step('trust', gates.trusted ? 'rule.trust.open' : 'rule.trust.shut'));
  if (!gates.trusted) return trace;
  trace.push(...(lane === 'api' ? [apiStep(inputs)] : nativeSteps(inputs)));
  return trace;
}

function apiStep({ api }: LaneInputs): RuleStep {
  if (!api.needsKey) return step('api-key', 'rule.api-key.keyless', api.endpointLabel);
  if (api.payer !== null && api.payer.kind !== 'none') {
    return step('api-key', 'rule.api-key.present', api.endpointLabel, api.payer.label, api.payer.source);
  }
  return step('api-key', api.checkedAt === null ? 'rule.api-key.unchecked' : 'rule.api-key.none', api.endpointLabel);
}

/** In the order of the rules; ends at the first that stops the lane. */
function nativeSteps(inputs: LaneInputs): readonly RuleStep[] {
  const { native } = inputs;
  const disabled = disabledBy(inputs);
  if (disabled !== null) return [step('switch', 'rule.switch.off', disabled.reason)];
  const steps = [step('switch', 'rule.switch.on'), binaryStep(inputs)];
  if (native.binary.kind === 'missing') return steps;
  if (native.binary.kind === 'found') {
    steps.push(credentialStep(inputs));
    if (standingOf('codex-native', inputs) === 'authentication-required') return steps;
  }
  steps.push(gateStep(inputs));
  return steps;
}

function binaryStep({ native: { binary } }: LaneInputs): RuleStep {
  switch (binary.kind) {
    case 'unchecked':
      return step('binary', 'rule.binary.unchecked');
    case 'missing':
      return step('binary', 'rule.binary.missing', binary.detail);
    case 'found':
      return step('binary', 'rule.binary.found', binary.identity.version, binary.identity.path, binary.identity.source);
  }
}

function loginRefused({ native: { credential } }: LaneInputs): boolean {
  return credential.kind === 'none' && credential.login !== undefined;
}

function noneCopy({ only, login }: Extract<NativeCredentialFact, { readonly kind: 'none' }>): CopyCode {
  if (login !== undefined) return 'rule.credential.none.login';
  return only === undefined ? 'rule.credential.none' : 'rule.credential.none.stored';
}

function credentialStep({ native: { credential } }: LaneInputs): RuleStep {
  switch (credential.kind) {
    case 'unchecked':
      return step('credential', 'rule.credential.unchecked');
    case 'none':
      return step('credential', noneCopy(credential));
    case 'issue':
      return step('credential', 'rule.credential.issue', credential.issue);
    case 'present':
      return step('credential', 'rule.credential.present', credential.payer.label, credential.payer.source);
  }
}

function gateStep(inputs: LaneInputs): RuleStep {
  const { phase, unlockSource } = inputs.gates;
  if (!gatePhases[phase].needsUnlock) return step('gate', 'rule.gate.no-unlock', String(phase));
  return step('gate', gateIsOpen(inputs) ? 'rule.gate.open' : 'rule.gate.shut', String(phase), unlockSource);
}

function step(rule: string, code: CopyCode, ...args: readonly string[]): RuleStep {
  return { rule, says: words(code, ...args) };
}
