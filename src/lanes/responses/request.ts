import type { TurnError } from '../../model/index.ts';
import type { LaneTurn, SettingsSnapshot, ToolSpec } from '../../ports/index.ts';
import { turnError } from './failure.ts';
import type { EndpointFeatures } from './features.ts';
import { requestOptions } from './request-options.ts';
import { wireTools } from './wire-tools.ts';

const maxRedirects = 3;

/** An item of a request's `input`. Source: OpenAI API reference, Responses. */
export type InputItem = Readonly<Record<string, unknown>> & { readonly type: string };

/** All that a request of a turn says. */
export type Asked = {
  readonly turn: LaneTurn;
  readonly settings: SettingsSnapshot;
  readonly features: EndpointFeatures;
  /** What the model is told before the conversation; empty = nothing. */
  readonly instructions: string;
  /** Null = the model only talks. */
  readonly tools: readonly ToolSpec[] | null;
  /** The form of the answer; null = free. */
  readonly schema: Readonly<Record<string, unknown>> | null;
  /** The whole conversation, or what is new after `previous`. */
  readonly input: readonly InputItem[];
  /** The id of the answer that the endpoint keeps the rest with; null = it keeps nothing. */
  readonly previous: string | null;
};

/**
 * The body of one request. The endpoint keeps nothing (`store: false`), so each request carries the conversation; where that is
 * refused, the rest of it after what the endpoint keeps.
 */
export function requestBody({ turn, settings, features, instructions, tools, schema, input, previous }: Asked): string {
  const options = requestOptions(turn, settings, features);
  const format = schema === null || !features.structuredOutput ? null : formatOf(schema, features);
  const offered = features.tools ? wireTools(tools ?? [], features, settings) : [];
  return JSON.stringify({
    model: turn.model ?? settings.apiModel,
    ...(instructions === '' ? {} : { instructions }),
    ...(previous === null ? {} : { previous_response_id: previous }),
    input: inputFor(input, features),
    ...(offered.length === 0 ? {} : { tools: offered }),
    ...(offered.length > 0 && features.parallelCalls ? { parallel_tool_calls: true } : {}),
    ...options,
    ...(format === null ? {} : { text: { ...options.text, format } }),
    // Without tools there is no second request that would carry it.
    ...(tools !== null && features.encryptedReasoning ? { include: ['reasoning.encrypted_content'] } : {}),
    stream: true,
  });
}

function inputFor(input: readonly InputItem[], { images, tools }: EndpointFeatures): readonly InputItem[] {
  const shown = images ? input : withoutImages(input);
  return tools ? shown : shown.flatMap(withoutCall);
}

/** For an endpoint that takes no tools: an earlier turn, of another lane or model, may have called some. */
function withoutCall(item: InputItem): readonly InputItem[] {
  const said = (role: 'user' | 'assistant', text: string): readonly InputItem[] => [
    { type: 'message', role, content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }] },
  ];
  switch (item.type) {
    case 'function_call':
    case 'custom_tool_call':
      return said('assistant', `[I called ${String(item.name)}: ${String(item.arguments ?? item.input)}]`);
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const { output } = item;
      const parts: readonly unknown[] = Array.isArray(output) ? output : [{ text: output }];
      const texts = parts.map((part) => (part as { readonly text?: unknown }).text ?? 'an image');
      return said('user', `[It gave: ${texts.join('\n')}]`);
    }
    default:
      return [item];
  }
}

/** For an endpoint that takes no images: a word stands where each was. */
function withoutImages(input: readonly InputItem[]): readonly InputItem[] {
  const told = (parts: unknown): unknown =>
    Array.isArray(parts)
      ? parts.map((part) =>
          part?.type === 'input_image'
            ? { type: 'input_text', text: '[an image, which this endpoint does not take]' }
            : part,
        )
      : parts;
  return input.map((item) => {
    if (item.type === 'message') return { ...item, content: told(item.content) };
    return 'output' in item ? { ...item, output: told(item.output) } : item;
  });
}

function formatOf(schema: Readonly<Record<string, unknown>>, { strictSchemas }: EndpointFeatures) {
  return { type: 'json_schema', name: 'answer', schema, ...(strictSchemas ? { strict: true } : {}) };
}

/** What a model is told of a folder where nothing else is composed. */
export function folderAlone(cwd: string | null): string {
  return cwd === null ? '' : `<environment_context>\n  <cwd>${escapeXml(cwd)}</cwd>\n</environment_context>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

export type Answer = { readonly response: Response } | { readonly error: TurnError };

/**
 * Posts, and follows redirects within the origin only: what is sent (key, prompt) was meant for that one. Throws what
 * fetch throws.
 */
export async function post(fetch: typeof globalThis.fetch, url: string, init: RequestInit): Promise<Answer> {
  let target = url;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const response = await fetch(target, { ...init, method: 'POST', redirect: 'manual' });
    if (response.status < 300 || response.status > 399) return { response };
    await response.body?.cancel();
    const location = response.headers.get('location') ?? '';
    const next = URL.canParse(location, target) ? new URL(location, target) : null;
    const { origin, host } = new URL(url);
    if (next !== null && next.origin !== origin) {
      return {
        error: turnError(
          'config_invalid',
          `The endpoint ${host} redirects to another one, ${next.host}. Nothing was sent there.`,
          {
            hint: `If you trust ${next.host}, set it as the base URL.`,
          },
        ),
      };
    }
    if (next === null || (response.status !== 307 && response.status !== 308)) {
      return {
        error: turnError(
          'protocol_error',
          `The endpoint ${host} answered with a redirect that can't be followed (${response.status}).`,
          {
            hint: 'Check the base URL.',
          },
        ),
      };
    }
    target = next.href;
  }
  return { error: turnError('protocol_error', 'The endpoint redirects in a circle.', { hint: 'Check the base URL.' }) };
}
