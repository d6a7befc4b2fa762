import * as z from 'zod';

/** What `codex exec --json` writes (measured with 0.169.0): lenient on unknown fields, loud on unknown types. */
const id = z.string();
/** A provider's null and an absent field mean the same. */
const status = z.enum(['in_progress', 'completed', 'failed', 'declined']);

const itemSchemas = {
  agent_message: z.looseObject({ id, type: z.literal('agent_message'), text: z.string() }),
  reasoning: z.looseObject({ id, type: z.literal('reasoning'), text: z.string() }),
  command_execution: z.looseObject({
    id,
    type: z.literal('command_execution'),
    command: z.string(),
    aggregated_output: z.string(),
    exit_code: z.number().nullish(),
    status,
  }),
  file_change: z.looseObject({
    id,
    type: z.literal('file_change'),
    changes: z.array(z.looseObject({ path: z.string(), kind: z.enum(['add', 'update', 'delete']) })),
    status,
  }),
  mcp_tool_call: z.looseObject({
    id,
    type: z.literal('mcp_tool_call'),
    server: z.string(),
    tool: z.string(),
    arguments: z.unknown(),
    result: z.looseObject({ content: z.array(z.unknown()), structured_content: z.unknown() }).nullish(),
    error: z.looseObject({ message: z.string() }).nullish(),
    status,
  }),
  // Its line has the key `id` twice; JSON.parse keeps the last (`ws_…`), the same one at start and end.
  web_search: z.looseObject({ id, type: z.literal('web_search'), query: z.string(), action: z.unknown() }),
  todo_list: z.looseObject({
    id,
    type: z.literal('todo_list'),
    items: z.array(z.looseObject({ text: z.string(), completed: z.boolean() })),
  }),
  collab_tool_call: z.looseObject({
    id,
    type: z.literal('collab_tool_call'),
    tool: z.string(),
    sender_thread_id: z.string().nullish(),
    receiver_thread_ids: z.array(z.string()).nullish(),
    prompt: z.string().nullish(),
    agents_states: z.unknown(),
    status,
  }),
  error: z.looseObject({ id, type: z.literal('error'), message: z.string() }),
} as const;

const itemSchema = z.discriminatedUnion('type', [
  itemSchemas.agent_message,
  itemSchemas.reasoning,
  itemSchemas.command_execution,
  itemSchemas.file_change,
  itemSchemas.mcp_tool_call,
  itemSchemas.web_search,
  itemSchemas.todo_list,
  itemSchemas.collab_tool_call,
  itemSchemas.error,
]);

const tokens = z.number().nullish();
const usageSchema = z.looseObject({
  input_tokens: tokens,
  cached_input_tokens: tokens,
  cache_write_input_tokens: tokens,
  output_tokens: tokens,
  reasoning_output_tokens: tokens,
});

const eventSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('thread.started'), thread_id: z.string() }),
  z.looseObject({ type: z.literal('turn.started') }),
  z.looseObject({ type: z.literal('turn.completed'), usage: usageSchema.nullish() }),
  z.looseObject({ type: z.literal('turn.failed'), error: z.looseObject({ message: z.string() }) }),
  z.looseObject({ type: z.literal('error'), message: z.string() }),
  z.looseObject({ type: z.literal('item.started'), item: itemSchema }),
  z.looseObject({ type: z.literal('item.updated'), item: itemSchema }),
  z.looseObject({ type: z.literal('item.completed'), item: itemSchema }),
]);

export type WireItem = z.infer<typeof itemSchema>;
export type WireUsage = z.infer<typeof usageSchema>;
export type WireEvent = z.infer<typeof eventSchema>;

export type WireLine =
  | { readonly kind: 'event'; readonly event: WireEvent }
  /** JSON that we do not know, or whose known type has another shape. */
  | { readonly kind: 'unknown'; readonly rawType: string; readonly raw: string }
  | { readonly kind: 'not-json'; readonly raw: string }
  | { readonly kind: 'empty' };

/** Reads one line of stdout. Never throws. */
export function readLine(line: string): WireLine {
  if (line.trim() === '') return { kind: 'empty' };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'not-json', raw: line };
  }
  const parsed = eventSchema.safeParse(value);
  if (parsed.success) return { kind: 'event', event: parsed.data };
  return { kind: 'unknown', rawType: rawTypeOf(value), raw: line };
}

function rawTypeOf(value: unknown): string {
  const type = field(value, 'type');
  const itemType = field(field(value, 'item'), 'type');
  const name = typeof type === 'string' ? type : typeof value;
  return typeof itemType === 'string' ? `${name}/${itemType}` : name;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
