import type { ItemId, ItemStatus, LaneEvent, TurnError, TurnId, Usage } from '../../model/index.ts';
import { itemId } from '../../model/index.ts';
import { rawPayload } from '../../model/schema/index.ts';
import type { BuiltInCall } from './built-in-tools.ts';
import { builtInCalls, inputsOf, isBuiltInCall } from './built-in-tools.ts';
import { refusalOf, turnError } from './failure.ts';
import type { Read, WireEvent, WireItem, WireResponse, WireUsage } from './wire.ts';

export type NormalizerOptions = {
  readonly turnId: TurnId;
  /** Null: not known, so that no other model can be told from it. */
  readonly askedModel: string | null;
  readonly host: string;
  /** Names of the tools that tell their own items; left out: the lane runs none. */
  readonly offered?: ReadonlySet<string>;
  /** The endpoint's own kinds of call that tools of ours run; left out: none. */
  readonly builtIn?: readonly BuiltInCall[];
  /** The answers alone are read once more: what ran, and what came of it, stands elsewhere. */
  readonly isReplay?: boolean;
};

/** A call of a tool, whole: its item is done. A shell call of the endpoint's own kind is one for each of its commands. */
export type AskedCall = {
  readonly itemId: ItemId;
  readonly type: 'function_call' | 'custom_tool_call' | BuiltInCall;
  /** What its answer is matched by. */
  readonly callId: string;
  readonly name: string;
  /** JSON text, or of a custom tool its free text. */
  readonly input: string;
  /** As it came. */
  readonly item: WireItem;
};

/** What an answer is to be gone on from. */
export type Answer = {
  /** In the order in which they came. */
  readonly calls: readonly AskedCall[];
  /** The items as they came that the next request must carry. */
  readonly carried: readonly WireItem[];
  /** Its id; null = not told. */
  readonly id: string | null;
  /** Images that the endpoint made; their items still run. */
  readonly images: readonly { readonly itemId: ItemId; readonly args: unknown; readonly base64: string }[];
};

/** How the response ended; null = it goes on. */
export type ResponseEnd = { readonly outcome: 'completed' } | { readonly outcome: 'failed'; readonly error: TurnError };

export type Step = { readonly events: readonly LaneEvent[]; readonly end: ResponseEnd | null };

export type Normalizer = {
  /** Begins another answer of the turn. The provider may give its ids once more; ours go on. */
  readonly begin: () => void;
  readonly push: (read: Read) => Step;
  /** Of the answer that came last. */
  readonly answer: () => Answer;
  /** Null: not told. */
  readonly modelServed: () => string | null;
  /** Of all answers so far, as far as they told it; null = none did. */
  readonly usage: () => Usage | null;
  /** Whether each answer so far told its usage. */
  readonly isUsageWhole: () => boolean;
};

/** Kinds of item that ask the client to run something. */
const clientTools: ReadonlySet<string> = new Set([
  'function_call',
  'custom_tool_call',
  'shell_call',
  'local_shell_call',
  'apply_patch_call',
  'computer_call',
  'mcp_approval_request',
]);
/** Tools that the endpoint runs itself. */
const serverTools: ReadonlySet<string> = new Set([
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
]);
const silentItems: ReadonlySet<string> = new Set(['mcp_list_tools', 'compaction']);
/** What the next request carries. Without its encrypted content reasoning can't be read by an endpoint that kept nothing. */
const isCarried = ({ type, encrypted_content }: WireItem, builtIn: readonly string[]): boolean =>
  type === 'reasoning'
    ? Boolean(encrypted_content)
    : [
        'message',
        'function_call',
        'custom_tool_call',
        'web_search_call',
        ...builtIn.flatMap((one) => [one, `${one}_output`]),
      ].includes(type);

type OpenText = {
  readonly kind: 'assistant_text' | 'reasoning';
  readonly parts: string[];
  /** What its deltas said so far. */
  said: string;
  closed: boolean;
};

