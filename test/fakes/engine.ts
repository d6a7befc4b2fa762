import { createHash } from 'node:crypto';
import type { Activity, EngineDeps } from '../../src/engine/index.ts';
import { Engine } from '../../src/engine/index.ts';
import type {
  LaneEvent,
  LaneFacts,
  LaneInputs,
  LogEvent,
  Payer,
  RunnableLaneId,
  ThreadId,
  ThreadView,
} from '../../src/model/index.ts';
import {
  emptyThread,
  foldAll,
  LanesError,
  requestId,
  transportCapabilities,
  uncheckedNative,
} from '../../src/model/index.ts';
import type {
  Changes,
  Clock,
  Lane,
  LaneTurn,
  SettingsSnapshot,
  Transcript,
  TurnEnd,
  TurnIo,
} from '../../src/ports/index.ts';
import { nativeSettings } from './settings.ts';

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00.000Z');
  #timers: { readonly at: number; readonly call: () => void }[] = [];
  readonly now = (): number => this.#now;
  readonly monotonic = (): number => this.#now;
  readonly after = (ms: number, call: () => void): (() => void) => {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((t) => t !== timer);
    };
  };

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter((t) => t.at <= this.#now);
    this.#timers = this.#timers.filter((t) => t.at > this.#now);
    for (const timer of due) timer.call();
  }
}

/** A log in memory with the promises of the real one: one writer a thread, whole batches. */
export class MemoryTranscript implements Transcript {
  readonly logs = new Map<ThreadId, LogEvent[]>();
  readonly writers = new Set<ThreadId>();
  failWith: Error | null = null;

  readonly open: Transcript['open'] = async (threadId) => {
    if (this.writers.has(threadId))
      throw new LanesError('conflict', `The thread ${threadId} is open in another window.`);
    this.writers.add(threadId);
    return {
      lastSeq: this.logs.get(threadId)?.length ?? 0,
      append: async (events) => {
        if (this.failWith !== null) throw this.failWith;
        this.logs.set(threadId, [...(this.logs.get(threadId) ?? []), ...structuredClone(events)]);
        return events;
      },
      close: async () => {
        this.writers.delete(threadId);
      },
    };
  };
  readonly read: Transcript['read'] = async (threadId) => {
    const log = this.logs.get(threadId);
    if (log === undefined) throw new LanesError('not-found', `There is no thread ${threadId}.`);
    return structuredClone(log);
  };
  readonly copy: Transcript['copy'] = async (from, to, then) => {
    const log = this.logs.get(from);
    if (log === undefined) throw new LanesError('not-found', `There is no thread ${from}.`);
    this.logs.set(to, [...structuredClone(log).map((event) => ({ ...event, threadId: to })), ...then]);
  };
  readonly make: Transcript['make'] = async (to, events) => {
    const log: LogEvent[] = [];
    for (const batch of events) log.push(...structuredClone(batch));
    this.logs.set(to, log);
  };
  readonly list: Transcript['list'] = async () => [];
}

export const readyInputs: LaneInputs = {
  selected: 'api',
  selectedSource: 'setting',
  gates: {
    phase: 1,
    unlocked: true,
    unlockSource: 'codexLanes.native.unlock',
    trusted: true,
    switchedOffBy: null,
    pluginsUnlocked: false,
    pluginsUnlockSource: 'codexLanes.plugins.unlock',
    interactive: false,
    interactiveSource: 'codexLanes.native.interactive',
    transport: 'auto',
    apiTools: true,
  },
  native: {
    ...uncheckedNative,
    checkedAt: '2026-01-01T00:00:00.000Z',
    binary: { kind: 'found', identity: { path: '/bin/codex', source: 'setting', version: 'codex-cli 0.169.0' } },
    credential: {
      kind: 'present',
      authMethod: 'provider',
      payer: { kind: 'provider', label: 'practice (offline)', source: 'none' },
    },
  },
  api: {
    checkedAt: '2026-01-01T00:00:00.000Z',
    endpointLabel: 'practice (offline)',
    needsKey: false,
    payer: null,
    reach: 'reachable',
    detail: null,
    models: [],
    credentialInputs: [],
  },
};

/** The native lane is selected, and its turns run over the app-server. */
export const interactiveInputs: LaneInputs = {
  ...readyInputs,
  selected: 'codex-native',
  gates: { ...readyInputs.gates, interactive: true },
  native: {
    ...readyInputs.native,
    abilities: { missingExecFlags: [], missingTurnOptions: [], plugin: true, appServer: true },
  },
};

const plainSettings: SettingsSnapshot = {
  ...nativeSettings,
  lane: { value: 'api', source: 'default' },
  nativeFirstEventTimeoutS: 60,
  nativeSilenceTimeoutS: 300,
  apiBaseUrl: 'http://127.0.0.1:1/v1',
  apiModel: 'gpt-5.5',
};

export function factsOf(lane: RunnableLaneId, more: Partial<LaneFacts> = {}): LaneFacts {
  return {
    transport: lane === 'api' ? 'responses' : 'exec',
    executable: null,
    endpoint: 'practice (offline)',
    payer: null,
    modelServed: 'unknown',
    nativeThreadId: null,
    completionPolicy: null,
    historyCompleteness: null,
    usage: null,
    usageAuthority: null,
    exitCode: null,
    killStep: 'none',
    ...more,
  };
}

export type Script = (turn: LaneTurn, io: TurnIo, end: (more?: Partial<LaneFacts>) => TurnEnd) => Promise<TurnEnd>;

