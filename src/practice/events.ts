import type { CallItem, ImageItem, MessageItem, OutputItem, ReasoningItem, SearchItem } from './answer.ts';
import { outputText, responseId, usage } from './answer.ts';
import type { Asked } from './asked.ts';
import { chunks } from './chunks.ts';
import type { Fault } from './fault.ts';
import { contextMessage } from './fault.ts';
import { isFields } from './fields.ts';

/** One server-sent event, still without its `sequence_number`. */
export type WireEvent = Readonly<Record<string, unknown>> & { readonly type: string };

/** Creation time of every answer, in seconds: fixed (2026-01-01), because equal requests get equal answers. */
const CREATED_AT = 1_767_225_600;
/** After how many text deltas a `cut` or `hang` stops. */
const DELTAS_BEFORE_STOP = 6;

/**
 * The events of one answer in order. A `cut` or `hang` fault simply ends early, without a terminal event: what becomes
 * of the connection is the server's part. Shapes after the API reference of OpenAI's Responses streaming events.
 */
export function* streamEvents(asked: Asked, items: readonly OutputItem[], fault: Fault | null): Generator<WireEvent> {
  if (fault?.kind === 'cut' && fault.at === 'start') return;
  yield { type: 'response.created', response: resource(asked, [], 'in_progress') };
  yield { type: 'response.in_progress', response: resource(asked, [], 'in_progress') };
  if (fault?.kind === 'context') {
    const error = { code: 'context_length_exceeded', message: contextMessage(fault) };
    yield { type: 'response.failed', response: { ...resource(asked, [], 'failed'), error } };
    return;
  }
  let deltas = 0;
  for (const [index, item] of items.entries()) {
    for (const event of itemEvents(item)) {
      yield { ...event, output_index: index };
      if (event.type === 'response.output_text.delta') deltas += 1;
      if ((fault?.kind === 'cut' || fault?.kind === 'hang') && deltas === DELTAS_BEFORE_STOP) return;
    }
  }
  yield fault?.kind === 'incomplete'
    ? { type: 'response.incomplete', response: incompleteResource(asked, items) }
    : { type: 'response.completed', response: completedResource(asked, items) };
}

/** The finished response, as `stream:false` answers with it. */
export function completedResource(asked: Asked, items: readonly OutputItem[]): Readonly<Record<string, unknown>> {
  return { ...resource(asked, items, 'completed'), completed_at: CREATED_AT, usage: usage(asked, items) };
}

/** A response that stopped at its token limit. */
export function incompleteResource(asked: Asked, items: readonly OutputItem[]): Readonly<Record<string, unknown>> {
  return {
    ...resource(asked, items, 'incomplete'),
    incomplete_details: { reason: 'max_output_tokens' },
    usage: usage(asked, items),
  };
}

function resource(asked: Asked, output: readonly OutputItem[], status: string): Readonly<Record<string, unknown>> {
  const { echo } = asked;
  return {
    id: responseId(asked),
    object: 'response',
    created_at: CREATED_AT,
    status,
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: echo.instructions ?? null,
    max_output_tokens: echo.max_output_tokens ?? null,
    max_tool_calls: echo.max_tool_calls ?? null,
    metadata: echo.metadata ?? {},
    model: asked.model,
    output,
    parallel_tool_calls: echo.parallel_tool_calls ?? true,
    previous_response_id: asked.previous,
    prompt_cache_key: echo.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...(isFields(echo.reasoning) ? echo.reasoning : {}) },
    safety_identifier: null,
    service_tier: 'default',
    temperature: echo.temperature ?? 1,
    text: { format: { type: 'text' }, ...(isFields(echo.text) ? echo.text : {}) },
    tool_choice: echo.tool_choice ?? 'auto',
    tools: echo.tools ?? [],
    top_logprobs: 0,
    top_p: echo.top_p ?? 1,
    truncation: echo.truncation ?? 'disabled',
  };
}

function itemEvents(item: OutputItem): Generator<WireEvent> {
  switch (item.type) {
    case 'reasoning':
      return reasoningEvents(item);
    case 'message':
      return messageEvents(item);
    case 'image_generation_call':
      return imageEvents(item);
    case 'web_search_call':
      return searchEvents(item);
    case 'function_call':
    case 'custom_tool_call':
    case 'shell_call':
    case 'apply_patch_call':
      return callEvents(item);
  }
}

