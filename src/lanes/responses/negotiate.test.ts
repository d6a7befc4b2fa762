import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EndpointFeature } from '../../model/index.ts';
import { endpointFeatures } from '../../model/index.ts';
import { defaultFeatures, without } from './features.ts';
import { negotiate } from './negotiate.ts';
import { readRefusedRequest } from './refused-request.ts';
import { usedFeatures } from './used-features.ts';

const tools = [
  { type: 'function', name: 'read_file', strict: true, parameters: {} },
  { type: 'custom', name: 'apply_patch' },
  { type: 'web_search' },
  { type: 'shell' },
];

/** A request that uses everything that is not left out. */
function request(dropped: readonly EndpointFeature[] = []): object {
  const has = without(dropped);
  const offered = tools.filter(
    ({ type }) =>
      (type !== 'custom' || has.customTools) &&
      (type !== 'web_search' || has.webSearch) &&
      (type !== 'shell' || has.builtInTools),
  );
  const image = { type: 'input_image', image_url: 'data:image/png;base64,AA==' };
  return {
    model: 'm',
    input: [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }, ...(has.images ? [image] : [])] },
    ],
    ...(has.encryptedReasoning ? { include: ['reasoning.encrypted_content'] } : {}),
    reasoning: {
      ...(has.reasoningSummary ? { summary: 'auto' } : {}),
      ...(has.reasoningEffort ? { effort: 'low' } : {}),
    },
    store: !has.store,
    ...(has.previousResponseId ? { previous_response_id: 'resp_1' } : {}),
    ...(has.tools
      ? { tools: offered.map(({ strict, ...tool }) => (has.strictSchemas && strict ? { ...tool, strict } : tool)) }
      : {}),
    ...(has.parallelCalls ? { parallel_tool_calls: true } : {}),
    text: {
      ...(has.verbosity ? { verbosity: 'low' } : {}),
      ...(has.structuredOutput
        ? { format: { type: 'json_schema', name: 'answer', strict: has.strictSchemas, schema: {} } }
        : {}),
    },
    ...(has.serviceTier ? { service_tier: 'flex' } : {}),
  };
}

const openai = (message: string, param: string | null, code: string | null = 'unsupported_parameter'): string =>
  JSON.stringify({ error: { message, type: 'invalid_request_error', param, code } });