/** Says something and completes. */
export const says =
  (...events: readonly LaneEvent[]): Script =>
  async (_turn, io, end) => {
    for (const event of events) io.emit(event);
    return end();
  };

/** Waits for Stop, then ends as a lane must. */
export const untilStopped: Script = async (_turn, io, end) => {
  await new Promise<void>((stop) => {
    if (io.signal.aborted) stop();
    io.signal.addEventListener('abort', () => stop(), { once: true });
  });
  return { outcome: 'interrupted', facts: end().facts };
};

/** An engine on fakes, with everything a test looks at. */
export function engineOnFakes(
  options: {
    readonly scripts?: readonly Script[];
    readonly transcript?: MemoryTranscript;
    /** Threads are kept there instead, and `stored` and `folded` know nothing of it. */
    readonly store?: Transcript;
    readonly firstId?: number;
    readonly changes?: Changes;
  } = {},
) {
  const clock = new FakeClock();
  const transcript = options.transcript ?? new MemoryTranscript();
  const scripts = [...(options.scripts ?? [])];
  const turns: (LaneTurn & { readonly lane: RunnableLaneId })[] = [];
  const sent: LogEvent[] = [];
  const state = {
    inputs: readyInputs,
    settings: plainSettings,
    /** Whether the API lane takes images. */
    apiImages: true,
    /** Whether the API lane has tools. */
    apiTools: false,
    folders: ['/w'],
    probes: 0,
    onProbe: (): void | Promise<void> => {},
    /** The folder that Codex would mark; null = none. */
    toMark: null as string | null,
    /** The folder outside Git; null = it is under Git. */
    nonGit: null as string | null,
    /** Who pays with a configuration profile. */
    profilePayers: {} as Readonly<Record<string, Payer>>,
  };
  const told: string[] = [];
  const allowed: string[] = [];
  // An engine that goes on with another's threads must not give their ids again.
  let ids = options.firstId ?? 0;
  const lane: EngineDeps['lane'] = (id, native = 'exec'): Lane => ({
    id,
    transport: id === 'api' ? 'responses' : native,
    approvalPolicy: id === 'api' ? 'none' : native === 'exec' ? 'never' : 'on-request',
    capabilities:
      id === 'api' ? { ...transportCapabilities.responses, images: state.apiImages } : transportCapabilities[native],
    ...(id === 'api' ? { offersTools: (cwd: string | null) => cwd !== null && state.apiTools } : {}),
    run: async (turn, io) => {
      turns.push({ ...turn, lane: id });
      const script = scripts.shift() ?? says({ kind: 'assistant_text', text: 'ok', isDelta: false });
      return await script(turn, io, (more) => ({ outcome: 'completed', facts: factsOf(id, more) }));
    },
  });
  const deps: EngineDeps = {
    transcript: options.store ?? transcript,
    ...(options.changes === undefined ? {} : { changes: options.changes }),
    clock,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    settings: { get: () => state.settings, onChange: () => () => {} },
    workspace: {
      trusted: () => state.inputs.gates.trusted,
      folders: () => state.folders.map((path) => ({ path, name: path })),
      onChange: () => () => {},
    },
    newId: () => `id-${++ids}`,
    newDigest: () => {
      const hash = createHash('sha256');
      return { update: (text) => void hash.update(text), hex: () => hash.digest('hex') };
    },
    inputs: () => state.inputs,
    probe: async () => {
      state.probes += 1;
      await state.onProbe();
    },
    lane,
    payerOfProfile: async (profile) => state.profilePayers[profile] ?? null,
    folderTrust: {
      toMark: async () => (state.toMark !== null && told.includes(state.toMark) ? null : state.toMark),
      told: async (folder) => {
        told.push(folder);
      },
    },
    nonGit: {
      toAllow: async () => (state.nonGit !== null && allowed.includes(state.nonGit) ? null : state.nonGit),
      isAllowed: async (cwd) => allowed.includes(cwd),
      allow: async (folder) => {
        allowed.push(folder);
      },
    },
    checkAttachment: async ({ path }) => (path.includes('bad') ? `${path} does not exist.` : null),
  };
  const waiters: { readonly test: () => boolean; readonly done: () => void }[] = [];
  const check = (): void => {
    for (const waiter of waiters.filter((w) => w.test())) waiter.done();
  };
  let onActivity = (_activity: Activity): void => {};
  const engine = new Engine(deps, {
    onEvents: (_id, events) => {
      sent.push(...events);
      check();
    },
    onActivity: (_id, activity) => {
      onActivity(activity);
      check();
    },
  });
  return {
    engine,
    clock,
    transcript,
    /** What the next turns do, in order. */
    scripts,
    turns,
    sent,
    state,
    /** Resolves as soon as the condition holds; it is looked at after each batch and each change of activity. */
    until: (test: () => boolean): Promise<void> =>
      test() ? Promise.resolve() : new Promise((done) => waiters.push({ test, done })),
    idle: (id: ThreadId) => (): boolean => !engine.activity(id).running,
    told,
    /** Hears every change of activity from here on. */
    onActivity: (call: (activity: Activity) => void): void => {
      onActivity = call;
    },
    prompt: (id: ThreadId, text: string, confirmed: readonly string[] = []) =>
      engine.submit(id, { requestId: requestId(`r-${text}`), text, confirmed }),
    stored: (id: ThreadId): readonly LogEvent[] => transcript.logs.get(id) ?? [],
    folded: (id: ThreadId): ThreadView => foldAll(emptyThread(id), transcript.logs.get(id) ?? []),
  };
}
