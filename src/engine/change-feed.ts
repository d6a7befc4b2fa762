import type {
  Baseline,
  BaselineGap,
  EventBody,
  FileChange,
  ItemId,
  LaneEvent,
  SandboxMode,
  TurnId,
} from '../model/index.ts';
import { itemId } from '../model/index.ts';
import type { Changes, Clock, TurnChanges } from '../ports/index.ts';

/** How long a turn that has ended waits for what is said of its changes, in milliseconds. */
const patience = 10_000;
/** The same after Stop. */
const stopPatience = 2000;

export type ChangeFeedDeps = {
  readonly changes: Changes;
  readonly clock: Clock;
  readonly turnId: TurnId;
  readonly sandbox: SandboxMode;
  /** Tools of ours run: each change of theirs is an item, but for what a command does. */
  readonly ownTools?: boolean;
  readonly add: (body: EventBody, itemId: ItemId) => void;
  /** Whether the thread has said already that nothing was looked for, and why. */
  readonly saidUnseen: (gap: BaselineGap) => boolean;
  /** Likewise that so many files were overlooked. */
  readonly saidOverlooked: (count: string) => boolean;
};

/** Says of each file change what stood there before, and at the end what nobody announced. */
export class ChangeFeed {
  readonly #deps: ChangeFeedDeps;
  #changes: TurnChanges | null = null;
  #programIsUp = false;
  #mayHaveChanged = false;
  #pending: Promise<void> = Promise.resolve();
  #over = false;

  constructor(deps: ChangeFeedDeps) {
    this.#deps = deps;
  }

  /** The folder that the turn runs in is known; `madeFrom`: the commit, when the turn itself had it made. Once. */
  follow(cwd: string, madeFrom: string | null): void {
    if (this.#changes !== null) return;
    const { changes, sandbox, ownTools = false } = this.#deps;
    this.#changes = changes.begin({ cwd, sandbox, madeFrom, ...(ownTools ? { waits: true } : {}) });
    if (this.#programIsUp) void this.#changes.look();
  }

  /** The turn's program is up, and its first command can't be. */
  programIsUp(): void {
    if (this.#programIsUp) return;
    this.#programIsUp = true;
    void this.#changes?.look();
  }

  async before(paths: readonly string[]): Promise<void> {
    await this.#changes?.before(paths);
  }

  /** To be called when the event was told: what is found out about it comes after it. */
  take(event: LaneEvent): void {
    this.programIsUp();
    this.#mayHaveChanged ||= mayChange(event, this.#deps);
    if (event.kind !== 'file_change' || event.phase !== 'completed' || event.status !== 'completed') return;
    const { itemId: item, changes } = event;
    if (item === undefined) return;
    const explained = this.#changes?.after(changes) ?? { baselines: changes.map(notKept), changes };
    this.#pending = this.#pending.then(async () => {
      const { baselines, changes: compared } = await explained;
      if (this.#over) return;
      for (const baseline of baselines) this.#deps.add({ kind: 'snapshot_taken', ...baseline }, item);
      if (!compared.some((change, index) => change.diff !== changes[index]?.diff)) return;
      this.#deps.add(withDiffs(event, compared), item);
    });
  }

  /** The lane has ended: tells what it left unannounced. Nothing is told when this has resolved. */
  async end(reason: unknown): Promise<void> {
    const cut = new AbortController();
    // A window that closes waits for nothing.
    if (reason === 'shutdown') cut.abort();
    const rest = this.#tellRest(cut.signal);
    if (reason !== 'shutdown') {
      let cancel = (): void => undefined;
      const timer = new Promise<'late'>((resolve) => {
        cancel = this.#deps.clock.after(reason === undefined ? patience : stopPatience, () => resolve('late'));
      });
      if ((await Promise.race([rest, timer])) === 'late') this.#tellUnseen('too-slow');
      cancel();
    }
    this.#over = true;
    cut.abort();
  }

  async #tellRest(signal: AbortSignal): Promise<void> {
    // Nothing is laid to a turn that has only talked: what is still looked at for it ends.
    if (!this.#mayHaveChanged) {
      await this.#changes?.end(AbortSignal.abort());
      return;
    }
    const ended = this.#changes?.end(signal);
    await this.#pending;
    const found = await ended;
    if (this.#over) return;
    if (found === undefined) {
      // Where the turn ran was never found out.
      this.#tellUnseen('not-kept');
      return;
    }
    const item = itemId(`${this.#deps.turnId}:disk`);
    for (const change of found.changes) this.#deps.add({ kind: 'disk_change_detected', ...change }, item);
    if (found.more > 0)
      this.#deps.add({ kind: 'system_notice', code: 'more_disk_changes', text: String(found.more) }, item);
    if (found.unseen !== null) this.#tellUnseen(found.unseen);
    const overlooked = String(found.overlooked);
    if (found.overlooked > 0 && !this.#deps.saidOverlooked(overlooked))
      this.#deps.add({ kind: 'system_notice', code: 'disk_overlooked', text: overlooked }, item);
  }

  #tellUnseen(gap: BaselineGap): void {
    if (!this.#mayHaveChanged || this.#deps.saidUnseen(gap)) return;
    const item = itemId(`${this.#deps.turnId}:disk`);
    this.#deps.add({ kind: 'system_notice', code: 'disk_not_looked_at', text: gap }, item);
  }
}

/**
 * Whether what an event tells of may have changed files without a word. A read-only sandbox holds for Codex's own commands
 * and patches, not for the tools of others.
 */
function mayChange(
  { kind }: LaneEvent,
  { sandbox, ownTools = false }: Pick<ChangeFeedDeps, 'sandbox' | 'ownTools'>,
): boolean {
  switch (kind) {
    case 'command_execution':
    case 'file_change':
      return sandbox !== 'read-only';
    case 'tool_call':
      return !ownTools;
    case 'mcp_call':
    case 'subagent':
    case 'unsupported_raw_event':
      return true;
    default:
      return false;
  }
}

function notKept({ path }: FileChange): Baseline {
  return { path, grade: 'unknown', blob: null, gap: 'not-kept' };
}

function withDiffs(
  event: Extract<LaneEvent, { kind: 'file_change' }>,
  changes: readonly FileChange[],
): Extract<EventBody, { kind: 'file_change' }> {
  const { phase, status } = event;
  return { kind: 'file_change', phase, status, changes, diffSource: event.diffSource ?? 'pre-image' };
}
