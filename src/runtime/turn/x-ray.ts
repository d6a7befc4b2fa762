import type { NativeThreadId, ProgressStep, ProgressWait, TurnProgress } from '../../model/index.ts';
import type { Clock } from '../../ports/index.ts';

/** Something that was started and has not ended. */
export type Work = {
  readonly id: string;
  readonly on: 'command' | 'tool';
  /** The command or the tool's name, shortened, without secrets. */
  readonly what: string;
  /** ISO time. */
  readonly since: string;
};

/** What a turn said of its way, on whichever transport. */
export type TurnSight = {
  readonly thread: NativeThreadId | null;
  readonly turnStarted: boolean;
  /** Oldest first; a plan is not work. */
  readonly working: readonly Work[];
  /** How far it is, as far as Codex told. */
  readonly steps: readonly ProgressStep[];
  /** Codex's words on a lost connection; null when something else came since. */
  readonly reconnecting: string | null;
  /** Codex said how it ended; null = it did not yet. */
  readonly end: unknown;
};

/** Which hop a silence is laid to, from what was heard so far: the name in a `stalled` event. */
export function silentHop(state: TurnSight): 'process' | 'turn' | 'network' | 'reconnecting' {
  if (state.reconnecting !== null) return 'reconnecting';
  if (state.thread === null) return 'process';
  return state.turnStarted ? 'network' : 'turn';
}

/** What is known of a run beside what it said. Times in milliseconds of the clock. */
export type Seen = {
  /** Null = not started yet. */
  readonly process: { readonly pid: number; readonly at: number } | null;
  readonly heardAt: number;
  readonly givesUpAt: number | null;
};

/** How far a turn is and what it waits for. Codex does not tell when it sends a request, so there is no step for that. */
function progressOf(state: TurnSight, { process, heardAt, givesUpAt }: Seen): TurnProgress {
  const started =
    process === null ? [] : [{ what: 'process-started' as const, at: isoOf(process.at), detail: String(process.pid) }];
  return {
    steps: [...started, ...state.steps],
    waiting: waitOf(state, process !== null, isoOf(heardAt)),
    givesUpAt: givesUpAt === null ? null : isoOf(givesUpAt),
  };
}

function waitOf(state: TurnSight, started: boolean, since: string): ProgressWait {
  const on = (hop: ProgressWait['on']): ProgressWait => ({ on: hop, what: null, since });
  if (!started) return on('process');
  if (state.end !== null) return on('exit');
  // It can't go on before it reaches its provider again, whatever else runs.
  if (state.reconnecting !== null) return on('network');
  const [oldest, ...others] = state.working;
  if (oldest !== undefined) {
    const what = others.length === 0 ? oldest.what : `${oldest.what} (+${others.length})`;
    return { on: oldest.on, what, since: oldest.since };
  }
  if (state.thread === null) return on('thread');
  return on(state.turnStarted ? 'network' : 'turn');
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

type Limits = Pick<Seen, 'heardAt' | 'givesUpAt'>;

/** Between two words of a run that only move its times on, in milliseconds. */
const calm = 1000;

export type XrayDeps = {
  readonly clock: Clock;
  readonly tell: (progress: TurnProgress) => void;
};

/** Tells the progress of one turn: each change of what it waits for at once, mere times no oftener than once a second. */
export class Xray {
  readonly #deps: XrayDeps;
  #process: Seen['process'] = null;
  #told: { readonly shape: string; readonly at: number } | null = null;

  constructor(deps: XrayDeps) {
    this.#deps = deps;
  }

  processStarted(pid: number): void {
    this.#process = { pid, at: this.#deps.clock.now() };
  }

  look(state: TurnSight, watchdog: Limits | null): void {
    const now = this.#deps.clock.now();
    const { heardAt, givesUpAt } = watchdog ?? { heardAt: now, givesUpAt: null };
    const progress = progressOf(state, { process: this.#process, heardAt, givesUpAt });
    const { steps, waiting } = progress;
    const shape = JSON.stringify([steps, waiting.on, waiting.what, progress.givesUpAt === null]);
    if (this.#told !== null && this.#told.shape === shape && now - this.#told.at < calm) return;
    this.#told = { shape, at: now };
    this.#deps.tell(progress);
  }

  /** The limits began anew. */
  lookAgain(state: TurnSight, watchdog: Limits): void {
    this.#told = null;
    this.look(state, watchdog);
  }
}
