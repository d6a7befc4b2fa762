import type { EndpointFeature } from '../../model/index.ts';
import type { EndpointFeatures } from './features.ts';
import type { RefusedRequest } from './refused-request.ts';
import { featureOfTool, usedFeatures } from './used-features.ts';

/** What is sent next, and what is left out of it. */
export type Negotiated = {
  readonly features: EndpointFeatures;
  readonly dropped: EndpointFeature;
  /** False: the endpoint takes it with another value, so that nothing is to be learnt for the next turn. */
  readonly lasting: boolean;
};

/** Statuses of a request that is refused as such, and so was not paid for. 501: vLLM, of what it has not built. */
const refusing: ReadonlySet<number> = new Set([400, 404, 415, 422, 501]);
/** What has nothing to do with a feature, whatever words it uses. */
const otherCodes = /context_length|model_not_found|quota|billing|api_key|rate_limit|content_policy|content_filter/;

/**
 * Which feature of a refused request its endpoint named, and the features without it. Null: it named none that the request
 * used, so that the refusal stands. Pure; each answer has one feature fewer, so that a chain of them ends.
 *
 * The words are those of OpenAI, llama.cpp, vLLM, Ollama, LM Studio and OpenRouter, as their users report them.
 */
export function negotiate(features: EndpointFeatures, request: unknown, refusal: RefusedRequest): Negotiated | null {
  // llama.cpp says 500 to what it does not know.
  const status = refusing.has(refusal.status) || (refusal.status === 500 && /unsupported param/i.test(refusal.message));
  if (!status || otherCodes.test(refusal.code)) return null;
  const used = usedFeatures(request);
  for (const dropped of namedIn(request, refusal)) {
    if (!features[dropped] || !used.has(dropped)) continue;
    const lasting = !isOfValue(dropped, refusal) && !isNotFound(dropped, refusal);
    return { features: { ...features, [dropped]: false }, dropped, lasting };
  }
  return null;
}

/** What is named, the most exact first. */
function namedIn(request: unknown, { params, message }: RefusedRequest): readonly EndpointFeature[] {
  // What the words single out counts before the parameter that it stands in: `tools` is named where one tool is meant.
  const said = isRefusalOfSomething(message) || notFound.test(message) ? wordsOf(message) : [];
  return [...params.flatMap((param) => ofParam(request, param, message)), ...said];
}

function ofParam(request: unknown, param: string, message: string): readonly EndpointFeature[] {
  const [first = '', second = '', third = ''] = param.split('.');
  switch (first) {
    case 'include':
      return ['encryptedReasoning'];
    case 'reasoning':
      if (second === 'summary' || second === 'generate_summary') return ['reasoningSummary'];
      return second === 'effort' ? ['reasoningEffort'] : ['reasoningSummary', 'reasoningEffort'];
    case 'store':
      return ['store'];
    case 'previous_response_id':
      return ['previousResponseId'];
    case 'parallel_tool_calls':
      return ['parallelCalls'];
    case 'service_tier':
      return ['serviceTier'];
    case 'text':
      if (second === 'verbosity') return ['verbosity'];
      if (param.endsWith('.strict')) return ['strictSchemas'];
      return second === 'format' ? ['structuredOutput'] : [];
    case 'tool_choice':
      return ['tools'];
    case 'tools':
      return ofTools(request, second, third, message);
    case 'input':
      // Only what it keeps has ids.
      if (third === 'id' && /missing|required/i.test(message)) return ['store'];
      return /image/.test(param) || /\bimages?\b|image_url|vision/i.test(message) ? ['images'] : [];
    default:
      return [];
  }
}

