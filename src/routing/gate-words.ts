import type { GateId, LaneInputs, RunnableLaneId } from '../model/index.ts';
import { words } from './copy.ts';
import { nativeTransport } from './native-transport.ts';
import { disabledBy } from './standing.ts';

/** What a shut gate of a lane says, and the input that shuts it: `lane` is told by each capability itself. */
export type GateWords = { readonly says: string; readonly source: string };

export function wordsOfGate(lane: RunnableLaneId, gate: Exclude<GateId, 'lane'>, inputs: LaneInputs): GateWords {
  const { gates, api } = inputs;
  switch (gate) {
    case 'trust':
      return { says: words('rule.trust.shut'), source: words('source.trust') };
    case 'setting':
      return switchedOff(inputs, gates.switchedOffBy ?? '');
    case 'pin':
      return switchedOff(inputs, words('source.pin'));
    case 'binary':
      return binaryWords(inputs);
    case 'probe':
      return probeWords(lane, inputs);
    case 'credential':
      return lane === 'api'
        ? { says: words('rule.api-key.none', api.endpointLabel), source: words('source.api-key') }
        : { says: nativeCredentialWords(inputs), source: credentialSource(inputs) };
    case 'unlock':
      return { says: words('rule.gate.shut', String(gates.phase), gates.unlockSource), source: gates.unlockSource };
    case 'interactive':
      return interactiveWords(inputs);
    case 'tools':
      return { says: words('explain.tools.off'), source: 'codexLanes.api.tools' };
  }
}

/** Phase 0 counts one key alone: another credential is there and does not do. */
function nativeCredentialWords({ native: { credential } }: LaneInputs): string {
  if (credential.kind === 'none' && credential.only !== undefined) {
    return words(credential.login === undefined ? 'rule.credential.none.stored' : 'rule.credential.none.login');
  }
  if (credential.kind !== 'present') return words('rule.credential.none');
  return words('rule.credential.other', credential.payer.label, credential.payer.source);
}

function credentialSource({ native: { credential } }: LaneInputs): string {
  const storedOnly = credential.kind === 'none' && credential.only !== undefined;
  return storedOnly ? 'codexLanes.native.credentials' : 'codexLanes.native.auth';
}

function switchedOff(inputs: LaneInputs, source: string): GateWords {
  return { says: words('rule.switch.off', disabledBy(inputs)?.reason ?? ''), source };
}

/** In the words in which a turn is told what runs it. */
function interactiveWords(inputs: LaneInputs): GateWords {
  const { by, step } = nativeTransport(inputs);
  switch (by) {
    case 'shut':
      return { says: step.says, source: inputs.gates.interactiveSource };
    case 'exec':
      return { says: step.says, source: 'codexLanes.native.transport' };
    case 'unknown':
      return { says: step.says, source: words('source.check') };
    default:
      return { says: step.says, source: buildOf(inputs) };
  }
}

function buildOf({ native: { binary } }: LaneInputs): string {
  return binary.kind === 'found' ? `${binary.identity.path} (${binary.identity.source})` : words('source.search');
}

function binaryWords({ native: { binary } }: LaneInputs): GateWords {
  if (binary.kind !== 'missing') return { says: words('rule.binary.unchecked'), source: words('source.search') };
  return { says: words('rule.binary.missing', binary.detail), source: binary.namedBy ?? words('source.search') };
}

function probeWords(lane: RunnableLaneId, inputs: LaneInputs): GateWords {
  const { native, api } = inputs;
  if (lane === 'api') {
    return { says: words('rule.api-key.unchecked', api.endpointLabel), source: words('source.check') };
  }
  const disabled = disabledBy(inputs);
  if (disabled !== null && native.binary.kind === 'found') {
    return { says: words('rule.switch.off', disabled.reason), source: buildOf(inputs) };
  }
  const code = native.binary.kind === 'unchecked' ? 'rule.binary.unchecked' : 'rule.credential.unchecked';
  return { says: words(code), source: words('source.check') };
}
