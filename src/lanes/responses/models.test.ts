import { expect, test } from 'vitest';
import { modelsIn } from './models.ts';

const many = Array.from({ length: 600 }, (_, i) => ({ id: `m${i}` }));

test.each<[string, string | null, readonly string[]]>([
  ['the usual list', '{"object":"list","data":[{"id":"a","owned_by":"x"},{"id":"b"}]}', ['a', 'b']],
  ['one that is named twice', '{"data":[{"id":"a"},{"id":"a"}]}', ['a']],
  ['entries that are none', '{"data":[null,3,{},{"id":7},{"id":""},{"id":"a\\nb"},{"id":"ok"}]}', ['ok']],
  [
    'an id without end',
    JSON.stringify({ data: [{ id: 'x'.repeat(129) }, { id: 'y'.repeat(128) }] }),
    ['y'.repeat(128)],
  ],
  ['more than anyone can choose from', JSON.stringify({ data: many }), many.slice(0, 500).map(({ id }) => id)],
  ['no list', '{"data":{}}', []],
  ['an array', '[]', []],
  ['no JSON', '<html>', []],
  ['an empty body', null, []],
  ['a flood', `{"data":[{"id":"a"}],"x":"${'x'.repeat(4 * 1024 * 1024)}"}`, []],
])('%s', async (_name, body, ids) => {
  expect(await modelsIn(new Response(body))).toEqual(ids.map((id) => ({ id, label: id, description: '' })));
});

test('a body that breaks off is no models and no error', async () => {
  const body = new ReadableStream({
    pull: (controller) => controller.error(new Error('reset')),
  });
  expect(await modelsIn(new Response(body))).toEqual([]);
});

test.each<[string, object, object]>([
  ['OpenAI, Ollama: ids alone', { object: 'model', created: 0, owned_by: 'x' }, {}],
  ['vLLM', { max_model_len: 32_768, root: '/m' }, { contextWindow: 32_768 }],
  [
    'OpenRouter',
    {
      name: 'Vendor: A',
      description: 'Good\n at\tall.',
      context_length: 200_000,
      top_provider: { context_length: 131_072 },
      architecture: { input_modalities: ['text', 'image'] },
      supported_parameters: ['tools', 'reasoning', 'include_reasoning'],
    },
    {
      label: 'Vendor: A',
      description: 'Good at all.',
      contextWindow: 131_072,
      takes: { effort: true, verbosity: false, tools: true, images: true },
    },
  ],
  ['Groq', { context_window: 8192 }, { contextWindow: 8192 }],
  [
    'Mistral',
    { max_context_length: 131_072, capabilities: { function_calling: true, vision: false } },
    { contextWindow: 131_072, takes: { tools: true, images: false } },
  ],
  ['LM Studio', { loaded_context_length: 4096, max_context_length: 131_072 }, { contextWindow: 4096 }],
  [
    'what has another shape is not said',
    {
      max_model_len: '32k',
      context_length: -1,
      name: 'a\u0007b',
      supported_parameters: 'all',
      capabilities: [],
      description: 7,
    },
    {},
  ],
])('what a server says of a model: %s', async (_name, told, known) => {
  const models = await modelsIn(new Response(JSON.stringify({ data: [{ id: 'a', ...told }] })));
  expect(models).toEqual([{ id: 'a', label: 'a', description: '', ...known }]);
});