/** Turns the events of one response into ours. Pure: no time, no I/O; the same events in give the same events out. */
export function createNormalizer(options: NormalizerOptions): Normalizer {
  const texts = new Map<ItemId, OpenText>();
  const shownUnknown = new Set<string>();
  let modelServed: string | null = null;
  let usageBefore: Usage | null = null;
  let usage: Usage | null = null;
  let isWhole = true;
  let begun = false;
  let refused = false;
  let answerId: string | null = null;
  const { builtIn = [] } = options;

  const ids = new Map<string, ItemId>();
  let lastId = 0;
  const done = new Map<ItemId, WireItem>();
  const calls: AskedCall[] = [];
  const images: Answer['images'][number][] = [];

  function begin(): void {
    if (begun && usage === null) isWhole = false;
    usageBefore = sumOf(usageBefore, usage);
    usage = null;
    begun = true;
    refused = false;
    answerId = null;
    texts.clear();
    ids.clear();
    done.clear();
    calls.length = 0;
    images.length = 0;
  }

  /** A number for each of the provider's ids: theirs are up to 60 characters, and each delta would carry one. */
  const idOf = (id: string | null | undefined, index: number | null | undefined): ItemId => {
    const theirs = id || `output-${index ?? 0}`;
    const known = ids.get(theirs);
    if (known !== undefined) return known;
    lastId += 1;
    const ours = itemId(`${options.turnId}:${lastId}`);
    ids.set(theirs, ours);
    return ours;
  };

  function delta(id: ItemId, kind: OpenText['kind'], part: number, text: string): LaneEvent[] {
    const open = texts.get(id) ?? { kind, parts: [], said: '', closed: false };
    texts.set(id, open);
    if (open.closed || text === '') return [];
    const gap = kind === 'reasoning' && open.parts[part] === undefined && open.parts.length > 0 ? '\n\n' : '';
    open.parts[part] = (open.parts[part] ?? '') + text;
    open.said += gap + text;
    return [{ kind, text: gap + text, isDelta: true, itemId: id }];
  }

  function whole(id: ItemId, kind: OpenText['kind'], told: string): LaneEvent[] {
    const open = texts.get(id);
    if (open?.closed) return [];
    const text = told || joined(open);
    texts.set(id, { kind, parts: [text], said: text, closed: true });
    // An answer that came whole in its deltas is not stored a second time; the end of the turn closes it.
    if (text === '' || (kind === 'assistant_text' && text === open?.said)) return [];
    return [{ kind, text, isDelta: false, itemId: id }];
  }

  function unknown(type: string, raw: unknown): LaneEvent[] {
    if (shownUnknown.has(type)) return [];
    shownUnknown.add(type);
    return [{ kind: 'unsupported_raw_event', rawType: type, payload: rawPayload(raw) }];
  }

  /** An item's first word, or its last; a second last word changes nothing. */
  function itemEvents(item: WireItem, id: ItemId, isDone: boolean): LaneEvent[] {
    if (done.has(id) && item.type !== 'message' && item.type !== 'reasoning') return [];
    if (isDone) done.set(id, item);
    return eventsOf(item, id, isDone);
  }

  function eventsOf(item: WireItem, id: ItemId, done: boolean): LaneEvent[] {
    const phase = done ? 'completed' : 'started';
    switch (item.type) {
      case 'message': {
        if (!done) return [];
        if (item.content?.some((part) => part.type === 'refusal')) refused = true;
        return whole(
          id,
          'assistant_text',
          (item.content ?? []).map((part) => part.text ?? part.refusal ?? '').join(''),
        );
      }
      case 'reasoning': {
        if (!done) return [];
        const summary = item.summary?.length ? item.summary : (item.content ?? []);
        return whole(id, 'reasoning', summary.map((part) => part.text ?? '').join('\n\n'));
      }
      case 'web_search_call':
        return [
          {
            kind: 'web_search',
            phase,
            query: queryOf(item.action),
            action: item.action ?? null,
            status: statusOf(item, done),
            itemId: id,
          },
        ];
      case 'mcp_call': {
        const error = item.error === undefined || item.error === null ? null : rawPayload(item.error);
        const result =
          item.output === undefined || item.output === null ? null : { content: [{ type: 'text', text: item.output }] };
        const [server, tool, args] = [item.server_label ?? '', item.name ?? '', fromJson(item.arguments)];
        const status = error === null ? statusOf(item, done) : 'failed';
        return [{ kind: 'mcp_call', phase, server, tool, arguments: args, result, error, status, itemId: id }];
      }
      default:
        break;
    }
    const name = item.name ?? item.type;
    const args = fromJson(item.arguments ?? item.input ?? item.action ?? null);
    if (clientTools.has(item.type)) {
      const call = { kind: 'tool_call', phase, name, arguments: args, itemId: id } as const;
      if (isBuiltInCall(item.type) && builtIn.includes(item.type)) {
        if (done) calls.push(...builtInAsked(item, item.type, id));
        return [];
      }
      const { offered, isReplay = false } = options;
      const asked = offered === undefined && !isReplay ? null : askedCall(item, id);
      // What is offered tells its own item once it runs.
      const own = asked !== null && offered?.has(asked.name) === true;
      if (done && asked !== null) calls.push(asked);
      if (own) return [];
      if (!done) return [{ ...call, status: 'in_progress' }];
      if (isReplay) return [{ ...call, status: asked === null ? 'failed' : 'completed' }];
      if (asked !== null) return [{ ...call, result: noSuchTool(asked.name), status: 'failed' }];
      const text = `The model asked for the tool "${name}". This lane runs no tools, so it was not run.`;
      return [
        { ...call, status: 'failed' },
        { kind: 'warning', source: 'thread', text, code: 'tool_not_run' },
      ];
    }
    if (done && item.type === 'image_generation_call' && typeof item.result === 'string' && item.result !== '') {
      images.push({ itemId: id, args, base64: item.result });
      return [];
    }
    if (serverTools.has(item.type)) {
      return [
        {
          kind: 'tool_call',
          phase,
          name,
          arguments: args,
          result: item.output ?? null,
          status: statusOf(item, done),
          itemId: id,
        },
      ];
    }
    return silentItems.has(item.type) || !done ? [] : unknown(`item ${item.type}`, item);
  }

  function responseFacts(response: WireResponse): LaneEvent[] {
    const events: LaneEvent[] = [];
    answerId = response.id ?? answerId;
    const served = response.model;
    if (served && served !== modelServed) {
      modelServed = served;
      const { askedModel } = options;
      if (askedModel !== null && !isSameModel(askedModel, served)) {
        events.push({
          kind: 'model_rerouted',
          askedModel,
          servedModel: served,
          reason: 'the endpoint served another model',
        });
      }
    }
    if (response.usage) {
      usage = usageOf(response.usage);
      events.push({ kind: 'usage_updated', usage: sumOf(usageBefore, usage), authority: 'responses-completed' });
    }
    return events;
  }

  /** Items that only the end of the response tells. */
  function untold({ output }: WireResponse): LaneEvent[] {
    if (done.size > 0 || texts.size > 0) return [];
    return (output ?? []).flatMap((item, index) => itemEvents(item, idOf(item.id, index), true));
  }

  /** Texts whose item never said that it is done. */
  function closeTexts(): LaneEvent[] {
    return [...texts].flatMap(([id, open]) => whole(id, open.kind, ''));
  }

  function pushEvent(event: WireEvent): Step {
    switch (event.type) {
      case 'response.created':
        return goesOn(responseFacts(event.response));
      case 'response.output_item.added':
      case 'response.output_item.done': {
        const id = idOf(event.item.id, event.output_index);
        return goesOn(itemEvents(event.item, id, event.type === 'response.output_item.done'));
      }
      case 'response.refusal.delta':
        refused = true;
        return goesOn(
          delta(idOf(event.item_id, event.output_index), 'assistant_text', event.content_index ?? 0, event.delta),
        );
      case 'response.output_text.delta':
        return goesOn(
          delta(idOf(event.item_id, event.output_index), 'assistant_text', event.content_index ?? 0, event.delta),
        );
      case 'response.output_text.done':
        return goesOn(partDone(idOf(event.item_id, event.output_index), event.content_index ?? 0, event.text));
      case 'response.refusal.done':
        refused = true;
        return goesOn(partDone(idOf(event.item_id, event.output_index), event.content_index ?? 0, event.refusal));
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta': {
        const part = event.summary_index ?? event.content_index ?? 0;
        return goesOn(delta(idOf(event.item_id, event.output_index), 'reasoning', part, event.delta));
      }
      case 'response.completed': {
        const error = turnError('refused', 'The model refused to answer.', { hint: 'Word the request differently.' });
        const end: ResponseEnd = refused ? { outcome: 'failed', error } : { outcome: 'completed' };
        return { events: [...untold(event.response), ...closeTexts(), ...responseFacts(event.response)], end };
      }
      case 'response.incomplete': {
        const error = incomplete(event.response.incomplete_details?.reason ?? null);
        return { events: [...closeTexts(), ...responseFacts(event.response)], end: { outcome: 'failed', error } };
      }
      case 'response.failed': {
        const error = refusalOf(options.host, null, event.response.error ?? null);
        return { events: [...closeTexts(), ...responseFacts(event.response)], end: { outcome: 'failed', error } };
      }
      case 'error': {
        const error = refusalOf(options.host, null, event.error ?? { code: event.code, message: event.message });
        return { events: closeTexts(), end: { outcome: 'failed', error } };
      }
    }
  }

  /** A part's whole text is kept for the item's end; a part that had no deltas is shown now. */
  function partDone(id: ItemId, part: number, text: string): LaneEvent[] {
    const open = texts.get(id);
    if (open?.parts[part] === undefined) return delta(id, 'assistant_text', part, text);
    if (!open.closed) open.parts[part] = text;
    return [];
  }

  return {
    push: (read) => {
      switch (read.kind) {
        case 'noise':
          return goesOn([]);
        case 'unknown':
          return goesOn(unknown(read.type, read.raw));
        case 'event':
          return pushEvent(read.event);
      }
    },
    begin,
    answer: () => ({
      // An endpoint that runs its own kinds of call itself answers them, too: they are not run a second time.
      calls: calls.filter(({ type, callId }) => !hasOutput([...done.values()], `${type}_output`, callId)),
      carried: [...done.values()].filter((item) => isCarried(item, builtIn)),
      images: [...images],
      id: answerId,
    }),
    modelServed: () => modelServed,
    usage: () => sumOf(usageBefore, usage),
    isUsageWhole: () => isWhole && (!begun || usage !== null),
  };
}

