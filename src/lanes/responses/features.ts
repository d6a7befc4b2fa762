import type { EndpointFeature } from '../../model/index.ts';
import { endpointFeatures } from '../../model/index.ts';

/** What an endpoint takes. A request uses nothing that it does not. */
export type EndpointFeatures = Readonly<Record<EndpointFeature, boolean>>;

/** Every feature but these. */
export function without(dropped: readonly EndpointFeature[]): EndpointFeatures {
  const entries = endpointFeatures.map((name) => [name, !dropped.includes(name)] as const);
  return Object.fromEntries(entries) as Record<EndpointFeature, boolean>;
}

/** What is taken for granted until an endpoint says otherwise. */
export const defaultFeatures: EndpointFeatures = without([]);
