import type { CredentialInput, LaneInputs, RunnableLaneId } from '../model/index.ts';
import type { ActionId } from './actions.ts';
import type { Copy } from './copy.ts';
import { copy } from './copy.ts';
import { opensGate } from './gate-help.ts';
import { signInCopy } from './gate-phases.ts';
import type { NodeExtras, RuntimeNode } from './runtime-node.ts';
import { node } from './runtime-node.ts';
import { gateStandings } from './standing.ts';

/** Who pays on each lane, and behind it every place that a credential may come from. Never a value. */
export function credentialSection(inputs: LaneInputs): RuntimeNode {
  return node('credentials', 'tree.credentials', {
    icon: 'key',
    children: [
      node('credentials.api', 'tree.credentials.api', {
        ...apiCredential(inputs),
        children: inputs.api.credentialInputs.map((input) => inputNode('api', input)),
      }),
      node('credentials.native', 'tree.credentials.native', {
        ...nativeCredential(inputs),
        children: inputs.native.credentialInputs.map((input) => inputNode('codex-native', input)),
      }),
    ],
  });
}

function apiCredential(inputs: LaneInputs): NodeExtras {
  const { needsKey, payer, endpointLabel } = inputs.api;
  const tooltip = copy('verbatim', endpointLabel);
  if (payer !== null && payer.kind !== 'none') {
    const description = copy('tree.credentials.present', payer.label, payer.source);
    // A key of the environment is not ours to clear.
    return { description, icon: 'pass', tooltip, action: payer.source === 'vault' ? 'clearApiKey' : 'setApiKey' };
  }
  if (!needsKey) return { description: copy('tree.credentials.keyless'), icon: 'pass', tooltip };
  const unknown = gateStandings('api', inputs).credential === 'unknown';
  const description = copy(unknown ? 'option.not-checked' : 'tree.credentials.none');
  return { description, icon: unknown ? 'question' : 'key', tooltip, action: 'setApiKey' };
}

function nativeCredential(inputs: LaneInputs): NodeExtras {
  const { credential } = inputs.native;
  switch (credential.kind) {
    case 'unchecked':
      return { description: copy('option.not-checked'), icon: 'question', action: 'refreshStatus' };
    case 'none': {
      const tooltip = copy(signInCopy(inputs));
      const action = opensGate('codex-native', 'credential', inputs)[0] ?? null;
      return { description: copy('tree.credentials.none'), icon: 'key', tooltip, action };
    }
    case 'issue': {
      const description = copy('verbatim', credential.issue);
      return { description, icon: 'warning', tooltip: description, action: 'refreshStatus' };
    }
    case 'present': {
      const { label, source } = credential.payer;
      const tooltip = copy('tree.credentials.payer', copy(`payer.${credential.authMethod}`).english, label, source);
      return { description: copy('tree.credentials.present', label, source), icon: 'pass', tooltip };
    }
  }
}

const icons: Readonly<Record<CredentialInput['state'], string>> = {
  used: 'pass',
  present: 'circle-outline',
  absent: 'dash',
  'not-consulted': 'debug-step-over',
  unreachable: 'question',
};

function inputNode(lane: RunnableLaneId, { name, state, tail }: CredentialInput): RuntimeNode {
  const said: Copy = copy(`credential.${state}`);
  return node(`credentials.${lane}.${name}`, labelOf(name), {
    description: tail === null ? said : copy('tree.credentials.input', said.english, tail),
    icon: icons[state],
    tooltip: copy(`credential.${state}.why`),
    action: actionOn(lane, name, state),
  });
}

/** The name of a variable is its own label. */
function labelOf(name: string): Copy {
  if (name === 'vault' || name === 'stored key') return copy('credential.name.stored');
  return name === 'Codex login' ? copy('credential.name.login') : copy('verbatim', name);
}

/** Only what this product keeps can be set or cleared here. */
function actionOn(lane: RunnableLaneId, name: string, state: CredentialInput['state']): ActionId | null {
  const there = state === 'used' || state === 'present';
  if (lane === 'codex-native' && name === 'stored key') {
    if (there) return 'clearNativeKey';
    return state === 'absent' ? 'setNativeKey' : state === 'not-consulted' ? 'chooseNativeAuth' : null;
  }
  if (lane === 'api' && name === 'vault') return there ? 'clearApiKey' : state === 'absent' ? 'setApiKey' : null;
  return null;
}
