import type { LongLine } from '../../base/index.ts';
import { maskTokens } from '../../base/index.ts';
import type {
  ItemBody,
  LaneBody,
  LaneEvent,
  NativeThreadId,
  Phase,
  ProgressStep,
  TurnId,
  Usage,
} from '../../model/index.ts';
import { itemId, nativeThreadId, noUsage, usageOfTurn } from '../../model/index.ts';
import type { Work } from '../../runtime/index.ts';
import { sourceOfText } from '../../runtime/index.ts';
import type { WireEvent, WireItem, WireLine, WireUsage } from './wire.ts';

/** A whole text that was written before a lost connection: the next attempt may write it again. */
type WrittenText = { readonly id: string; readonly type: string; readonly text: string };

/** What one run has said so far. Immutable: {@link normalize} gives the next one. */
export type ExecState = {
  readonly turnId: TurnId;
  readonly asked: NativeThreadId | null;
  /** The thread that this one branches off; null = none. */
  readonly forkOf: NativeThreadId | null;
  readonly usageBefore: Usage | null;
  readonly thread: NativeThreadId | null;
  readonly turnStarted: boolean;
  /** Oldest first; a plan is not work. */
  readonly working: readonly Work[];
  /** How far it is, as far as Codex told. */
  readonly steps: readonly ProgressStep[];
  /** An `error` event that may be the first half of `turn.failed`. */
  readonly heldError: string | null;
  /** Text of the last "Reconnecting…"; null when something else came since. */
  readonly reconnecting: string | null;
  readonly everReconnected: boolean;
  /** Texts since the last request began, as far as can be told. */
  readonly written: readonly WrittenText[];
  /** Texts that a new attempt may write again. */
  readonly repeatable: readonly WrittenText[];
  /** Messages shown so far. */
  readonly messages: readonly string[];
  /** Wire id of an item -> the id it is shown under. */
  readonly alias: Readonly<Record<string, string>>;
  readonly warned: readonly string[];
  readonly total: Usage | null;
  readonly usage: Usage | null;
  readonly end: null | { readonly kind: 'completed' } | { readonly kind: 'failed'; readonly message: string };
};

export function startState(turn: {
  readonly turnId: TurnId;
  readonly nativeThreadId: NativeThreadId | null;
  readonly forkOf?: NativeThreadId | null;
  readonly usageBefore: Usage | null;
}): ExecState {
  const forkOf = turn.nativeThreadId === null ? (turn.forkOf ?? null) : null;
  return {
    turnId: turn.turnId,
    asked: turn.nativeThreadId,
    forkOf,
    // A new thread starts from nothing, whoever asks; one that branches off goes on counting (measured with 0.169).
    usageBefore: turn.nativeThreadId === null && forkOf === null ? noUsage : turn.usageBefore,
    thread: null,
    turnStarted: false,
    working: [],
    steps: [],
    heldError: null,
    reconnecting: null,
    everReconnected: false,
    written: [],
    repeatable: [],
    messages: [],
    alias: {},
    warned: [],
    total: null,
    usage: null,
    end: null,
  };
}

export type Step = { readonly state: ExecState; readonly events: readonly LaneEvent[] };

/** Resuming by id answered with another thread, or branching off with the same one: nothing of it may go on. */
export function isMismatch({ asked, forkOf, thread }: ExecState): boolean {
  if (thread === null) return false;
  return (asked !== null && asked !== thread) || forkOf === thread;
}

/** Most characters of what is shown of work and of Codex's words beside the events. */
const keptWords = 200;

/** Steps that are kept; a connection that is lost again and again is told by the latest. */
const keptSteps = 12;

/** Longest payload of an unknown event that is kept, in characters. */
const keptPayload = 64 * 1024;
/** How many texts, warnings and open items a run remembers: one event costs the same however long the run is. */
const remembered = 200;

function remember<T>(list: readonly T[], ...more: readonly T[]): readonly T[] {
  return [...list, ...more].slice(-remembered);
}