function* reasoningEvents(item: ReasoningItem): Generator<WireEvent> {
  yield added({ ...item, summary: [] });
  for (const [summary_index, part] of item.summary.entries()) {
    const at = { item_id: item.id, summary_index };
    yield { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } };
    for (const delta of chunks(part.text)) yield { type: 'response.reasoning_summary_text.delta', ...at, delta };
    yield { type: 'response.reasoning_summary_text.done', ...at, text: part.text };
    yield { type: 'response.reasoning_summary_part.done', ...at, part };
  }
  yield done(item);
}

function* messageEvents(item: MessageItem): Generator<WireEvent> {
  yield added({ ...item, status: 'in_progress', content: [] });
  for (const [content_index, part] of item.content.entries()) {
    const at = { item_id: item.id, content_index };
    if (part.type === 'refusal') {
      yield { type: 'response.content_part.added', ...at, part: { ...part, refusal: '' } };
      for (const delta of chunks(part.refusal)) yield { type: 'response.refusal.delta', ...at, delta };
      yield { type: 'response.refusal.done', ...at, refusal: part.refusal };
      yield { type: 'response.content_part.done', ...at, part };
      continue;
    }
    yield { type: 'response.content_part.added', ...at, part: outputText('') };
    for (const delta of chunks(part.text)) yield { type: 'response.output_text.delta', ...at, delta, logprobs: [] };
    yield { type: 'response.output_text.done', ...at, text: part.text, logprobs: [] };
    yield { type: 'response.content_part.done', ...at, part };
  }
  yield done(item);
}

function* imageEvents(item: ImageItem): Generator<WireEvent> {
  const at = { item_id: item.id };
  yield added({ ...item, status: 'in_progress', result: null });
  yield { type: 'response.image_generation_call.in_progress', ...at };
  yield { type: 'response.image_generation_call.generating', ...at };
  yield { type: 'response.image_generation_call.completed', ...at };
  yield done(item);
}

function* searchEvents(item: SearchItem): Generator<WireEvent> {
  const at = { item_id: item.id };
  yield added({ ...item, status: 'in_progress' });
  yield { type: 'response.web_search_call.in_progress', ...at };
  yield { type: 'response.web_search_call.searching', ...at };
  yield { type: 'response.web_search_call.completed', ...at };
  yield done(item);
}

function* callEvents(item: CallItem): Generator<WireEvent> {
  const at = { item_id: item.id };
  if (item.type === 'function_call') {
    yield added({ ...item, status: 'in_progress', arguments: '' });
    for (const delta of chunks(item.arguments)) yield { type: 'response.function_call_arguments.delta', ...at, delta };
    yield { type: 'response.function_call_arguments.done', ...at, arguments: item.arguments };
  } else if (item.type === 'shell_call') {
    yield* commandEvents(item);
  } else if (item.type === 'apply_patch_call') {
    yield added({ ...item, status: 'in_progress' });
  } else {
    yield added({ ...item, input: '' });
    for (const delta of chunks(item.input)) yield { type: 'response.custom_tool_call_input.delta', ...at, delta };
    yield { type: 'response.custom_tool_call_input.done', ...at, input: item.input };
  }
  yield done(item);
}

/** These events name their item by its place in the output alone. */
function* commandEvents(item: Extract<CallItem, { readonly type: 'shell_call' }>): Generator<WireEvent> {
  yield added({ ...item, status: 'in_progress', action: { ...item.action, commands: [] } });
  for (const [command_index, command] of item.action.commands.entries()) {
    yield { type: 'response.shell_call_command.added', command_index, command: '' };
    for (const delta of chunks(command)) yield { type: 'response.shell_call_command.delta', command_index, delta };
    yield { type: 'response.shell_call_command.done', command_index, command };
  }
}

function added(item: OutputItem): WireEvent {
  return { type: 'response.output_item.added', item };
}

function done(item: OutputItem): WireEvent {
  return { type: 'response.output_item.done', item };
}
