/**
 * What a request to a Responses endpoint may use, and an endpoint may lack. Each is used until the endpoint refuses it in a
 * way that names it.
 */
export const endpointFeatures = [
  /** `include: ['reasoning.encrypted_content']`. */
  'encryptedReasoning',
  /** `reasoning.summary`. */
  'reasoningSummary',
  /** `reasoning.effort`. */
  'reasoningEffort',
  /** `store: false`. Without it `store` is left out: an endpoint may then keep what it is sent. */
  'store',
  /** `previous_response_id`; used only where `store` is refused, within a turn. */
  'previousResponseId',
  /** Tools that take free text (`type: 'custom'`). Without it: the same tools with JSON. */
  'customTools',
  /** `parallel_tool_calls`. */
  'parallelCalls',
  /** `strict` of tools and of a schema for the answer. */
  'strictSchemas',
  /** `text.format` with a JSON Schema for the answer. */
  'structuredOutput',
  /** `text.verbosity`. */
  'verbosity',
  /** `service_tier`. */
  'serviceTier',
  /** The endpoint's own web search. */
  'webSearch',
  /** Images in what is sent. */
  'images',
  /** The endpoint's built-in `shell` and `apply_patch`, in the place of ours. */
  'builtInTools',
  /** Tools at all. */
  'tools',
] as const;
export type EndpointFeature = (typeof endpointFeatures)[number];

/** Something that an endpoint refused, so that it is left out of what is sent there. */
export type EndpointQuirk = {
  readonly feature: EndpointFeature;
  /** ISO time of the refusal. */
  readonly at: string;
  /** The endpoint's own words, without secrets, cut to a line. */
  readonly why: string;
};

/** The same, of an endpoint that is known. */
export type LearntQuirk = EndpointQuirk & { readonly model: string };

/** What was learnt of one endpoint with one model. */
export type KnownEndpoint = {
  /** Origin and path of the base URL: no user name, key or query. */
  readonly endpoint: string;
  readonly model: string;
  readonly quirks: readonly EndpointQuirk[];
};
