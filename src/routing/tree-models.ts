import type { ApiModel, ModelFact, ModelOffer, ProviderStatus, Reading } from '../model/index.ts';
import type { Copy } from './copy.ts';
import { copy } from './copy.ts';
import type { RuntimeNode } from './runtime-node.ts';
import { node } from './runtime-node.ts';

/** The models of the lane that runs: what it names itself. `told`: what Codex's app-server said of them, of the native lane. */
export function modelSection(
  { models, resolvedBackendId }: ProviderStatus,
  told: Reading<readonly ModelOffer[]>,
  api: readonly ApiModel[],
): RuntimeNode {
  if (resolvedBackendId === null) {
    return node('models', 'tree.models', { icon: 'symbol-class', description: copy('tree.models.no-lane') });
  }
  const offers = resolvedBackendId === 'codex-native' && told.kind === 'told' ? told.value : [];
  if (offers.length > 0) return list(offers.map(offerNode));
  if (models.length === 0) {
    return node('models', 'tree.models', { icon: 'symbol-class', description: copy('tree.models.none') });
  }
  return list(
    models.map((model) =>
      node(`models.${model.id}`, copy('verbatim', model.label), {
        description: (resolvedBackendId === 'api' ? windowOf(model.id, api) : null) ?? idOf(model),
        tooltip: model.description === '' ? null : copy('verbatim', model.description),
      }),
    ),
  );
}

function list(children: readonly RuntimeNode[]): RuntimeNode {
  const description = copy('tree.models.count', String(children.length));
  return node('models', 'tree.models', { icon: 'symbol-class', description, collapsed: true, children });
}

function offerNode(model: ModelOffer): RuntimeNode {
  const { id, label, description, efforts, isDefault } = model;
  const names = efforts.map(({ effort }) => effort).join(', ');
  return node(`models.${id}`, copy('verbatim', label), {
    description: isDefault ? copy('tree.models.default', id) : idOf(model),
    tooltip: names === '' ? copy('verbatim', description) : copy('tree.models.efforts', description, names),
  });
}

/** Null: its endpoint does not say. */
function windowOf(model: string, api: readonly ApiModel[]): Copy | null {
  const tokens = api.find(({ id }) => id === model)?.contextWindow;
  return tokens === undefined ? null : copy('tree.models.window', model, String(tokens));
}

const idOf = ({ id, label }: ModelFact) => (label === id ? null : copy('verbatim', id));
