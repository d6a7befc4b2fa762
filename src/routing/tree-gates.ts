import type { LaneInputs } from '../model/index.ts';
import { copy, words } from './copy.ts';
import { gatePhases } from './gate-phases.ts';
import type { RuntimeNode } from './runtime-node.ts';
import { node } from './runtime-node.ts';
import { gateIsOpen } from './standing.ts';

/** What may shut the native lane whatever else is there, each with the action that opens it while it is shut. */
export function gateSection(inputs: LaneInputs): RuntimeNode {
  const { gates, native } = inputs;
  const shut = !gateIsOpen(inputs) || !gates.trusted || gates.switchedOffBy !== null || native.pin !== null;
  return node('gates', 'tree.gates', {
    icon: shut ? 'lock' : 'pass',
    children: [
      node('gates.phase', 'tree.gates.phase', {
        description: copy('tree.gates.phase.value', String(gates.phase), words(gatePhases[gates.phase].name)),
      }),
      unlockNode(inputs),
      switchNode(inputs),
      pinNode(inputs),
      interactiveNode(inputs),
      toolsNode(inputs),
      pluginNode(inputs),
      node('gates.trust', 'tree.gates.trust', {
        description: copy(gates.trusted ? 'tree.gates.trust.open' : 'tree.gates.trust.shut'),
        icon: gates.trusted ? 'pass' : 'shield',
        action: gates.trusted ? null : 'manageTrust',
      }),
    ],
  });
}

function unlockNode(inputs: LaneInputs): RuntimeNode {
  const { unlocked, unlockSource } = inputs.gates;
  if (!gateIsOpen(inputs)) {
    const description = copy('tree.gates.unlock.shut', unlockSource);
    return node('gates.unlock', 'tree.gates.unlock', { description, icon: 'lock', action: 'unlockNative' });
  }
  const description = unlocked ? copy('tree.gates.unlock.open', unlockSource) : copy('tree.gates.unlock.unneeded');
  return node('gates.unlock', 'tree.gates.unlock', { description, icon: 'pass' });
}

function switchNode({ gates: { switchedOffBy } }: LaneInputs): RuntimeNode {
  if (switchedOffBy === null) {
    return node('gates.switch', 'tree.gates.switch', { description: copy('tree.gates.switch.on'), icon: 'pass' });
  }
  const description = copy('tree.gates.switch.off', switchedOffBy);
  return node('gates.switch', 'tree.gates.switch', { description, icon: 'circle-slash', action: 'enableNative' });
}

function pinNode({ native: { pin } }: LaneInputs): RuntimeNode {
  if (pin === null) {
    return node('gates.pin', 'tree.gates.pin', { description: copy('tree.gates.pin.none'), icon: 'pass' });
  }
  return node('gates.pin', 'tree.gates.pin', {
    description: copy('verbatim', pin.reason),
    tooltip: copy('tree.gates.pin.since', pin.reason, pin.since),
    icon: 'pinned',
    action: 'liftPin',
  });
}

function interactiveNode({ gates: { interactive, interactiveSource } }: LaneInputs): RuntimeNode {
  if (interactive) {
    const description = copy('tree.gates.unlock.open', interactiveSource);
    return node('gates.interactive', 'tree.gates.interactive', { description, icon: 'pass' });
  }
  const description = copy('tree.gates.unlock.shut', interactiveSource);
  return node('gates.interactive', 'tree.gates.interactive', { description, icon: 'lock', action: 'openInteractive' });
}

/** Whether commands are held is Codex's: its sandbox comes with its program. */
function toolsNode({ gates: { apiTools }, native: { binary } }: LaneInputs): RuntimeNode {
  if (!apiTools) {
    const description = copy('tree.gates.tools.off');
    return node('gates.tools', 'tree.gates.tools', { description, icon: 'circle-slash', action: 'openApiTools' });
  }
  const description = copy(binary.kind === 'missing' ? 'tree.gates.tools.bare' : 'tree.gates.tools.sandboxed');
  return node('gates.tools', 'tree.gates.tools', { description, icon: 'pass' });
}

function pluginNode({ gates: { pluginsUnlocked, pluginsUnlockSource } }: LaneInputs): RuntimeNode {
  if (pluginsUnlocked) {
    const description = copy('tree.gates.unlock.open', pluginsUnlockSource);
    return node('gates.plugins', 'tree.gates.plugins', { description, icon: 'pass' });
  }
  const description = copy('tree.gates.unlock.shut', pluginsUnlockSource);
  return node('gates.plugins', 'tree.gates.plugins', { description, icon: 'lock', action: 'unlockPlugins' });
}
