import * as z from 'zod';

/** An output item of the Responses API. Only what we show is named; the rest is kept for `raw`. Source: OpenAI API reference, Responses. */
const item = z.looseObject({
  type: z.string(),
  id: z.string().nullish(),
  status: z.string().nullish(),
  content: z
    .array(z.looseObject({ type: z.string(), text: z.string().nullish(), refusal: z.string().nullish() }))
    .nullish(),
  summary: z.array(z.looseObject({ text: z.string().nullish() })).nullish(),
  name: z.string().nullish(),
  arguments: z.unknown().optional(),
  input: z.unknown().optional(),
  action: z.unknown().optional(),
  operation: z.unknown().optional(),
  output: z.unknown().optional(),
  server_label: z.string().nullish(),
  error: z.unknown().optional(),
  call_id: z.string().nullish(),
  encrypted_content: z.string().nullish(),
  /** Of an image that was made: base64. */
  result: z.unknown().optional(),
  output_format: z.unknown().optional(),
});
export type WireItem = z.infer<typeof item>;

const usage = z.looseObject({
  input_tokens: z.number().nullish(),
  input_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish(),
  output_tokens: z.number().nullish(),
  output_tokens_details: z.looseObject({ reasoning_tokens: z.number().nullish() }).nullish(),
});
export type WireUsage = z.infer<typeof usage>;

const wireError = z.looseObject({
  code: z.union([z.string(), z.number()]).nullish(),
  type: z.string().nullish(),
  message: z.string().nullish(),
});
export type WireError = z.infer<typeof wireError>;

const response = z.looseObject({
  id: z.string().nullish(),
  model: z.string().nullish(),
  usage: usage.nullish(),
  /** Some endpoints tell items here alone. */
  output: z.array(item).nullish().catch(null),
  error: wireError.nullish(),
  incomplete_details: z.looseObject({ reason: z.string().nullish() }).nullish(),
});
export type WireResponse = z.infer<typeof response>;

const place = { item_id: z.string().nullish(), output_index: z.number().nullish() };
const index = z.number().nullish();
const ofResponse = z.literal(['response.created', 'response.completed', 'response.incomplete', 'response.failed']);

const wireEvent = z.discriminatedUnion('type', [
  z.looseObject({ type: ofResponse, response }),
  z.looseObject({
    type: z.literal(['response.output_item.added', 'response.output_item.done']),
    output_index: z.number().nullish(),
    item,
  }),
  z.looseObject({
    type: z.literal(['response.output_text.delta', 'response.refusal.delta']),
    ...place,
    content_index: index,
    delta: z.string(),
  }),
  z.looseObject({ type: z.literal('response.output_text.done'), ...place, content_index: index, text: z.string() }),
  z.looseObject({ type: z.literal('response.refusal.done'), ...place, content_index: index, refusal: z.string() }),
  z.looseObject({
    type: z.literal(['response.reasoning_summary_text.delta', 'response.reasoning_text.delta']),
    ...place,
    summary_index: index,
    content_index: index,
    delta: z.string(),
  }),
  z.looseObject({
    type: z.literal('error'),
    code: z.union([z.string(), z.number()]).nullish(),
    message: z.string().nullish(),
    error: wireError.nullish(),
  }),
]);
export type WireEvent = z.infer<typeof wireEvent>;

/** What says nothing that another event does not say better. */
const noise: ReadonlySet<string> = new Set([
  'response.queued',
  'response.in_progress',
  'response.content_part.added',
  'response.content_part.done',
  'response.output_text.annotation.added',
  'response.reasoning_summary_part.added',
  'response.reasoning_summary_part.done',
  'response.reasoning_summary_text.done',
  'response.reasoning_text.done',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.custom_tool_call_input.delta',
  'response.custom_tool_call_input.done',
  'response.shell_call_command.added',
  'response.shell_call_command.delta',
  'response.shell_call_command.done',
  'response.apply_patch_call_operation_diff.delta',
  'response.apply_patch_call_operation_diff.done',
  'response.web_search_call.in_progress',
  'response.web_search_call.searching',
  'response.web_search_call.completed',
  'response.image_generation_call.in_progress',
  'response.image_generation_call.generating',
  'response.image_generation_call.partial_image',
  'response.image_generation_call.completed',
  'response.file_search_call.in_progress',
  'response.file_search_call.searching',
  'response.file_search_call.completed',
  'response.code_interpreter_call.in_progress',
  'response.code_interpreter_call.interpreting',
  'response.code_interpreter_call.completed',
  'response.code_interpreter_call_code.delta',
  'response.code_interpreter_call_code.done',
  'response.mcp_call.in_progress',
  'response.mcp_call.completed',
  'response.mcp_call.failed',
  'response.mcp_call_arguments.delta',
  'response.mcp_call_arguments.done',
  'response.mcp_list_tools.in_progress',
  'response.mcp_list_tools.completed',
  'response.mcp_list_tools.failed',
  'keepalive',
  'ping',
]);

export type Read =
  | { readonly kind: 'event'; readonly event: WireEvent }
  | { readonly kind: 'noise' }
  /** `type` is unknown, or known with a shape that is not. */
  | { readonly kind: 'unknown'; readonly type: string; readonly raw: string };

/** Reads the data of one server-sent event. Never throws. */
export function readWire(data: string): Read {
  if (data === '[DONE]') return { kind: 'noise' };
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { kind: 'unknown', type: 'not JSON', raw: data };
  }
  const parsed = wireEvent.safeParse(value);
  if (parsed.success) return { kind: 'event', event: parsed.data };
  const type = z.looseObject({ type: z.string() }).safeParse(value);
  if (type.success && noise.has(type.data.type)) return { kind: 'noise' };
  return { kind: 'unknown', type: type.success ? type.data.type : 'no type', raw: data };
}

const errorBody = z.looseObject({ error: z.union([wireError, z.string()]) });

/** The provider's own words in the body of a refused request; null when it is none of its own (a proxy's page). */
export function readErrorBody(text: string): WireError | null {
  try {
    const parsed = errorBody.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    return typeof parsed.data.error === 'string' ? { message: parsed.data.error } : parsed.data.error;
  } catch {
    return null;
  }
}
