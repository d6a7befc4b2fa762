import type { ThreadEvent, ThreadItem } from '@openai/codex-sdk';
import { expect, expectTypeOf, test } from 'vitest';
import type { WireEvent, WireItem } from './wire.ts';
import { readLine } from './wire.ts';

type Fields<T, Type extends string> = Extract<T, { type: Type }>;

/**
 * Item types whose SDK shape (0.163) our reader takes as it is. Known mismatches with what 0.169 writes, where ours follows
 * the binary: `collab_tool_call` is missing in the SDK; `web_search` has an `action`; `exit_code`, `result` and `error`
 * are null, not absent; commands and patches can be `declined`, a patch `in_progress`.
 */
test('what the SDK declares fits our wire types', () => {
  expectTypeOf<ThreadEvent['type']>().toEqualTypeOf<WireEvent['type']>();
  expectTypeOf<Exclude<WireItem['type'], ThreadItem['type']>>().toEqualTypeOf<'collab_tool_call'>();
  expectTypeOf<Exclude<ThreadItem['type'], WireItem['type']>>().toEqualTypeOf<never>();
  expectTypeOf<Fields<ThreadItem, 'agent_message'>>().toExtend<
    Pick<Fields<WireItem, 'agent_message'>, 'id' | 'text'>
  >();
  expectTypeOf<Fields<ThreadItem, 'command_execution'>['status']>().toExtend<
    Fields<WireItem, 'command_execution'>['status']
  >();
  expectTypeOf<Fields<ThreadItem, 'file_change'>['status']>().toExtend<Fields<WireItem, 'file_change'>['status']>();
  expectTypeOf<Fields<ThreadItem, 'file_change'>['changes'][number]['kind']>().toEqualTypeOf<
    Fields<WireItem, 'file_change'>['changes'][number]['kind']
  >();
  expectTypeOf<Fields<ThreadItem, 'mcp_tool_call'>['status']>().toExtend<Fields<WireItem, 'mcp_tool_call'>['status']>();
  expectTypeOf<Fields<ThreadEvent, 'turn.completed'>['usage']>().toExtend<
    NonNullable<Fields<WireEvent, 'turn.completed'>['usage']>
  >();
});

test.each([
  ['an unknown event', '{"type":"turn.paused"}', { kind: 'unknown', rawType: 'turn.paused' }],
  [
    'an unknown item',
    '{"type":"item.started","item":{"id":"1","type":"hologram"}}',
    { rawType: 'item.started/hologram' },
  ],
  [
    'a known item of another shape',
    '{"type":"item.completed","item":{"id":1,"type":"reasoning"}}',
    { kind: 'unknown' },
  ],
  ['unknown fields', '{"type":"turn.started","more":1}', { kind: 'event', event: { more: 1 } }],
  ['no JSON', 'panicked at', { kind: 'not-json' }],
  ['nothing', '  ', { kind: 'empty' }],
])('%s', (_name, line, expected) => {
  expect(readLine(line)).toMatchObject(expected);
});
