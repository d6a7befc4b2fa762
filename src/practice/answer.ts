import { createHash } from 'node:crypto';
import type { Asked } from './asked.ts';
import { fitted } from './format.ts';
import type { HostedUse, Step } from './scene.ts';
import { linkOf, seal } from './sealed.ts';
import type { WireCall } from './tool-table.ts';
import { toolOf, wireCalls } from './tool-table.ts';

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
  readonly content: readonly (OutputText | Refused)[];
}

/** What the model won't say, and that it won't. */
export interface Refused {
  readonly type: 'refusal';
  readonly refusal: string;
}

export interface ImageItem {
  readonly type: 'image_generation_call';
  readonly id: string;
  readonly status: 'in_progress' | 'completed';
  /** Base64; null until it is done. */
  readonly result: string | null;
}

export interface SearchItem {
  readonly type: 'web_search_call';
  readonly id: string;
  readonly status: 'in_progress' | 'completed';
  readonly action: { readonly type: 'search'; readonly query: string };
}

export interface OutputText {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly never[];
  readonly logprobs: readonly never[];
}

type Placed = { readonly id: string; readonly call_id: string };
type CallOf<T extends WireCall['type']> = Extract<WireCall, { readonly type: T }> & Placed;
/** A custom call has no status. */
export type CallItem =
  | (CallOf<'function_call' | 'shell_call'> & { readonly status: ItemStatus })
  | (CallOf<'apply_patch_call'> & { readonly status: 'in_progress' | 'completed' })
  | CallOf<'custom_tool_call'>;

export type OutputItem = ReasoningItem | MessageItem | ImageItem | SearchItem | CallItem;
type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

const CALL_IDS: Readonly<Record<WireCall['type'], string>> = {
  function_call: 'fc',
  custom_tool_call: 'ctc',
  shell_call: 'sh',
  apply_patch_call: 'apc',
};

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
  let link = '';
  if (step.thoughts.length > 0) {
    const id = makeId('rs', asked, items.length);
    items.push({
      type: 'reasoning',
      id,
      summary: step.thoughts.map((text) => ({ type: 'summary_text', text })),
      ...(asked.wantsEncryptedReasoning ? { encrypted_content: seal(id) } : {}),
    });
    if (asked.wantsEncryptedReasoning) link = `_${linkOf(id)}`;
  }
  if (step.hosted !== undefined) items.push(hostedItem(asked, items.length, step.hosted));
  const last = step.moves.length === 0;
  if (step.words !== '' || last) {
    const words = last && asked.schema !== null ? fitted(asked.schema, step.words) : step.words;
    items.push({
      type: 'message',
      id: makeId('msg', asked, items.length),
      role: 'assistant',
      status: 'completed',
      phase: last ? 'final_answer' : 'commentary',
      content: [step.refused === true ? { type: 'refusal', refusal: step.words } : outputText(words)],
    });
  }
  for (const move of step.moves) {
    const tool = toolOf(move.use, asked.tools);
    if (tool === undefined) throw new Error(`The script used "${move.use.do}", which the client does not offer.`);
    for (const call of wireCalls(move.use, tool)) {
      const id = makeId(CALL_IDS[call.type], asked, items.length);
      const callId = `${makeId(`call_${move.label}`, asked, items.length)}${link}`;
      const placed = { id, call_id: callId };
      items.push(
        call.type === 'custom_tool_call' ? { ...call, ...placed } : { ...call, ...placed, status: 'completed' },
      );
    }
  }
  return items;
}

function hostedItem(asked: Asked, index: number, use: HostedUse): ImageItem | SearchItem {
  switch (use.do) {
    case 'draw': {
      const id = makeId('ig', asked, index);
      return { type: 'image_generation_call', id, status: 'completed', result: use.png };
    }
    case 'search': {
      const action = { type: 'search', query: use.query } as const;
      return { type: 'web_search_call', id: makeId('ws', asked, index), status: 'completed', action };
    }
  }
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
