import { tokensOfText } from './context-size.ts';
import type { InputItem } from './request.ts';

/** Most of one output or message, in characters, before the oldest are left out: what it begins and ends with. */
const mostOfOne = 6000;
/** The same of each where not even that fits. */
const leastOfOne = 500;

/** A conversation as text of at most about `tokens`: long parts lose their middle, then the oldest parts are left out. */
export function plainText(items: readonly InputItem[], tokens: number): string {
  const full = linesOf(items, mostOfOne);
  if (tokensOfText(full.join('\n\n')) <= tokens) return full.join('\n\n');
  const short = linesOf(items, leastOfOne);
  const [first = '', ...others] = short;
  const kept: string[] = [];
  // What was asked first says what all of it is about.
  let left = tokens - tokensOfText(first);
  for (const line of others.toReversed()) {
    const size = tokensOfText(`${line}\n\n`);
    if (size > left) break;
    left -= size;
    kept.unshift(line);
  }
  const gap = others.length - kept.length;
  return [first, ...(gap === 0 ? [] : [`[${gap} older parts are left out]`]), ...kept].join('\n\n');
}

function linesOf(items: readonly InputItem[], most: number): readonly string[] {
  return items.flatMap((item) => {
    const said = lineOf(item);
    return said === null ? [] : [clipped(said, most)];
  });
}

/** Null: it says nothing that another model could read. */
function lineOf(item: InputItem): string | null {
  switch (item.type) {
    case 'message':
      return `${item.role === 'user' ? 'User' : 'Agent'}: ${textOf(item.content)}`;
    case 'reasoning': {
      const summary = textOf(item.summary);
      return summary === '' ? null : `Agent, thinking: ${summary}`;
    }
    case 'function_call':
    case 'custom_tool_call':
      return `Agent calls ${String(item.name)}: ${textOf(item.arguments ?? item.input)}`;
    case 'shell_call':
    case 'apply_patch_call':
      return `Agent calls ${item.type}: ${textOf(item.action ?? item.operation)}`;
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'apply_patch_call_output':
      return `It gave: ${textOf(item.output)}`;
    case 'shell_call_output':
      return `It gave: ${JSON.stringify(item.output)}`;
    default:
      return `Agent: (${item.type})`;
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return value === undefined || value === null ? '' : JSON.stringify(value);
  return value
    .map((part: unknown) => {
      if (typeof part !== 'object' || part === null) return '';
      const text: unknown = Reflect.get(part, 'text');
      return typeof text === 'string' ? text : `(${String(Reflect.get(part, 'type'))})`;
    })
    .join('\n');
}

function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n[… ${text.length - 2 * half} characters are left out …]\n${text.slice(-half)}`;
}
