import type { ExtensionCapability, LaneInputs } from '../model/index.ts';
import { actionOf } from './actions.ts';
import { words } from './copy.ts';
import { opensGate } from './gate-help.ts';
import { wordsOfGate } from './gate-words.ts';
import { laneOf, shutGateOf } from './standing.ts';

/**
 * Whether a turn may claim and offer plugins (contract runtime-status, section 6): a trusted workspace, the native lane
 * chosen and running, the plugin gate open, and a CLI that was asked and has `codex plugin`. Else `reason` names the
 * first gate that is shut and what opens it. Managing plugins is not decided here: it is never gated.
 */
export function pluginCapability(inputs: LaneInputs): ExtensionCapability {
  const reason = shutBy(inputs);
  return { status: reason === null ? 'supported' : 'unsupported', ownership: 'provider-scoped', reason };
}

function shutBy(inputs: LaneInputs): string | null {
  const { gates, native } = inputs;
  if (!gates.trusted) return words('capability.plugins.trust');
  if (laneOf(inputs.selected) !== 'codex-native') return words('capability.plugins.lane');
  const gate = shutGateOf('codex-native', inputs);
  if (gate !== null) {
    const { says } = wordsOfGate('codex-native', gate, inputs);
    const action = opensGate('codex-native', gate, inputs)[0];
    return action === undefined
      ? words('capability.plugins.shut.unopened', says)
      : words('capability.plugins.shut', says, actionOf(action).label.english);
  }
  if (!gates.pluginsUnlocked) return words('capability.plugins.gate', gates.pluginsUnlockSource);
  if (native.abilities === null) return words('capability.plugins.unasked');
  if (!native.abilities.plugin) {
    const version = native.binary.kind === 'found' ? native.binary.identity.version : '';
    return words('capability.plugins.abilities', version);
  }
  return null;
}
