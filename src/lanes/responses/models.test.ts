import { expect, test } from 'vitest';
import { modelsIn } from './models.ts';

const many = Array.from({ length: 300 }, (_, i) => ({ id: `m${i}` }));

test.each<[string, string | null, readonly string[]]>([
  ['the usual list', '{"object":"list","data":[{"id":"a","owned_by":"x"},{"id":"b"}]}', ['a', 'b']],
  ['one that is named twice', '{"data":[{"id":"a"},{"id":"a"}]}', ['a']],
  ['entries that are none', '{"data":[null,3,{},{"id":7},{"id":""},{"id":"a\\nb"},{"id":"ok"}]}', ['ok']],
  [
    'an id without end',
    JSON.stringify({ data: [{ id: 'x'.repeat(129) }, { id: 'y'.repeat(128) }] }),
    ['y'.repeat(128)],
  ],
  ['more than anyone can choose from', JSON.stringify({ data: many }), many.slice(0, 200).map(({ id }) => id)],
  ['no list', '{"data":{}}', []],
  ['an array', '[]', []],
  ['no JSON', '<html>', []],
  ['an empty body', null, []],
  ['a flood', `{"data":[{"id":"a"}],"x":"${'x'.repeat(1024 * 1024)}"}`, []],
])('%s', async (_name, body, ids) => {
  expect(await modelsIn(new Response(body))).toEqual(ids.map((id) => ({ id, label: id, description: '' })));
});

test('a body that breaks off is no models and no error', async () => {
  const body = new ReadableStream({
    pull: (controller) => controller.error(new Error('reset')),
  });
  expect(await modelsIn(new Response(body))).toEqual([]);
});
