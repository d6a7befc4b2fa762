import type { EndpointFeature } from '../../model/index.ts';
import { endpointFeatures } from '../../model/index.ts';

/** What may be used in a request. True until the endpoint refused it. */
export type EndpointFeatures = Readonly<Record<EndpointFeature, boolean>>;

/** What is sent to an endpoint of which nothing is known. */
export const everyFeature: EndpointFeatures = without([]);

/** Every feature but these. */
export function without(dropped: readonly EndpointFeature[]): EndpointFeatures {
  const entries = endpointFeatures.map((name) => [name, !dropped.includes(name)] as const);
  return Object.fromEntries(entries) as Record<EndpointFeature, boolean>;
}

/** In the words of a notice: “The endpoint does not take …”. */
export const featureWords: Readonly<Record<EndpointFeature, string>> = {
  encryptedReasoning: 'encrypted reasoning',
  reasoningSummary: 'summaries of reasoning',
  reasoningEffort: 'a reasoning effort',
  stateless: 'requests that it keeps nothing of',
  previousResponse: 'the id of an earlier answer',
  customTools: 'tools with free text',
  parallelCalls: 'the switch for parallel tool calls',
  strictSchemas: 'strict schemas',
  verbosity: 'a verbosity',
  serviceTier: 'a service tier',
  webSearch: 'its own web search',
  images: 'images',
  builtInTools: 'the built-in tools `shell` and `apply_patch`',
  tools: 'tools',
};
