import type { ProviderStatus } from '../model/index.ts';
import { copy } from './copy.ts';
import type { RuntimeNode } from './runtime-node.ts';
import { node } from './runtime-node.ts';

/** The models of the lane that runs: what it names itself, without asking anybody. */
export function modelSection({ models, resolvedBackendId }: ProviderStatus): RuntimeNode {
  if (resolvedBackendId === null) {
    return node('models', 'tree.models', { icon: 'symbol-class', description: copy('tree.models.no-lane') });
  }
  if (models.length === 0) {
    return node('models', 'tree.models', { icon: 'symbol-class', description: copy('tree.models.none') });
  }
  return node('models', 'tree.models', {
    icon: 'symbol-class',
    description: copy('tree.models.count', String(models.length)),
    collapsed: true,
    children: models.map(({ id, label, description }) =>
      node(`models.${id}`, copy('verbatim', label), {
        description: label === id ? null : copy('verbatim', id),
        tooltip: description === '' ? null : copy('verbatim', description),
      }),
    ),
  });
}