/** What the model is told of a tool that nobody offered. */
export const noSuchTool = (name: string): string => `There is no tool ${name.slice(0, 80)}.`;

/** Null = it can't be answered: it names no tool, or nothing that an answer could be matched by. */
function askedCall(item: WireItem, own: ItemId): AskedCall | null {
  const { type, call_id, id, name, arguments: args, input, status } = item;
  if (type !== 'function_call' && type !== 'custom_tool_call') return null;
  const callId = call_id || id;
  if (!callId || !name || status === 'incomplete') return null;
  const told = type === 'function_call' ? args : input;
  return { itemId: own, type, callId, name, input: typeof told === 'string' ? told : JSON.stringify(told ?? {}), item };
}

function hasOutput(items: readonly WireItem[], output: string, callId: string): boolean {
  return items.some(({ type, call_id }) => type === output && call_id === callId);
}

/** What our tools run of it, each with an item of its own. */
function builtInAsked(item: WireItem, type: BuiltInCall, own: ItemId): readonly AskedCall[] {
  const callId = item.call_id || item.id || '';
  return inputsOf(type, item).map((input, index) => {
    const ofOwn = index === 0 ? own : itemId(`${own}:${index + 1}`);
    return { itemId: ofOwn, type, callId, name: builtInCalls[type], input, item };
  });
}

