import type { Fields } from './fields.ts';
import { text } from './fields.ts';
import { Refusal } from './refusal.ts';

/** The kinds of call that a client answers, each with the kind of its answer and OpenAI's name for it. */
export const ANSWERS: Readonly<Record<string, { readonly output: string; readonly name: string }>> = {
  function_call: { output: 'function_call_output', name: 'function call' },
  custom_tool_call: { output: 'custom_tool_call_output', name: 'custom tool call' },
  shell_call: { output: 'shell_call_output', name: 'shell call' },
  apply_patch_call: { output: 'apply_patch_call_output', name: 'apply patch call' },
};

/**
 * Holds that each call has one answer of its kind, which comes after it, and that nothing else is answered.
 * @throws Refusal 400 in OpenAI's words
 */
export function checkPairs(items: readonly Fields[]): void {
  const open = new Map<string, string>();
  for (const item of items) {
    const id = text(item.call_id) ?? '';
    const type = text(item.type) ?? '';
    if (ANSWERS[type] !== undefined) {
      if (id === '' || open.has(id)) throw refused(`Duplicate or empty call_id "${id}" in input.`);
      open.set(id, type);
      continue;
    }
    const answered = Object.entries(ANSWERS).find(([, { output }]) => output === type);
    if (answered === undefined) continue;
    if (open.get(id) !== answered[0]) {
      throw refused(`No tool call found for ${answered[1].name} output with call_id ${id}.`);
    }
    open.set(id, 'answered');
  }
  for (const [id, type] of open) {
    const call = ANSWERS[type];
    if (call !== undefined) throw refused(`No tool output found for ${call.name} ${id}.`);
  }
}

function refused(message: string): Refusal {
  return new Refusal(400, 'invalid_request_error', message, { param: 'input' });
}
