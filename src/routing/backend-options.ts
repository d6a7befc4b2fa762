import type { BackendOption, BackendState, LaneInputs, RunnableLaneId } from '../model/index.ts';
import { words } from './copy.ts';
import { gatePhases, signInCopy } from './gate-phases.ts';
import type { Standing } from './standing.ts';
import { disabledBy, resolves, runs, standingOf } from './standing.ts';

/** The three options of a status document, always all of them. */
export function backendOptions(inputs: LaneInputs): readonly BackendOption[] {
  return [autoOption(inputs), apiOption(inputs), nativeOption(inputs)];
}

function apiOption(inputs: LaneInputs): BackendOption {
  const standing = standingOf('api', inputs);
  return {
    id: 'api',
    label: words('lane.api'),
    description: words('lane.api.description'),
    ...readiness(standing),
    recommended: true,
    audience: 'general',
    statusMessage: apiOptionMessage(standing, inputs),
    detailMessage: standing === 'degraded' ? inputs.api.detail : null,
  };
}

/** `auto` is as good as what it resolves to. */
function autoOption(inputs: LaneInputs): BackendOption {
  const label = words('lane.auto');
  return {
    ...apiOption(inputs),
    id: 'auto',
    label,
    description: words('lane.auto.description'),
    recommended: false,
  };
}

function apiOptionMessage(standing: Standing, { api }: LaneInputs): string {
  switch (standing) {
    case 'untrusted':
      return words('option.untrusted');
    case 'unchecked':
      return words('option.not-checked');
    case 'authentication-required':
      return words('option.add-key');
    case 'degraded':
      return api.reach === 'offline'
        ? words('option.api-offline')
        : words('option.degraded', (api.notes ?? []).join('; '));
    default:
      return words('option.ready');
  }
}

function nativeOption(inputs: LaneInputs): BackendOption {
  const standing = standingOf('codex-native', inputs);
  return {
    id: 'codex-native',
    label: words('lane.codex-native'),
    description: words('lane.codex-native.description'),
    ...readiness(standing),
    recommended: false,
    audience: gatePhases[inputs.gates.phase].audience,
    ...nativeOptionMessages(standing, inputs),
  };
}

function nativeOptionMessages(
  standing: Standing,
  inputs: LaneInputs,
): Pick<BackendOption, 'statusMessage' | 'detailMessage'> {
  const { readyMessage, readyDetail } = gatePhases[inputs.gates.phase];
  const detail = readyDetail === null ? null : words(readyDetail);
  switch (standing) {
    case 'ready':
      return { statusMessage: readyMessage === null ? null : words(readyMessage), detailMessage: detail };
    case 'degraded':
      return { statusMessage: words('option.degraded', inputs.native.notes.join('; ')), detailMessage: detail };
    case 'locked':
      return { statusMessage: words('option.locked'), detailMessage: detail };
    case 'authentication-required':
      return {
        statusMessage: words('option.authentication-required'),
        detailMessage: words(signInCopy(inputs)),
      };
    case 'runtime-missing':
      return { statusMessage: words('option.runtime-missing'), detailMessage: words('detail.install') };
    case 'disabled':
      return { statusMessage: words('option.disabled', disabledBy(inputs)?.reason ?? ''), detailMessage: null };
    case 'untrusted':
      return { statusMessage: words('option.untrusted'), detailMessage: null };
    case 'unchecked':
      return uncheckedMessages('codex-native', inputs);
  }
}

function readiness(standing: Standing): Pick<BackendOption, 'selectable' | 'available' | 'state'> {
  return { selectable: runs(standing), available: resolves(standing), state: stateOf(standing) };
}

function stateOf(standing: Standing): BackendState {
  switch (standing) {
    case 'untrusted':
      return 'disabled';
    case 'unchecked':
      return 'degraded';
    default:
      return standing;
  }
}

/** A check that was tried and failed says so: a fresh try is all that helps. */
export function uncheckedMessages(
  lane: RunnableLaneId,
  { native, api }: LaneInputs,
): { readonly statusMessage: string; readonly detailMessage: string | null } {
  const notes = lane === 'api' ? (api.notes ?? []) : native.notes;
  return { statusMessage: words('option.not-checked'), detailMessage: notes.length === 0 ? null : notes.join('; ') };
}
