import type { RunnableLaneId, StampedStatus } from '../model/index.ts';
import { actionOf } from './actions.ts';
import { copy, copyOfText, words } from './copy.ts';
import type { ExplainRow } from './explain.ts';
import { explain } from './explain.ts';
import type { RuntimeNode } from './runtime-node.ts';
import { actionNode, node } from './runtime-node.ts';
import { laneOf } from './standing.ts';

/** What each lane can do, or the gate that shuts it. The lane that the selection stands for is open, the other closed. */
export function capabilitySection({ inputs, since }: StampedStatus): RuntimeNode {
  const rows = explain(inputs, since);
  const chosen = laneOf(inputs.selected);
  const lanes: readonly RunnableLaneId[] = chosen === 'api' ? ['api', 'codex-native'] : ['codex-native', 'api'];
  return node('capabilities', 'tree.capabilities', {
    icon: 'checklist',
    children: [...lanes.map((lane) => laneNode(lane, chosen, rows)), actionNode('capabilities.explain', 'explain')],
  });
}

function laneNode(lane: RunnableLaneId, chosen: RunnableLaneId, rows: readonly ExplainRow[]): RuntimeNode {
  const own = rows.filter((row) => row.lane === lane);
  const available = own.filter((row) => row.available).length;
  return node(`capabilities.${lane}`, copyOfText(words(`lane.${lane}`)), {
    description: copy('tree.capabilities.count', String(available), String(own.length)),
    ...(lane === chosen ? {} : { collapsed: true as const }),
    children: own.map(rowNode),
  });
}

function rowNode({ capability, label, lane, gate }: ExplainRow): RuntimeNode {
  const id = `capabilities.${lane}.${capability}`;
  if (gate === null) {
    return node(id, copyOfText(label), { description: copy('tree.capabilities.available'), icon: 'pass' });
  }
  const opens = gate.action === null ? words('explain.nothing-opens') : actionOf(gate.action).label.english;
  const since = gate.since ?? words('explain.since.unknown');
  return node(id, copyOfText(label), {
    description: copyOfText(gate.says),
    icon: gate.id === 'lane' ? 'circle-slash' : 'lock',
    tooltip: copy('tree.capabilities.gate', gate.id, gate.says, gate.source, since, opens),
    action: gate.action,
  });
}