const goesOn = (events: readonly LaneEvent[]): Step => ({ events, end: null });

function joined(open: OpenText | undefined): string {
  if (open === undefined) return '';
  // A provider may skip an index.
  return open.parts.filter((part) => part !== undefined).join(open.kind === 'reasoning' ? '\n\n' : '');
}

/** A dated snapshot, or a provider's prefix, is the model that was asked for. */
function isSameModel(asked: string, served: string): boolean {
  const bare = (name: string): string => name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  const [a, s] = [bare(asked), bare(served)];
  return s === a || (s.startsWith(`${a}-`) && /^\d{4}(-?\d{2}){0,2}$/.test(s.slice(a.length + 1)));
}

function incomplete(reason: string | null): TurnError {
  if (reason === 'content_filter') return refusalOf('', null, { code: 'content_filter' });
  const limit = reason === 'max_output_tokens';
  return turnError(
    'incomplete',
    limit ? 'The answer reached its token limit and stopped.' : 'The answer stopped before its end.',
    {
      hint: 'Ask it to go on.',
      ...(reason === null ? {} : { detail: reason }),
    },
  );
}

function statusOf(item: WireItem, done: boolean): ItemStatus {
  if (!done) return 'in_progress';
  return item.status === 'failed' || item.status === 'incomplete' ? 'failed' : 'completed';
}

function queryOf(action: unknown): string {
  if (typeof action !== 'object' || action === null) return '';
  const [query, url]: unknown[] = [Reflect.get(action, 'query'), Reflect.get(action, 'url')];
  return typeof query === 'string' ? query : typeof url === 'string' ? url : '';
}

/** Arguments come as JSON text; what is none stays text. */
function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A part that one of them does not tell is not known of both. */
function sumOf(one: Usage | null, other: Usage | null): Usage | null {
  if (one === null || other === null) return one ?? other;
  const sum = (part: keyof Usage): number | null => {
    const [a, b] = [one[part] ?? null, other[part] ?? null];
    return a === null || b === null ? null : a + b;
  };
  return {
    input: sum('input'),
    cachedInput: sum('cachedInput'),
    output: sum('output'),
    reasoningOutput: sum('reasoningOutput'),
    cacheWrite: sum('cacheWrite'),
  };
}

function usageOf(usage: WireUsage): Usage {
  return {
    input: usage.input_tokens ?? null,
    cachedInput: usage.input_tokens_details?.cached_tokens ?? null,
    output: usage.output_tokens ?? null,
    reasoningOutput: usage.output_tokens_details?.reasoning_tokens ?? null,
    cacheWrite: null,
  };
}
