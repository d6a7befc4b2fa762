/** What an endpoint takes. A request uses nothing that it does not. */
export type EndpointFeatures = {
  /** Tools that take free text, with a grammar. */
  readonly customTools: boolean;
  /** `parallel_tool_calls` is known. */
  readonly parallelCalls: boolean;
  /** `include: ["reasoning.encrypted_content"]` is known, and what it gives is taken back. */
  readonly encryptedReasoning: boolean;
  /** `reasoning.summary` is known. */
  readonly reasoningSummary: boolean;
  /** `store` is known. It is always sent as false. */
  readonly store: boolean;
  /** `previous_response_id` is known. Nothing of ours sends it: an endpoint would have to keep the conversation. */
  readonly previousResponseId: boolean;
  /** `text.format` with a JSON Schema is known. */
  readonly structuredOutput: boolean;
  /** It has a tool `web_search` of its own. */
  readonly webSearch: boolean;
};

/** What is taken for granted until an endpoint says otherwise. */
export const defaultFeatures: EndpointFeatures = {
  customTools: true,
  parallelCalls: true,
  encryptedReasoning: true,
  reasoningSummary: true,
  store: true,
  previousResponseId: false,
  structuredOutput: true,
  webSearch: true,
};
