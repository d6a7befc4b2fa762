import * as z from 'zod';
import type { ToolOutcome, ToolSpec } from '../../ports/index.ts';
import type { WireItem } from './wire.ts';

/**
 * The endpoint's own kinds of call, each run by a tool of ours. Source: OpenAI API reference, Responses, `shell` and
 * `apply_patch`.
 */
export const builtInCalls = { shell_call: 'shell', apply_patch_call: 'apply_patch' } as const;
export type BuiltInCall = keyof typeof builtInCalls;

export function isBuiltInCall(type: string): type is BuiltInCall {
  return Object.hasOwn(builtInCalls, type);
}

/** What stands in the place of a tool of ours in a request; null = the endpoint has none for it. */
export function builtInFor(name: string): Readonly<Record<string, unknown>> | null {
  // Not the container of the endpoint's own: the commands are for this machine.
  if (name === 'shell') return { type: 'shell', environment: { type: 'local' } };
  return name === 'apply_patch' ? { type: 'apply_patch' } : null;
}

/** The kinds of call that a request with these tools may be answered with. */
export function builtInCallsOf(specs: readonly ToolSpec[]): readonly BuiltInCall[] {
  const names = specs.map(({ name }) => name);
  return (Object.keys(builtInCalls) as BuiltInCall[]).filter((type) => names.includes(builtInCalls[type]));
}

const mostCommands = 100;
const action = z.looseObject({
  commands: z.array(z.string()).min(1).max(mostCommands),
  timeout_ms: z.number().nullish(),
});
const path = z.string().regex(/^[^\r\n]+$/);
const operation = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal(['create_file', 'update_file']), path, diff: z.string() }),
  z.looseObject({ type: z.literal('delete_file'), path }),
]);

/**
 * What our tool is called with: a shell call once for each of its commands, in order. What has another shape goes on as it
 * is: the tool tells the model what is wrong with it.
 */
export function inputsOf(type: BuiltInCall, item: WireItem): readonly string[] {
  switch (type) {
    case 'shell_call': {
      const read = action.safeParse(item.action);
      if (!read.success) return [JSON.stringify(item.action ?? {})];
      const { commands, timeout_ms } = read.data;
      return commands.map((command) => JSON.stringify({ command, ...(timeout_ms ? { timeout_ms } : {}) }));
    }
    case 'apply_patch_call': {
      const read = operation.safeParse(item.operation);
      return [JSON.stringify(read.success ? { input: patchOf(read.data) } : (item.operation ?? {}))];
    }
  }
}

const heads = { create_file: 'Add', update_file: 'Update', delete_file: 'Delete' } as const;

/** In Codex's grammar; the difference is in that already. */
function patchOf(asked: z.infer<typeof operation>): string {
  const diff = asked.type === 'delete_file' ? '' : asked.diff.replace(/\r?\n$/, '');
  return [
    '*** Begin Patch',
    `*** ${heads[asked.type]} File: ${asked.path}`,
    ...(diff === '' ? [] : [diff]),
    '*** End Patch',
    '',
  ].join('\n');
}

/** The answer to one call: of a shell call, what each of its commands gave. */
export function builtInOutput(
  type: BuiltInCall,
  callId: string,
  item: WireItem,
  outcomes: readonly ToolOutcome[],
): Readonly<Record<string, unknown>> & { readonly type: string } {
  switch (type) {
    case 'shell_call': {
      const most = z.looseObject({ max_output_length: z.number().min(0) }).safeParse(item.action)
        .data?.max_output_length;
      return {
        type: 'shell_call_output',
        call_id: callId,
        output: outcomes.map((outcome) => commandOutput(outcome, most ?? Number.POSITIVE_INFINITY)),
        ...(most === undefined ? {} : { max_output_length: most }),
      };
    }
    case 'apply_patch_call': {
      const done = outcomes.every(({ status }) => status === 'completed');
      const output = outcomes.map(wordsOf).join('\n');
      return { type: 'apply_patch_call_output', call_id: callId, status: done ? 'completed' : 'failed', output };
    }
  }
}

function commandOutput(outcome: ToolOutcome, most: number): unknown {
  const { ended, status } = outcome;
  const words = wordsOf(outcome);
  const shown = words.length > most ? words.slice(0, most) : words;
  if (ended === undefined) {
    // It did not run: why not is no output of its own.
    return { stdout: '', stderr: shown, outcome: { type: 'exit', exit_code: status === 'completed' ? 0 : 1 } };
  }
  const how = ended.timedOut ? { type: 'timeout' } : { type: 'exit', exit_code: ended.exitCode ?? 1 };
  return { stdout: shown, stderr: '', outcome: how };
}

const wordsOf = ({ parts }: ToolOutcome): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n');