/** One line of stdout to events. Pure; `at` is the time of the line (ISO). */
export function normalize(before: ExecState, line: WireLine, at: string): Step {
  switch (line.kind) {
    case 'empty':
      return { state: before, events: [] };
    case 'not-json':
      return told(before, [
        { kind: 'warning', source: 'process', text: `Codex wrote a line that is not JSON: ${cut(line.raw, 2000)}` },
        { kind: 'unsupported_raw_event', rawType: 'not-json', payload: cut(line.raw, keptPayload) },
      ]);
    case 'unknown': {
      const flushed = flushHeld(before);
      const more = told(flushed.state, [
        { kind: 'unsupported_raw_event', rawType: line.rawType, payload: cut(line.raw, keptPayload) },
      ]);
      return { state: more.state, events: [...flushed.events, ...more.events] };
    }
    case 'event': {
      const flushed =
        line.event.type === 'turn.failed' ? { state: { ...before, heldError: null }, events: [] } : flushHeld(before);
      const lost = line.event.type === 'turn.failed' ? lostError(before, line.event.error.message) : [];
      const next = step(flushed.state, line.event, at);
      return { state: next.state, events: [...flushed.events, ...lost, ...next.events] };
    }
  }
}

/** A line over what the splitter keeps. */
export function longLine({ start, bytes }: LongLine): readonly LaneBody[] {
  return [
    { kind: 'warning', source: 'process', text: `Codex wrote a line of ${bytes} bytes, which was not kept.` },
    { kind: 'unsupported_raw_event', rawType: 'long-line', payload: start },
  ];
}

/** The stream is over: an `error` that nothing followed is told. */
export function endOfStream(before: ExecState): Step {
  return flushHeld(before);
}

function step(state: ExecState, event: WireEvent, at: string): Step {
  switch (event.type) {
    case 'thread.started':
      return threadStarted(state, event.thread_id, at);
    case 'turn.started':
      return turnStarted(state, at);
    case 'turn.failed':
      return failed(state, event.error.message);
    case 'turn.completed':
      return completed(state, event.usage ?? null);
    case 'error':
      return event.message.startsWith('Reconnecting')
        ? reconnecting(state, event.message, at)
        : { state: { ...state, heldError: event.message }, events: [] };
    case 'item.started':
      return item(state, event.item, 'started', at);
    case 'item.updated':
      return item(state, event.item, 'output', at);
    case 'item.completed':
      return item(state, event.item, 'completed', at);
  }
}

/** A run has one thread; of another one only its name is told. */
function threadStarted(state: ExecState, id: string, at: string): Step {
  if (state.thread === id) return { state, events: [] };
  if (state.thread !== null) {
    const payload = cut(JSON.stringify({ thread_id: id }), keptPayload);
    return told(state, [{ kind: 'unsupported_raw_event', rawType: 'thread.started/another', payload }]);
  }
  const step = { what: 'thread-started', at, detail: briefly(id) } as const;
  return { state: stepped({ ...state, thread: nativeThreadId(id) }, step), events: [] };
}

/**
 * From here on the thread can be resumed (measured with 0.169: killed before this line it is lost, behind it it is not), so
 * its id goes out at once: the first item may be minutes away.
 */
function turnStarted(state: ExecState, at: string): Step {
  const next = stepped({ ...state, turnStarted: true }, { what: 'turn-started', at, detail: null });
  if (next.thread === null || isMismatch(next)) return { state: next, events: [] };
  return told(next, [{ kind: 'thread_status_changed', status: { type: 'active', flags: [] } }]);
}

/** The first word on how the turn ended holds; another failure after it is not lost. */
function failed(state: ExecState, message: string): Step {
  if (state.end === null) return { state: { ...state, end: { kind: 'failed', message } }, events: [] };
  return state.end.kind === 'failed' && state.end.message === message ? { state, events: [] } : warned(state, message);
}

