import { createHash } from 'node:crypto';
import type { LogEvent, NativeThreadId, Receipt, Row, RowOf, ThreadId, TurnView, Usage } from '../model/index.ts';
import { emptyThread, foldAll } from '../model/index.ts';

/** One line of a thread's `rows.jsonl` (contract normalized-events, section 4): its field names, which other readers know. */
export type TranscriptRow = {
  readonly parentUuid: string | null;
  readonly isSidechain: false;
  readonly userType: 'external';
  readonly cwd: string | null;
  readonly sessionId: ThreadId;
  readonly version: string;
  /** No event records a branch: null. */
  readonly gitBranch: null;
  readonly type: 'user' | 'assistant' | 'system';
  readonly uuid: string;
  readonly timestamp: string;
  readonly isMeta: boolean;
  readonly [field: string]: unknown;
};

/** What a row says beside what all rows have. */
type Said = { readonly type: TranscriptRow['type']; readonly at: string; readonly key: string } & Readonly<
  Record<string, unknown>
>;

type Turn = {
  readonly turn: TurnView;
  readonly requestId: string | null;
  readonly rows: readonly Row[];
  readonly receipt: Receipt | null;
  /** The thread that the runtime itself named in this turn; null = it named none. */
  readonly named: NativeThreadId | null;
};

/**
 * The transcript rows of a thread, made from its events and from nothing else: equal events give equal rows, ids included.
 * A turn gives its prompt, then for a native turn status running, warnings, the answer, execution summary, status
 * completed; for another one the answer alone. Statuses are those that the runtime named a thread for, never guessed.
 * @param version of the product that writes them
 */
export function transcriptRows(events: readonly LogEvent[], version: string): readonly TranscriptRow[] {
  const [first] = events;
  if (first === undefined) return [];
  const view = foldAll(emptyThread(first.threadId), events);
  const known = new Set<NativeThreadId>();
  // Once for all turns: a thread may have thousands.
  const rowsOf = Map.groupBy(view.rows, ({ turnId }) => turnId);
  const eventsOf = Map.groupBy(events, ({ turnId }) => turnId);
  const said = view.turns.flatMap((turn) => {
    const { turnId } = turn;
    const of = turnOf(turn, { rows: rowsOf.get(turnId) ?? [], events: eventsOf.get(turnId) ?? [], known });
    if (of.receipt !== null && of.receipt.nativeThreadId !== null) known.add(of.receipt.nativeThreadId);
    return saidIn(of).map((one) => ({ turn, one }));
  });
  let parent: string | null = null;
  return said.map(({ turn, one: { type, at, key, ...fields } }) => {
    const uuid = uuidOf(`${first.threadId} ${turn.turnId} ${key}`);
    const row: TranscriptRow = {
      parentUuid: type === 'system' ? null : parent,
      isSidechain: false,
      userType: 'external',
      cwd: turn.cwd ?? view.cwd,
      sessionId: first.threadId,
      version,
      gitBranch: null,
      type,
      uuid,
      timestamp: at,
      isMeta: false,
      ...fields,
    };
    if (type !== 'system') parent = uuid;
    return row;
  });
}

type Material = {
  /** Of the turn. */
  readonly rows: readonly Row[];
  /** Of the turn. */
  readonly events: readonly LogEvent[];
  /** Of earlier turns. */
  readonly known: ReadonlySet<NativeThreadId>;
};

function turnOf(turn: TurnView, { rows, events, known }: Material): Turn {
  const asked = events.find((event) => event.requestId !== undefined);
  const receipt = only(rows, 'receipt')[0]?.receipt ?? null;
  return { turn, rows, requestId: asked?.requestId ?? null, receipt, named: namedIn(receipt, { events, known }) };
}

/**
 * A receipt of a turn that was to go on with a thread bears its id whether or not the runtime got that far: there the
 * events say it. A receipt with an id that no turn had before can only have it from the runtime.
 */
function namedIn(receipt: Receipt | null, { events, known }: Omit<Material, 'rows'>): NativeThreadId | null {
  const inReceipt = receipt?.nativeThreadId ?? null;
  if (receipt !== null && inReceipt !== null && (receipt.usageAuthority !== null || !known.has(inReceipt)))
    return inReceipt;
  const found = events.find(
    ({ nativeThreadId }) => nativeThreadId !== undefined && (receipt === null || nativeThreadId === inReceipt),
  );
  return found?.nativeThreadId ?? null;
}

