import type { EndpointFeature } from '../../model/index.ts';

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Kinds of tool that the endpoint brings along, in the place of ours. */
const builtIn: ReadonlySet<unknown> = new Set(['shell', 'local_shell', 'apply_patch']);

/** What one of a request's tools needs of the endpoint beyond plain function tools. Null: nothing, or not known. */
export function featureOfTool(tool: unknown): EndpointFeature | null {
  const { type } = fields(tool);
  if (type === 'custom') return 'customTools';
  if (builtIn.has(type)) return 'builtInTools';
  return typeof type === 'string' && type.startsWith('web_search') ? 'webSearch' : null;
}

/** Which features the body of a request uses, told from the body alone. */
export function usedFeatures(body: unknown): ReadonlySet<EndpointFeature> {
  const { include, reasoning, store, previous_response_id, tools, parallel_tool_calls, text, service_tier, input } =
    fields(body);
  const format = fields(fields(text).format);
  const offered = list(tools);
  const uses: Readonly<Record<EndpointFeature, boolean>> = {
    encryptedReasoning: list(include).includes('reasoning.encrypted_content'),
    reasoningSummary: isGiven(fields(reasoning).summary),
    reasoningEffort: isGiven(fields(reasoning).effort),
    store: store === false,
    previousResponseId: isGiven(previous_response_id),
    customTools: offered.some((tool) => featureOfTool(tool) === 'customTools'),
    parallelCalls: isGiven(parallel_tool_calls),
    strictSchemas: isGiven(format.strict) || offered.some((tool) => isGiven(fields(tool).strict)),
    structuredOutput: isGiven(fields(text).format) && format.type !== 'text',
    verbosity: isGiven(fields(text).verbosity),
    serviceTier: isGiven(service_tier),
    webSearch: offered.some((tool) => featureOfTool(tool) === 'webSearch'),
    images: list(input).some((item) => hasImage(fields(item).content) || hasImage(fields(item).output)),
    builtInTools: offered.some((tool) => featureOfTool(tool) === 'builtInTools'),
    tools: offered.length > 0,
  };
  return new Set((Object.keys(uses) as EndpointFeature[]).filter((name) => uses[name]));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function hasImage(parts: unknown): boolean {
  return list(parts).some((part) => fields(part).type === 'input_image');
}