function completed(state: ExecState, wire: WireUsage | null): Step {
  const end = state.end ?? ({ kind: 'completed' } as const);
  const idle: readonly LaneBody[] =
    state.thread === null ? [] : [{ kind: 'thread_status_changed', status: { type: 'idle' } }];
  if (wire === null) return told({ ...state, end }, idle);
  const total = usageOf(wire);
  const usage = state.usageBefore === null ? null : usageOfTurn(state.usageBefore, total);
  return told({ ...state, end, total, usage }, [
    { kind: 'usage_updated', usage, threadTotal: total, authority: 'live-turn-completed' },
    ...idle,
  ]);
}

function usageOf(wire: WireUsage): Usage {
  return {
    input: wire.input_tokens ?? null,
    cachedInput: wire.cached_input_tokens ?? null,
    output: wire.output_tokens ?? null,
    reasoningOutput: wire.reasoning_output_tokens ?? null,
    cacheWrite: wire.cache_write_input_tokens ?? null,
  };
}

/** Lost connections are tried again by Codex itself: told once a series as a stall, and each in its own words. */
function reconnecting(state: ExecState, message: string, at: string): Step {
  const bodies: LaneBody[] = [];
  if (state.reconnecting === null) bodies.push({ kind: 'stalled', hop: 'reconnecting', since: at });
  if (!state.warned.includes(message)) {
    bodies.push({ kind: 'warning', source: 'process', text: message, code: 'reconnecting' });
  }
  return told(
    {
      ...stepped(state, { what: 'reconnecting', at, detail: briefly(message) }),
      reconnecting: message,
      everReconnected: true,
      warned: remember(state.warned, message),
      repeatable: remember(state.repeatable, ...state.written),
      written: [],
    },
    bodies,
  );
}

/** Each attempt of one series takes the place of the one before. */
function stepped(state: ExecState, step: ProgressStep): ExecState {
  const again = state.reconnecting !== null && step.what === 'reconnecting' && state.steps.at(-1)?.what === step.what;
  const before = again ? state.steps.slice(0, -1) : state.steps;
  const steps = [...before, step];
  // The first two say where the turn runs.
  return { ...state, steps: steps.length <= keptSteps ? steps : [...steps.slice(0, 2), ...steps.slice(3)] };
}

/** One line of text that may be shown anywhere. */
function briefly(text: string): string {
  const line = maskTokens(text).replace(/\s+/g, ' ').trim();
  return line.length <= keptWords ? line : `${line.slice(0, keptWords - 1)}…`;
}

function item(before: ExecState, wire: WireItem, phase: Phase, at: string): Step {
  const state = { ...before, reconnecting: null };
  switch (wire.type) {
    case 'error':
      return warned(state, wire.message);
    case 'agent_message':
    case 'reasoning':
      return text(state, wire);
    case 'todo_list':
      return told(state, [bodyOf(wire, phase)], wire.id);
    default: {
      const known = state.working.some(({ id }) => id === wire.id);
      const working =
        phase === 'completed'
          ? state.working.filter(({ id }) => id !== wire.id)
          : known
            ? state.working
            : remember(state.working, workOf(wire, at));
      // Work means that the request before it went through: what was written before it will not be written again.
      return told({ ...state, working, written: [], repeatable: [] }, [bodyOf(wire, phase)], wire.id);
    }
  }
}

/**
 * After a lost connection the partial text of each attempt comes as an item of its own. One that goes on where a text of
 * an earlier attempt stopped (or stops earlier) is the same message: shown once, in its longest form.
 */
function text(state: ExecState, wire: WireItem & { readonly type: 'agent_message' | 'reasoning' }): Step {
  const twin = state.repeatable.find(
    (w) => w.type === wire.type && (wire.text.startsWith(w.text) || w.text.startsWith(wire.text)),
  );
  const shown = twin?.id ?? wire.id;
  const longest = twin !== undefined && twin.text.length > wire.text.length ? twin.text : wire.text;
  const next = {
    ...state,
    written: remember(state.written, { id: shown, type: wire.type, text: longest }),
    repeatable: state.repeatable.filter((w) => w !== twin),
    messages: wire.type === 'agent_message' ? remember(state.messages, longest) : state.messages,
    alias: twin === undefined ? state.alias : { ...state.alias, [wire.id]: shown },
  };
  const kind = wire.type === 'reasoning' ? 'reasoning' : 'assistant_text';
  return told(next, [{ kind, text: longest, isDelta: false }], shown);
}

