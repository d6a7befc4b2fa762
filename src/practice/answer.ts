import { createHash } from 'node:crypto';
import type { Asked } from './asked.ts';
import type { Step } from './scene.ts';
import type { WireCall } from './tool-table.ts';
import { toolOf, wireCall } from './tool-table.ts';

export interface ReasoningItem {
  readonly type: 'reasoning';
  readonly id: string;
  readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[];
  readonly encrypted_content?: string;
}

export interface MessageItem {
  readonly type: 'message';
  readonly id: string;
  readonly role: 'assistant';
  readonly status: ItemStatus;
  readonly phase: 'commentary' | 'final_answer';
  readonly content: readonly OutputText[];
}

export interface OutputText {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly never[];
  readonly logprobs: readonly never[];
}

export type CallItem = WireCall & { readonly id: string; readonly call_id: string; readonly status: ItemStatus };

export type OutputItem = ReasoningItem | MessageItem | CallItem;
type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

export function outputText(text: string): OutputText {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

/** The id of this request's response. */
export function responseId(asked: Asked): string {
  return makeId('resp', asked, 0);
}

/** The output items of a step, complete. */
export function outputItems(asked: Asked, step: Step): readonly OutputItem[] {
  const items: OutputItem[] = [];
  if (step.thoughts.length > 0) {
    const id = makeId('rs', asked, items.length);
    items.push({
      type: 'reasoning',
      id,
      summary: step.thoughts.map((text) => ({ type: 'summary_text', text })),
      ...(asked.wantsEncryptedReasoning ? { encrypted_content: Buffer.from(`practice ${id}`).toString('base64') } : {}),
    });
  }
  const last = step.moves.length === 0;
  if (step.words !== '' || last) {
    items.push({
      type: 'message',
      id: makeId('msg', asked, items.length),
      role: 'assistant',
      status: 'completed',
      phase: last ? 'final_answer' : 'commentary',
      content: [outputText(step.words)],
    });
  }
  for (const move of step.moves) {
    const tool = toolOf(move.use, asked.tools);
    if (tool === undefined) throw new Error(`The script used "${move.use.do}", which the client does not offer.`);
    const call = wireCall(move.use, tool);
    const id = makeId(call.type === 'custom_tool_call' ? 'ctc' : 'fc', asked, items.length);
    items.push({ ...call, id, call_id: makeId(`call_${move.label}`, asked, items.length), status: 'completed' });
  }
  return items;
}

/** Token counts: one token for four characters, everything uncached. */
export function usage(asked: Asked, items: readonly OutputItem[]): Readonly<Record<string, unknown>> {
  const reasoning = items.map((item) => (item.type === 'reasoning' ? tokens(item.summary) : 0)).reduce(add, 0);
  const output = items.map(tokens).reduce(add, 0);
  return {
    input_tokens: asked.inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: asked.inputTokens + output,
  };
}

function add(a: number, b: number): number {
  return a + b;
}

function tokens(value: unknown): number {
  return Math.ceil(JSON.stringify(value).length / 4);
}

function makeId(prefix: string, asked: Asked, index: number): string {
  return `${prefix}_${createHash('sha256').update(`${prefix} ${index} ${asked.seed}`).digest('hex').slice(0, 24)}`;
}