/** What endpoints say, as their users report it, and what is then left out. */
const said: readonly (readonly [string, number, string, EndpointFeature | null])[] = [
  // OpenAI
  [
    'effort',
    400,
    openai("Unsupported parameter: 'reasoning.effort' is not supported with this model.", 'reasoning.effort'),
    'reasoningEffort',
  ],
  [
    'summaries of an organisation that is not verified',
    400,
    openai(
      'Your organization must be verified to generate reasoning summaries. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.',
      'reasoning.summary',
      'unsupported_value',
    ),
    'reasoningSummary',
  ],
  [
    'encrypted content',
    400,
    openai('Encrypted content is not supported with this model.', 'include', null),
    'encryptedReasoning',
  ],
  [
    'a value of verbosity',
    400,
    openai(
      "Unsupported value: 'low' is not supported with the 'gpt-4o' model. Supported values are: 'medium'.",
      'text.verbosity',
      'unsupported_value',
    ),
    'verbosity',
  ],
  [
    'web search',
    400,
    openai("Hosted tool 'web_search' is not supported with gpt-4.1-nano.", 'tools', null),
    'webSearch',
  ],
  [
    'an unknown parameter',
    400,
    openai("Unknown parameter: 'parallel_tool_calls'.", 'parallel_tool_calls', 'unknown_parameter'),
    'parallelCalls',
  ],
  [
    'a tier',
    400,
    openai("Invalid service_tier argument: this model does not support 'flex'.", 'service_tier', null),
    'serviceTier',
  ],
  [
    'zero retention',
    400,
    openai(
      'Previous response cannot be used for this organization due to Zero Data Retention.',
      'previous_response_id',
      'unsupported_parameter',
    ),
    'previousResponseId',
  ],
  [
    'an answer that is not kept any more',
    400,
    openai("Previous response with id 'resp_1' not found.", 'previous_response_id', 'previous_response_not_found'),
    'previousResponseId',
  ],
  [
    'the same of vLLM',
    404,
    JSON.stringify({ error: { message: "Response with id 'resp_1' not found.", type: 'NotFoundError', code: 404 } }),
    'previousResponseId',
  ],
  [
    'an item that is not kept',
    404,
    openai(
      "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
      'input',
      null,
    ),
    'store',
  ],
  ['items without ids', 400, openai("Missing required parameter: 'input[0].id'.", 'input[0].id', null), 'store'],
  [
    'images',
    400,
    openai(
      'Invalid content type. image_url is only supported by certain models.',
      'input[0].content[1].type',
      'invalid_value',
    ),
    'images',
  ],
  [
    'a schema that is wrong',
    400,
    openai(
      "Invalid schema for function 'x': In context=(), 'additionalProperties' is required to be supplied.",
      'tools[0].parameters',
      'invalid_function_parameters',
    ),
    null,
  ],
  [
    'a model that is not there',
    404,
    openai("The model 'x' does not exist or you do not have access to it.", null, 'model_not_found'),
    null,
  ],
  [
    'too long',
    400,
    openai(
      'Your input exceeds the context window of this model. Tools are not supported then.',
      'input',
      'context_length_exceeded',
    ),
    null,
  ],
  // ChatGPT's own backend
  ['store', 400, '{"detail":"Store must be set to true"}', 'store'],
  // llama.cpp
  [
    'kinds of tool',
    400,
    '{"error":{"code":400,"message":"\'type\' of tool must be \'function\'","type":"invalid_request_error"}}',
    'builtInTools',
  ],
  ['tools without a template', 500, '{"code":500,"message":"Unsupported param: tools","type":"server_error"}', 'tools'],
  [
    'an id',
    400,
    '{"error":{"code":400,"message":"llama.cpp does not support \'previous_response_id\'.","type":"invalid_request_error"}}',
    'previousResponseId',
  ],
  // vLLM
  [
    'tools without a parser',
    400,
    openai('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', null, null),
    'tools',
  ],
  [
    'pydantic',
    422,
    '{"detail":[{"type":"extra_forbidden","loc":["body","service_tier"],"msg":"Extra inputs are not permitted"}]}',
    'serviceTier',
  ],
  [
    'pydantic, a tool',
    422,
    '{"detail":[{"type":"literal_error","loc":["body","tools",1,"type"],"msg":"Input should be \'function\'"}]}',
    'customTools',
  ],
  // Ollama
  [
    'no tools',
    400,
    '{"error":{"message":"llama3 does not support tools","type":"api_error","param":null,"code":null}}',
    'tools',
  ],
  [
    'no thinking',
    400,
    '{"error":{"message":"\\"llama3\\" does not support thinking","type":"api_error","param":null,"code":null}}',
    'reasoningSummary',
  ],
  ['a sentence alone', 400, '{"error":"registry.ollama.ai/library/x:latest does not support tools"}', 'tools'],
  // LM Studio
  [
    'a tool by its number',
    400,
    openai("Invalid discriminator value. Expected 'function' | 'mcp'", 'tools.2.type', 'invalid_union_discriminator'),
    'webSearch',
  ],
  ['the same in fewer words', 400, openai('Invalid', 'tools.3.type', 'invalid_string'), 'builtInTools'],
  // OpenRouter
  [
    'tool use',
    404,
    '{"error":{"message":"No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs/guides/routing/provider-selection","code":404}}',
    'tools',
  ],
  ['image input', 404, '{"error":{"message":"No endpoints found that support image input","code":404}}', 'images'],
  [
    'what a provider behind it said',
    400,
    JSON.stringify({
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: {
          raw: openai("Unsupported parameter: 'text.verbosity' is not supported with this model.", 'text.verbosity'),
        },
      },
    }),
    'verbosity',
  ],
  // LiteLLM, Groq
  [
    'LiteLLM',
    400,
    '{"error":{"message":"litellm.UnsupportedParamsError: openai does not support parameters: [\'reasoning_effort\']","code":"400"}}',
    'reasoningEffort',
  ],
  ['Groq', 400, '{"error":{"message":"property \'verbosity\' is unsupported"}}', 'verbosity'],
  // A schema for the answer
  ['it takes none', 400, '{"error":"\'response_format.type\' must be \'text\'"}', 'structuredOutput'],
  // Nothing of the kind
  ['a page', 404, '<html>Not Found</html>', null],
  ['nothing', 400, '', null],
  ['a full disk', 503, '{"error":{"message":"tools are not supported now"}}', null],
  ['a key', 401, '{"error":{"message":"tools are not supported with this key"}}', null],
  ['rules', 400, openai('This image was rejected.', null, 'content_policy_violation'), null],
];

