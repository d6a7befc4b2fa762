import type { LearntQuirk, StampedStatus } from '../model/index.ts';
import { copy, copyOfText } from './copy.ts';
import type { RuntimeNode } from './runtime-node.ts';
import { actionNode, node } from './runtime-node.ts';

/** The endpoint of the lane that runs; of the API lane with what it refused, when and in which words. Null = no lane runs. */
export function endpointNode({ document, inputs }: StampedStatus): RuntimeNode | null {
  const { backend, resolvedBackendId } = document.providers.codex;
  if (backend === null || backend.endpointLabel === null) return null;
  const description = copyOfText(backend.endpointLabel);
  const learnt = resolvedBackendId === 'api' ? (inputs.api.learnt ?? []) : [];
  if (learnt.length === 0) return node('lane.endpoint', 'tree.lane.endpoint', { description });
  return node('lane.endpoint', 'tree.lane.endpoint', {
    description,
    collapsed: true,
    children: [...learnt.map(quirkNode), actionNode('lane.endpoint.forget', 'forgetEndpoint')],
  });
}

function quirkNode({ feature, model, at, why }: LearntQuirk): RuntimeNode {
  return node(`lane.endpoint.${model}.${feature}`, `feature.${feature}`, {
    icon: 'circle-slash',
    description: copy('tree.endpoint.since', model, at.slice(0, 10)),
    tooltip: copy('tree.endpoint.why', why === '' ? '–' : why),
  });
}