function saidIn(of: Turn): readonly Said[] {
  const native = nativeRows(of);
  return [...only(of.rows, 'user').map(userRow), ...native.before, ...assistantRow(of), ...native.after];
}

function only<K extends Row['kind']>(rows: readonly Row[], kind: K): readonly RowOf<K>[] {
  return rows.filter((row): row is RowOf<K> => row.kind === kind);
}

const userRow = ({ key, startedAt, text, act }: RowOf<'user'>): Said => ({
  type: 'user',
  at: startedAt,
  key,
  // Nobody typed it.
  ...(act === undefined ? {} : { isMeta: true }),
  message: { role: 'user', content: text },
});

/** All that a turn answered in words; tools are not forced into another provider's protocol, the events have them. */
function assistantRow({ turn, rows, requestId, receipt }: Turn): readonly Said[] {
  const texts = only(rows, 'text').filter(({ text }) => text !== '');
  const last = texts.at(-1);
  if (last === undefined) return [];
  const message = {
    role: 'assistant',
    model: receipt?.modelServed ?? 'unknown',
    id: turn.turnId,
    type: 'message',
    stop_reason: turn.state === 'completed' ? 'end_turn' : null,
    usage: usageFields(receipt?.usage ?? null),
    content: texts.map(({ text }) => ({ type: 'text', text })),
  };
  return [{ type: 'assistant', at: last.endedAt ?? last.startedAt, key: 'assistant', requestId, message }];
}

function usageFields(usage: Usage | null): Readonly<Record<string, number | null>> {
  return {
    input_tokens: usage?.input ?? null,
    cache_read_input_tokens: usage?.cachedInput ?? null,
    output_tokens: usage?.output ?? null,
  };
}

/**
 * Around the answer of a native turn. Without a native thread nothing ran, and nothing is said of it. A turn whose process
 * died has no receipt, and no summary.
 */
function nativeRows({ turn, rows, receipt, named }: Turn): {
  readonly before: readonly Said[];
  readonly after: readonly Said[];
} {
  const thread = receipt === null ? named : receipt.nativeThreadId;
  if (thread === null) return { before: [], after: [] };
  const ended = rows.at(-1)?.startedAt ?? turn.startedAt;
  const status = (state: 'running' | 'completed', at: string): Said => ({
    ...system('codex_native_thread_status', 'info', at, state),
    content: `Codex native thread ${state === 'running' ? 'started' : 'completed'}: ${thread}`,
    codexNativeThreadStatus: state,
    codexNativeThreadId: thread,
  });
  const warnings = only(rows, 'warning').map((row) => ({
    ...system('codex_native_warning', 'warning', row.startedAt, row.key),
    content: row.text,
    codexNativeWarningSource: row.source,
    codexNativeThreadId: thread,
  }));
  return {
    before: [...(named === null ? [] : [status('running', turn.startedAt)]), ...warnings],
    after: [
      ...(receipt === null ? [] : [summaryRow(receipt, thread, ended)]),
      ...(turn.state === 'completed' ? [status('completed', ended)] : []),
    ],
  };
}

function summaryRow(receipt: Receipt, thread: string, at: string): Said {
  const { completionPolicy, historyCompleteness, executable } = receipt;
  const authority = receipt.usageAuthority ?? 'unknown';
  const facts = [
    `thread=${thread}`,
    `completion=${completionPolicy ?? 'unknown'}`,
    `history=${historyCompleteness ?? 'unknown'}`,
    `usageAuthority=${authority}`,
    `binary=${executable?.version ?? 'unknown'}`,
  ];
  return {
    ...system('codex_native_execution_summary', 'info', at, 'summary'),
    content: `Codex native execution summary: ${facts.join(', ')}`,
    codexNativeThreadId: thread,
    codexNativeCompletionPolicy: completionPolicy,
    codexNativeHistoryCompleteness: historyCompleteness,
    codexNativeFinalUsageAuthority: authority,
    ...(executable === null
      ? {}
      : {
          codexNativeExecutablePath: executable.path,
          codexNativeExecutableSource: executable.source,
          codexNativeExecutableVersion: executable.version,
        }),
  };
}

function system(subtype: string, level: 'info' | 'warning', at: string, key: string): Said {
  return { type: 'system', subtype, level, at, key: `${subtype} ${key}` };
}

/** An id in the form of RFC 9562, version 8: made of what the row stands for, so that a rebuilt file is the same file. */
function uuidOf(what: string): string {
  const hex = createHash('sha256').update(what).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, variant + hex.slice(17, 20)];
  return [...parts, hex.slice(20, 32)].join('-');
}
