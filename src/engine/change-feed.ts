import type { EventBody, FileChange, ItemId, LaneEvent, TurnId } from '../model/index.ts';
import { itemId } from '../model/index.ts';
import type { Clock, TurnChanges } from '../ports/index.ts';

/** How long a turn that has ended waits for what is said of its changes, in milliseconds. */
const patience = 10_000;
/** The same after Stop. */
const stopPatience = 2000;

export type ChangeFeedDeps = {
  readonly changes: TurnChanges;
  readonly clock: Clock;
  readonly turnId: TurnId;
  readonly add: (body: EventBody, itemId: ItemId) => void;
};

/** Says of each file change what stood there before, and at the end what nobody announced. */
export class ChangeFeed {
  readonly #deps: ChangeFeedDeps;
  #pending: Promise<void> = Promise.resolve();
  #over = false;

  constructor(deps: ChangeFeedDeps) {
    this.#deps = deps;
  }

  before(paths: readonly string[]): Promise<void> {
    return this.#deps.changes.before(paths);
  }

  /** To be called when the event was told: what is found out about it comes after it. */
  take(event: LaneEvent): void {
    if (event.kind !== 'file_change' || event.phase !== 'completed' || event.status !== 'completed') return;
    const { itemId: item, changes } = event;
    if (item === undefined) return;
    const explained = this.#deps.changes.after(changes);
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
      const timer = new Promise<void>((resolve) => {
        cancel = this.#deps.clock.after(reason === undefined ? patience : stopPatience, resolve);
      });
      await Promise.race([rest, timer]);
      cancel();
    }
    this.#over = true;
    cut.abort();
  }

  async #tellRest(signal: AbortSignal): Promise<void> {
    const ended = this.#deps.changes.end(signal);
    await this.#pending;
    const { changes, more } = await ended;
    if (this.#over) return;
    const item = itemId(`${this.#deps.turnId}:disk`);
    for (const change of changes) this.#deps.add({ kind: 'disk_change_detected', ...change }, item);
    if (more > 0) this.#deps.add({ kind: 'system_notice', code: 'more_disk_changes', text: String(more) }, item);
  }
}

function withDiffs(
  event: Extract<LaneEvent, { kind: 'file_change' }>,
  changes: readonly FileChange[],
): Extract<EventBody, { kind: 'file_change' }> {
  const { phase, status } = event;
  return { kind: 'file_change', phase, status, changes, diffSource: event.diffSource ?? 'pre-image' };
}
