import { laneTurn, turnIo } from '../../../../test/fakes/lane-turn.ts';
import { nativeSettings } from '../../../../test/fakes/settings.ts';
import { AsyncQueue } from '../../../base/index.ts';
import type { LaneEvent } from '../../../model/index.ts';
import type {
  Clock,
  Instructions,
  LaneTurn,
  SettingsSnapshot,
  Steer,
  ToolIo,
  ToolOutcome,
  ToolSpec,
  TurnEnd,
} from '../../../ports/index.ts';
import { createResponsesLane } from '../index.ts';

/** Time that passes only when a test says so; waits pass at once. */
export type FakeTime = { readonly pass: (ms: number) => void };

export type Talk = {
  /** The items of each answer, in order. */
  readonly answers: readonly (readonly object[])[];
  readonly tools: readonly ToolSpec[];
  readonly settings?: Partial<SettingsSnapshot>;
  readonly turn?: Partial<LaneTurn>;
  readonly run?: (name: string, io: ToolIo, time: FakeTime, stop: () => void) => Promise<ToolOutcome>;
  /** The user's answer to a question. */
  readonly answer?: (time: FakeTime) => Promise<string>;
  /** What ends an answer instead of `response.completed`; null = that. */
  readonly ends?: readonly (object | 'cut' | null)[];
  /** By request, counted from 1: the message comes while it is answered. */
  readonly steers?: Readonly<Record<number, Steer>>;
  /** What the user does meanwhile. */
  readonly during?: Pusher;
  readonly instructions?: Instructions;
  /** By request: it is refused once before it is answered. */
  readonly refuse?: Readonly<
    Record<number, { readonly status: number; readonly retryAfter: string; readonly error?: object }>
  >;
};

export type Pusher = (push: (steer: Steer) => void, stop: () => void) => Promise<void>;

export type Body = Readonly<Record<string, unknown>> & { readonly input: readonly Readonly<Record<string, unknown>>[] };

export type Talked = {
  readonly end: TurnEnd;
  readonly events: readonly LaneEvent[];
  readonly bodies: readonly Body[];
  /** Calls that ran, by name and input. */
  readonly ran: readonly string[];
  /** How often the tools were ended. */
  readonly ended: number;
  /** Milliseconds of the waits before another try. */
  readonly waits: readonly number[];
  /** The raw stream as it is kept. */
  readonly kept: readonly string[];
};

/** A tool without arguments. */
export function spec(name: string): ToolSpec {
  return { name, description: name, parameters: { type: 'object', additionalProperties: false }, parallel: true };
}

const usage = { input_tokens: 10, input_tokens_details: { cached_tokens: 4 }, output_tokens: 2 };

/** One turn of the lane against an endpoint that answers by rote, with tools that do nothing. */
export async function talk(of: Talk): Promise<Talked> {
  const events: LaneEvent[] = [];
  const bodies: Body[] = [];
  const ran: string[] = [];
  const waits: number[] = [];
  const kept: string[] = [];
  const stopper = new AbortController();
  const inbox = new AsyncQueue<Steer>();
  const refused = new Set<number>();
  let ended = 0;
  let now = 0;
  const time: FakeTime = {
    pass: (ms) => {
      now += ms;
    },
  };
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after: (ms, call) => {
      // The watchdog, and the pace at which progress is told.
      if (ms > 65_000 || ms === 1000) return () => {};
      waits.push(ms);
      const timer = setTimeout(call, 0);
      return () => clearTimeout(timer);
    },
  };
  const respond = (body: Body): Response => {
    const number = bodies.length + 1;
    const refusal = of.refuse?.[number];
    if (refusal !== undefined && !refused.has(number)) {
      refused.add(number);
      return new Response(JSON.stringify({ error: refusal.error }), {
        status: refusal.status,
        headers: { 'retry-after': refusal.retryAfter },
      });
    }
    bodies.push(body);
    const steer = of.steers?.[number];
    if (steer !== undefined) inbox.push(steer);
    const end = of.ends?.[number - 1] ?? { type: 'response.completed', response: { usage } };
    const items = (of.answers[number - 1] ?? []).flatMap((item, output_index) => [
      { type: 'response.output_item.added', output_index, item: { ...item, content: [], arguments: '', result: null } },
      { type: 'response.output_item.done', output_index, item },
    ]);
    const said = [
      { type: 'response.created', response: { model: 'gpt-5.5' } },
      ...items,
      ...(end === 'cut' ? [] : [end]),
    ];
    const text = said.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  };
  const lane = createResponsesLane({
    ...(of.instructions === undefined ? {} : { instructions: of.instructions }),
    settings: () => ({ ...nativeSettings, apiBaseUrl: 'http://localhost/v1', apiModel: 'gpt-5.5', ...of.settings }),
    keyFor: async () => null,
    fetch: async (_url, init) => respond(JSON.parse(String(init?.body))),
    tools: {
      offered: () => of.tools.length > 0,
      open: async () =>
        of.tools.length === 0
          ? null
          : {
              specs: of.tools,
              call: async ({ name, input, itemId }, io) => {
                ran.push(`${name} ${input}`);
                io.emit({ kind: 'tool_call', phase: 'started', name, arguments: {}, status: 'in_progress', itemId });
                const outcome = (await of.run?.(name, io, time, () => stopper.abort('user'))) ?? {
                  parts: [{ type: 'text', text: `ran ${name}` }],
                  status: 'completed',
                };
                const { status } = outcome;
                io.emit({ kind: 'tool_call', phase: 'completed', name, arguments: {}, status, itemId });
                return outcome;
              },
              commands: () => ({ sandboxed: 0, unsandboxed: 0 }),
              end: async () => {
                ended += 1;
              },
            },
    },
    rawStream: () => ({ line: (text) => void kept.push(text), end: async () => undefined }),
    keepImage: async (_bytes, type) => `/kept/${type}`,
    clock,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  let over = false;
  const asked = async (): Promise<string> => (await of.answer?.(time)) ?? 'no';
  const meanwhile: Promise<void> | undefined = of.during?.(
    (steer) => void inbox.push(steer),
    () => stopper.abort('user'),
  );
  const end = await lane.run(
    laneTurn({ text: 'work', ...of.turn }),
    turnIo({
      emit: (event) => {
        if (over) throw new Error(`said after the end: ${event.kind}`);
        events.push(event);
      },
      approvals: { ask: asked, fill: async () => ({ decision: await asked(), answers: {} }) },
      inbox,
      signal: stopper.signal,
    }),
  );
  over = true;
  inbox.close();
  await Promise.all([meanwhile]);
  return { end, events, bodies, ran, ended, waits, kept };
}
