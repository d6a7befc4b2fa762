import type { Fields } from './fields.ts';
import { isFields, list } from './fields.ts';
import { Refusal } from './refusal.ts';

/**
 * What an endpoint may lack; each is refused in the words of a server that does. One that is `stored-only` keeps what it answers,
 * and goes on from the id of an answer; with `forgets-answers` none is ever found again.
 */
export const QUIRKS = [
  'no-encrypted-reasoning',
  'no-reasoning-summary',
  'no-reasoning-effort',
  'no-store',
  'stored-only',
  'forgets-answers',
  'no-previous-response',
  'no-custom-tools',
  'no-parallel-calls',
  'no-strict-schemas',
  'no-structured-output',
  'no-verbosity',
  'no-service-tier',
  'no-web-search',
  'no-images',
  'no-built-in-tools',
  'no-tools',
] as const;
export type Quirk = (typeof QUIRKS)[number];

/**
 * Refuses a request that uses what the endpoint lacks: the first one in the order of {@link QUIRKS}.
 * @throws Refusal
 */
export function refuseQuirks(body: unknown, quirks: readonly Quirk[]): void {
  if (!isFields(body)) return;
  for (const quirk of QUIRKS) {
    const refusal = quirks.includes(quirk) ? CHECKS[quirk](body) : null;
    if (refusal !== null) throw refusal;
  }
}

const unsupported = (param: string): Refusal =>
  new Refusal(400, 'unsupported_parameter', `Unsupported parameter: '${param}' is not supported with this model.`, {
    param,
  });

const within = (body: Fields, name: string): Fields => {
  const value = body[name];
  return isFields(value) ? value : {};
};
const toolOf = (body: Fields, is: (type: unknown) => boolean): number =>
  list(body.tools).findIndex((tool) => isFields(tool) && is(tool.type));

const CHECKS: Readonly<Record<Quirk, (body: Fields) => Refusal | null>> = {
  'no-encrypted-reasoning': (body) =>
    list(body.include).includes('reasoning.encrypted_content')
      ? new Refusal(400, '', 'Encrypted content is not supported with this model.', { param: 'include' })
      : null,
  'no-reasoning-summary': (body) =>
    within(body, 'reasoning').summary === undefined
      ? null
      : new Refusal(400, 'unsupported_value', 'Your organization must be verified to generate reasoning summaries.', {
          param: 'reasoning.summary',
        }),
  'no-reasoning-effort': (body) =>
    within(body, 'reasoning').effort === undefined ? null : unsupported('reasoning.effort'),
  'no-store': (body) => (body.store === undefined ? null : new Refusal(400, '', 'Store must be set to true')),
  'stored-only': (body) => {
    if (body.store === false) return new Refusal(400, '', 'Store must be set to true', { param: 'store' });
    return null;
  },
  'forgets-answers': () => null,
  'no-previous-response': (body) =>
    body.previous_response_id === undefined ? null : unsupported('previous_response_id'),
  'no-custom-tools': (body) => {
    const at = toolOf(body, (type) => type === 'custom');
    return at < 0
      ? null
      : new Refusal(400, 'invalid_union_discriminator', "Invalid discriminator value. Expected 'function' | 'mcp'", {
          param: `tools.${at}.type`,
        });
  },
  'no-parallel-calls': (body) =>
    body.parallel_tool_calls === undefined
      ? null
      : new Refusal(400, 'unknown_parameter', "Unknown parameter: 'parallel_tool_calls'.", {
          param: 'parallel_tool_calls',
        }),
  'no-strict-schemas': (body) => {
    const at = list(body.tools).findIndex((tool) => isFields(tool) && tool.strict === true);
    return at < 0
      ? null
      : new Refusal(422, 'extra_forbidden', "'strict' is not supported", { param: `tools.${at}.strict` });
  },
  'no-structured-output': (body) =>
    within(body, 'text').format === undefined
      ? null
      : new Refusal(400, '', 'text.format is not supported by this server', { param: 'text.format' }),
  'no-verbosity': (body) => (within(body, 'text').verbosity === undefined ? null : unsupported('text.verbosity')),
  'no-service-tier': (body) =>
    body.service_tier === undefined
      ? null
      : new Refusal(422, 'extra_forbidden', 'Extra inputs are not permitted', { param: 'service_tier' }),
  'no-web-search': (body) =>
    toolOf(body, (type) => String(type).startsWith('web_search')) < 0
      ? null
      : new Refusal(400, '', "Hosted tool 'web_search' is not supported with this model.", { param: 'tools' }),
  'no-images': (body) =>
    JSON.stringify(body.input ?? null).includes('"input_image"')
      ? new Refusal(404, '404', 'No endpoints found that support image input')
      : null,
  'no-built-in-tools': (body) =>
    toolOf(body, (type) => type !== 'function' && type !== 'custom' && !String(type).startsWith('web_search')) < 0
      ? null
      : new Refusal(400, '400', "'type' of tool must be 'function'"),
  'no-tools': (body) =>
    list(body.tools).length === 0
      ? null
      : new Refusal(400, '', 'practice does not support tools', { type: 'api_error' }),
};