test.each(said)('%s (%i)', (_name, status, body, dropped) => {
  const answer = negotiate(defaultFeatures, request(), readRefusedRequest(status, body));
  expect(answer?.dropped ?? null).toBe(dropped);
  if (dropped !== null) expect(answer?.features).toEqual(without([dropped]));
});

test('a value that is refused is learnt for nothing', () => {
  const value = readRefusedRequest(
    400,
    openai("Unsupported value: 'low'. Supported values are: 'medium'.", 'text.verbosity'),
  );
  expect(negotiate(defaultFeatures, request(), value)).toMatchObject({ dropped: 'verbosity', lasting: false });
  const whole = readRefusedRequest(400, openai("Unknown parameter: 'text.verbosity'.", 'text.verbosity'));
  expect(negotiate(defaultFeatures, request(), whole)).toMatchObject({ dropped: 'verbosity', lasting: true });
  // Another answer may be found.
  for (const [what, status, body, dropped] of said.filter(([, , , feature]) => feature === 'previousResponseId')) {
    const answer = negotiate(defaultFeatures, request(), readRefusedRequest(status, body));
    expect(answer, what).toMatchObject({ dropped, lasting: !/kept any more|the same of vLLM/.test(what) });
  }
});

test('what is not sent is not dropped, though it is named', () => {
  for (const [, status, body, dropped] of said) {
    if (dropped === null) continue;
    const answer = negotiate(defaultFeatures, request(endpointFeatures), readRefusedRequest(status, body));
    expect(answer).toBeNull();
  }
});

test('the request of this test uses each feature, and none where it is left out', () => {
  expect(usedFeatures(request())).toEqual(new Set(endpointFeatures));
  expect(usedFeatures(request(endpointFeatures))).toEqual(new Set());
});

test('any chain of refusals ends, and each drops one feature that was sent', () => {
  const oneOf = fc.constantFrom(...said.map(([, status, body]) => ({ status, body })));
  const noise = fc.record({ status: fc.constantFrom(400, 404, 422, 500), body: fc.string() });
  fc.assert(
    fc.property(fc.array(fc.oneof(oneOf, noise), { minLength: 40, maxLength: 40 }), (refusals) => {
      const dropped: EndpointFeature[] = [];
      let features = defaultFeatures;
      for (const { status, body } of refusals) {
        const sent = request(dropped);
        const next = negotiate(features, sent, readRefusedRequest(status, body));
        if (next === null) continue;
        expect(usedFeatures(sent).has(next.dropped)).toBe(true);
        expect(dropped).not.toContain(next.dropped);
        dropped.push(next.dropped);
        features = next.features;
        expect(features).toEqual(without(dropped));
      }
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('noise names nothing', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', '"', ':', 'a', ' ', '[', ']', 'null', 'error') }),
      (body) => {
        expect(negotiate(defaultFeatures, request(), readRefusedRequest(400, body))).toBeNull();
      },
    ),
    { seed: 8, numRuns: 500 },
  );
});