/** `tools.3.type`: the fourth one is meant. `tools` alone: what its words say, else tools at all. */
function ofTools(request: unknown, at: string, what: string, message: string): readonly EndpointFeature[] {
  if (/^\d+$/.test(at)) {
    const { tools } = (request ?? {}) as { readonly tools?: unknown };
    const feature = featureOfTool(Array.isArray(tools) ? tools[Number(at)] : null);
    if (feature !== null) return [feature];
    return what === 'strict' ? ['strictSchemas'] : [];
  }
  if (at !== '' || /schema/i.test(message)) return [];
  const exact = wordsOf(message);
  return exact.length > 0 ? exact : ['tools'];
}

/** Something is not taken, rather than missing, too long or wrong in itself. */
function isRefusalOfSomething(message: string): boolean {
  return /unsupported|not (?:yet )?(?:supported|allowed|permitted|available|implemented|enabled)|(?:does|do|is|are)(?: not|n't) support|unknown|unrecognized|unexpected|must be|should be|no endpoints found|cannot be|can't be|requires|extra (?:inputs|fields)|invalid discriminator|is false/i.test(
    message,
  );
}

/** An answer that the endpoint kept, and keeps no more. vLLM has no code of its own for it. */
const notFound = /\bresponse with id .*not found|not persisted when/i;

/** In this order: a sentence that names one tool speaks of tools, too. */
const sayings: readonly (readonly [RegExp, readonly EndpointFeature[]])[] = [
  // OpenAI, of an item that came without its content.
  [/not persisted when/i, ['store']],
  [/\bresponse with id .*not found/i, ['previousResponseId']],
  [/encrypted[ _]content|encrypted reasoning/i, ['encryptedReasoning']],
  [/reasoning summar|reasoning\.(?:generate_)?summary/i, ['reasoningSummary']],
  [/reasoning[._]effort|reasoning effort/i, ['reasoningEffort']],
  // LiteLLM lists what it does not take, in brackets.
  [/[[('"`]reasoning['"`\])]|does not support (?:reasoning|thinking)/i, ['reasoningSummary', 'reasoningEffort']],
  [/['"`]?previous_response(?:_id)?\b|previous response/i, ['previousResponseId']],
  [/['"`]store['"`]|\bstore must be\b|`?store=(?:false|true)/i, ['store']],
  [/parallel_tool_calls|parallel tool calls/i, ['parallelCalls']],
  [/verbosity/i, ['verbosity']],
  [/service_tier|service tier/i, ['serviceTier']],
  [/web_search|web search/i, ['webSearch']],
  [/['"`](?:local_)?shell['"`]|['"`]apply_patch['"`]/i, ['builtInTools']],
  [/['"`]custom['"`]|custom tools?\b|freeform/i, ['customTools']],
  // llama.cpp, LM Studio: which one is not said.
  [/type['"`]? of tool must be|expected ['"`]function['"`]/i, ['builtInTools', 'webSearch', 'customTools']],
  [/['"`]strict['"`]|strict (?:mode|schemas?)/i, ['strictSchemas']],
  [/json_schema|response_format|text\.format|structured output/i, ['structuredOutput']],
  [/image input|image_url|input_image|\bimages?\b|vision/i, ['images']],
  [
    /support tool use|support(?:s|ing)? tools|(?:tool|function) calling|tool choice|param: tools|['"`]tools['"`]/i,
    ['tools'],
  ],
];

function wordsOf(message: string): readonly EndpointFeature[] {
  const found = sayings.find(([pattern]) => pattern.test(message));
  return found === undefined ? [] : found[1];
}

/** The endpoint takes ids of answers, but this one it does not know: the next turn may try again. */
function isNotFound(feature: EndpointFeature, { message, code }: RefusedRequest): boolean {
  return feature === 'previousResponseId' && (code === 'previous_response_not_found' || notFound.test(message));
}

/** `Unsupported value: 'xhigh' … Supported values are: …`: the model takes the parameter. */
function isOfValue(feature: EndpointFeature, { message, code }: RefusedRequest): boolean {
  if (feature !== 'reasoningEffort' && feature !== 'verbosity' && feature !== 'serviceTier') return false;
  return /supported values are|unsupported value|invalid value/i.test(message) || code === 'invalid_value';
}