/** `error` items are warnings; Codex may write the same one twice. */
function warned(state: ExecState, message: string): Step {
  if (state.warned.includes(message)) return { state, events: [] };
  return told({ ...state, warned: remember(state.warned, message) }, [
    { kind: 'warning', source: sourceOfText(message), text: message },
  ]);
}

function flushHeld(state: ExecState): Step {
  const { heldError } = state;
  return heldError === null ? { state, events: [] } : warned({ ...state, heldError: null }, heldError);
}

/** `turn.failed` repeats the error before it; another text would be lost. */
function lostError(state: ExecState, failure: string): readonly LaneEvent[] {
  return state.heldError === null || state.heldError === failure ? [] : flushHeld(state).events;
}

function workOf(
  wire: Exclude<WireItem, { type: 'error' | 'agent_message' | 'reasoning' | 'todo_list' }>,
  since: string,
): Work {
  const work = (on: Work['on'], what: string): Work => ({ id: wire.id, on, what: briefly(what), since });
  switch (wire.type) {
    case 'command_execution':
      return work('command', wire.command);
    case 'mcp_tool_call':
      return work('tool', `${wire.server}/${wire.tool}`);
    case 'collab_tool_call':
      return work('tool', wire.tool);
    case 'web_search':
    case 'file_change':
      return work('tool', wire.type);
  }
}

function bodyOf(wire: Exclude<WireItem, { type: 'error' | 'agent_message' | 'reasoning' }>, phase: Phase): ItemBody {
  switch (wire.type) {
    case 'command_execution':
      return {
        kind: 'command_execution',
        phase,
        command: wire.command,
        ...(phase === 'started' ? {} : { output: wire.aggregated_output }),
        exitCode: wire.exit_code ?? null,
        status: wire.status,
      };
    case 'file_change':
      return {
        kind: 'file_change',
        phase,
        changes: wire.changes.map(({ path, kind }) => ({ path, kind })),
        status: wire.status,
      };
    case 'mcp_tool_call':
      return {
        kind: 'mcp_call',
        phase,
        server: wire.server,
        tool: wire.tool,
        arguments: wire.arguments,
        result: wire.result
          ? { content: wire.result.content, structuredContent: wire.result.structured_content }
          : null,
        error: wire.error?.message ?? null,
        status: wire.status,
      };
    case 'web_search':
      return {
        kind: 'web_search',
        phase,
        query: wire.query,
        action: wire.action,
        status: phase === 'completed' ? 'completed' : 'in_progress',
      };
    case 'collab_tool_call':
      return {
        kind: 'subagent',
        phase,
        tool: wire.tool,
        sender: wire.sender_thread_id ?? null,
        receivers: wire.receiver_thread_ids ?? [],
        prompt: wire.prompt ?? null,
        states: wire.agents_states ?? null,
        status: wire.status,
      };
    case 'todo_list':
      // exec tells only done or not: which step runs is not known.
      return {
        kind: 'plan_updated',
        steps: wire.items.map((step) => ({ text: step.text, status: step.completed ? 'completed' : 'pending' })),
      };
  }
}

/** Item ids restart with every process, so they bear the turn's id. */
function told(state: ExecState, bodies: readonly LaneBody[], wireId?: string): Step {
  const events = bodies.map((body): LaneEvent => {
    return {
      ...body,
      ...(wireId === undefined ? {} : { itemId: itemId(`${state.turnId}:${state.alias[wireId] ?? wireId}`) }),
      ...(state.thread === null ? {} : { nativeThreadId: state.thread }),
    };
  });
  return { state, events };
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}… [cut: ${text.length} characters]`;
}
