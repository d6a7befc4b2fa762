import type { CliAbilities, LaneInputs, NetworkFacts } from '../model/index.ts';
import type { Copy } from './copy.ts';
import { copy } from './copy.ts';
import { opensGate } from './gate-help.ts';
import type { RuntimeNode } from './runtime-node.ts';
import { actionNode, node } from './runtime-node.ts';
import { disabledBy, standingOf } from './standing.ts';

/** Codex on this machine: which program, what it can do, how it reaches the network; or why there is none. */
export function cliSection(inputs: LaneInputs, age: Copy): RuntimeNode {
  const { binary, abilities, network } = inputs.native;
  switch (binary.kind) {
    case 'unchecked':
      return uncheckedNode(inputs);
    case 'missing':
      return missingNode(inputs, binary.detail);
    case 'found': {
      const { version, path, source } = binary.identity;
      const lacking = disabledBy(inputs)?.by === 'probe';
      return node('cli', 'tree.cli', {
        description: copy('verbatim', version),
        icon: lacking ? 'warning' : 'pass',
        tooltip: age,
        children: [
          node('cli.version', 'tree.cli.version', { description: copy('verbatim', version) }),
          node('cli.path', 'tree.cli.path', { description: copy('verbatim', path), tooltip: copy('verbatim', path) }),
          node('cli.source', 'tree.cli.source', { description: copy(`cli.source.${source}`) }),
          abilityNode(inputs, abilities),
          node('cli.doctor', 'tree.cli.doctor', {
            description: copy('tree.cli.doctor.what'),
            icon: 'pulse',
            action: 'runDoctor',
          }),
          networkNode(network),
        ],
      });
    }
  }
}

function uncheckedNode(inputs: LaneInputs): RuntimeNode {
  // Switched off or not trusted: nobody looks, so that a check would say nothing either.
  const standing = standingOf('codex-native', inputs);
  if (standing === 'untrusted' || standing === 'disabled') {
    const description = copy(standing === 'untrusted' ? 'tree.cli.untrusted' : 'tree.cli.switched-off');
    return node('cli', 'tree.cli', { description, icon: 'question' });
  }
  const { notes } = inputs.native;
  return node('cli', 'tree.cli', {
    description: notes.length === 0 ? copy('option.not-checked') : copy('tree.cli.unchecked', notes.join('; ')),
    icon: 'question',
    action: 'refreshStatus',
  });
}

function missingNode(inputs: LaneInputs, detail: string): RuntimeNode {
  const { binary } = inputs.native;
  const problem = binary.kind === 'missing' ? binary.problem : 'not-found';
  const helps = opensGate('codex-native', 'binary', inputs);
  return node('cli', 'tree.cli', {
    description: copy(problem === 'not-found' ? 'option.runtime-missing' : `binary.${problem}`),
    icon: 'circle-slash',
    tooltip: copy('verbatim', detail),
    action: helps[0] ?? null,
    children: [
      node('cli.problem', 'tree.cli.problem', {
        description: copy('verbatim', detail),
        tooltip: copy('verbatim', detail),
        icon: 'warning',
      }),
      ...helps.map((action) => actionNode(`cli.help.${action}`, action)),
      ...(inputs.native.network === null ? [] : [networkNode(inputs.native.network)]),
    ],
  });
}

function abilityNode(inputs: LaneInputs, abilities: CliAbilities | null): RuntimeNode {
  if (abilities === null) {
    return node('cli.abilities', 'tree.cli.abilities', { description: copy('tree.cli.abilities.unknown') });
  }
  const { missingExecFlags, plugin, appServer } = abilities;
  const turns = missingExecFlags.length === 0;
  const row = (id: string, label: 'tree.cli.ability.plugin' | 'tree.cli.ability.app-server', there: boolean) =>
    node(id, label, {
      description: copy(there ? 'tree.cli.ability.yes' : 'tree.cli.ability.no'),
      icon: there ? 'pass' : 'dash',
    });
  return node('cli.abilities', 'tree.cli.abilities', {
    description: copy(turns ? 'tree.cli.abilities.turns' : 'tree.cli.abilities.no-turns'),
    icon: turns ? 'pass' : 'warning',
    collapsed: true,
    children: [
      node('cli.abilities.exec', 'tree.cli.ability.exec', {
        description: turns ? copy('tree.cli.ability.yes') : copy('tree.cli.ability.lacks', missingExecFlags.join(', ')),
        icon: turns ? 'pass' : 'warning',
        action: turns ? null : (opensGate('codex-native', 'probe', inputs)[0] ?? null),
      }),
      row('cli.abilities.plugin', 'tree.cli.ability.plugin', plugin),
      row('cli.abilities.app-server', 'tree.cli.ability.app-server', appServer),
    ],
  });
}

/** What the processes of Codex get of the editor's network settings. */
function networkNode(network: NetworkFacts | null): RuntimeNode {
  if (network === null) return node('cli.network', 'tree.network', { description: copy('option.not-checked') });
  const { proxy, noProxy, certificates, strictSslOff } = network;
  const row = (id: string, label: 'tree.network.proxy' | 'tree.network.no-proxy' | 'tree.network.certificates') => {
    const fact = id === 'proxy' ? proxy : id === 'no-proxy' ? noProxy : certificates;
    const none = id === 'certificates' ? copy('tree.network.certificates.default') : copy('tree.network.none');
    const description = fact === null ? none : copy('tree.network.value', fact.value, fact.source);
    return node(`cli.network.${id}`, label, { description, tooltip: fact === null ? null : description });
  };
  const strict = node('cli.network.strict-ssl', 'tree.network.strict-ssl', {
    description: copy('tree.network.strict-ssl.no-effect'),
    icon: 'warning',
  });
  return node('cli.network', 'tree.network', {
    description: proxy === null ? copy('tree.network.direct') : copy('verbatim', proxy.value),
    icon: 'globe',
    collapsed: true,
    children: [
      row('proxy', 'tree.network.proxy'),
      row('no-proxy', 'tree.network.no-proxy'),
      row('certificates', 'tree.network.certificates'),
      ...(strictSslOff ? [strict] : []),
    ],
  });
}
