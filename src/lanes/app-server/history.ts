import type { EventBody, LaneEvent, TurnId } from '../../model/index.ts';
import { turnId } from '../../model/index.ts';
import type { HistoryEvent, NativeHistory, ReplayedEnd, ReplayedEvent, ReplayedSettings } from '../../ports/index.ts';
import type { KeptConversation, KeptTurn } from '../../runtime/index.ts';
import { AppServerReplay } from './replay.ts';
import { field } from './wire.ts';

/** What Codex keeps of a thread as the events that its turns would have been, by the code that reads a kept stream. */
export function historyOf({ thread, turns, shortened }: KeptConversation): NativeHistory {
  const { id, title, isNamed, source, cliVersion, createdAt } = thread;
  return {
    nativeThreadId: id,
    title: isNamed ? title : null,
    source,
    cliVersion,
    createdAt,
    turns: turns.length,
    shortened,
    events: eventsOf(thread.id, thread.cwd, turns),
  };
}

/** One turn after the other, so that no more than one is in memory as events. */
function* eventsOf(threadId: string, cwd: string, turns: readonly KeptTurn[]): Generator<HistoryEvent> {
  const told: HistoryEvent[] = [];
  const state: { at: number | null } = { at: null };
  const add = (id: TurnId | null, event: EventBody | ReplayedEvent): void => {
    const { itemId, nativeThreadId: _, ...body } = event as LaneEvent;
    told.push({
      at: state.at,
      turnId: id,
      body: body as EventBody,
      ...(itemId === undefined ? {} : { itemId: itemIdIn(itemId) }),
    });
  };
  const replay = new AppServerReplay({
    thread: () => undefined,
    begin: ({ turnId: id }, settings) => add(idOf(id), { kind: 'turn_started', ...settingsIn(settings, cwd) }),
    event: ({ turnId: id }, event) => add(id === null ? null : idOf(id), event),
    end: ({ turnId: id }, end, durationMs) => add(idOf(id), terminalOf(end, durationMs ?? 0)),
  });
  const tell = (method: string, params: object, at: number | null | undefined): void => {
    state.at = at ?? null;
    replay.push(JSON.stringify({ method, params: { threadId, ...params } }), '');
  };
  for (const turn of turns) {
    const { id, status, error, startedAt, completedAt } = turn;
    const durationMs = turn.durationMs ?? (startedAt != null && completedAt != null ? completedAt - startedAt : null);
    tell('turn/started', { turn: { id, status: 'inProgress' } }, startedAt);
    for (const item of turn.items) {
      const isOpen = field(item, 'status') === 'inProgress';
      const at = numberOf(field(item, isOpen ? 'startedAtMs' : 'completedAtMs')) ?? startedAt;
      tell(isOpen ? 'item/started' : 'item/completed', { turnId: id, item }, at);
    }
    // Nobody else writes it now, so one that has no end never got one.
    const outcome = status === 'completed' || status === 'failed' ? status : 'interrupted';
    tell('turn/completed', { turn: { id, status: outcome, error: errorOf(error), durationMs } }, completedAt);
    yield* told.splice(0);
  }
}

/** Short, since each event carries it, and never one that a turn of ours gets (the time in base 36). */
const idOf = (id: TurnId): TurnId => turnId(id.replace(/^turn-/, 'h'));
const itemIdIn = (id: NonNullable<HistoryEvent['itemId']>): NonNullable<HistoryEvent['itemId']> =>
  id.replace(/^turn-/, 'h') as NonNullable<HistoryEvent['itemId']>;

/** What a turn ran with is not kept for us: a thread's settings are those of now. */
function settingsIn(settings: ReplayedSettings, cwd: string): ReplayedSettings {
  return { ...settings, cwd };
}

/** An error that can't be read must not hide how the turn ended. */
function errorOf(error: unknown): unknown {
  return error == null || typeof field(error, 'message') === 'string' ? error : null;
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function terminalOf(end: ReplayedEnd, durationMs: number): EventBody {
  switch (end.outcome) {
    case 'completed':
      return { kind: 'turn_completed', durationMs };
    case 'failed':
      return { kind: 'turn_failed', durationMs, error: end.error };
    case 'interrupted':
      return { kind: 'turn_interrupted', durationMs, by: 'user' };
  }
}
