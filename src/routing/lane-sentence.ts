import type { RunnableLaneId } from '../model/index.ts';
import type { Copy } from './copy.ts';
import { copy } from './copy.ts';
import { disabledBy, gateIsOpen, standingOf } from './standing.ts';
import type { StatusFacts } from './status-lines.ts';

/** How one lane stands, as a sentence; null where trust is what keeps every lane off, which is said once for all. */
export function laneSentence(lane: RunnableLaneId, { inputs }: Pick<StatusFacts, 'inputs'>): Copy | null {
  return lane === 'api' ? apiSentence(inputs) : nativeSentence(inputs);
}

/** True where a lane runs and nothing is to be said beside that. */
export function isPlainlyReady(lane: RunnableLaneId, { inputs }: Pick<StatusFacts, 'inputs'>): boolean {
  const sentence = laneSentence(lane, { inputs });
  return sentence?.code === 'says.api.ready' || sentence?.code === 'says.native.ready';
}

function apiSentence(inputs: StatusFacts['inputs']): Copy | null {
  switch (standingOf('api', inputs)) {
    case 'untrusted':
      return null;
    case 'unchecked':
      return copy('says.api.unchecked');
    case 'authentication-required':
      return copy('says.api.key');
    case 'degraded':
      return copy(inputs.api.reach === 'offline' ? 'says.api.offline' : 'says.api.notes');
    case 'ready':
      return copy(inputs.api.reach === 'refused' ? 'says.api.refused' : 'says.api.ready');
    // No gate of this lane leads to these.
    case 'disabled':
    case 'locked':
    case 'runtime-missing':
      return copy('says.api.off');
  }
}

function nativeSentence(inputs: StatusFacts['inputs']): Copy | null {
  const { native } = inputs;
  switch (standingOf('codex-native', inputs)) {
    case 'untrusted':
      return null;
    case 'unchecked':
      // A check is asked for behind an open gate only, so the gate is what the reader has to know first.
      return copy(gateIsOpen(inputs) ? 'says.native.unchecked' : 'says.native.locked-unchecked');
    case 'disabled':
      return disabledSentence(inputs);
    case 'runtime-missing':
      if (native.binary.kind === 'missing' && native.binary.problem !== 'not-found') {
        return copy('says.native.unusable');
      }
      return copy('says.native.missing');
    case 'authentication-required':
      return copy('says.native.sign-in');
    case 'locked':
      return copy('says.native.locked');
    case 'degraded':
      return copy(native.credential.kind === 'issue' ? 'says.native.issue' : 'says.native.notes');
    case 'ready':
      return copy(native.credential.kind === 'issue' ? 'says.native.issue' : 'says.native.ready');
  }
}

function disabledSentence(inputs: StatusFacts['inputs']): Copy {
  switch (disabledBy(inputs)?.by) {
    case 'setting':
      return copy('says.native.off');
    case 'pin':
      return copy('says.native.pinned');
    default:
      return copy('says.native.too-old');
  }
}
