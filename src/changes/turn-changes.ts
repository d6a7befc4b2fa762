import { join } from 'node:path';
import type { Baseline, BaselineGap, DiskChange, FileChange } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { ChangesOfTurn, Clock, DiskChanges, ExplainedChange, Log, TurnChanges } from '../ports/index.ts';
import type { BlobStore } from './blob-store.ts';
import { committed } from './committed.ts';
import { diffsOf } from './diff.ts';
import type { Git } from './git.ts';
import { gitStatus } from './git-status.ts';
import type { Place } from './place.ts';
import { placeOf } from './place.ts';
import type { Found, Stamp } from './read-file.ts';
import { isOlder, look, stampAt } from './read-file.ts';
import type { TurnStart } from './turn-start.ts';
import { turnStart } from './turn-start.ts';

/** Most files that are told one by one when a turn has ended. */
const mostDiskChanges = 200;

/**
 * How long the look at the folder waits, in milliseconds: until the turn's program has been started, and long before that
 * can have changed anything (measured: 300 ms). So it takes no time from a send.
 */
const startDelay = 80;

/** What stood in a file; `bytes` null = there was none. */
type Before =
  | { readonly grade: Exclude<Baseline['grade'], 'unknown'>; readonly bytes: Buffer | null }
  | { readonly grade: 'unknown'; readonly gap: BaselineGap };

/** How a file was left by the last change that was told. */
type Left = { readonly bytes: Buffer | null; readonly stamp: Stamp | null } | { readonly gap: BaselineGap };

export type FollowDeps = {
  /** Git, or why it is not asked. */
  readonly git: () => Promise<Git | 'untrusted' | 'no-git'>;
  readonly blobs: BlobStore;
  readonly log: Log;
  readonly clock: Clock;
  /** When the turn began, in milliseconds since the epoch. */
  readonly moment: number;
};

/** Follows the files of one turn: how they stood when it began, what each change found, and what nobody told. */
export class FollowedTurn implements TurnChanges {
  readonly #deps: FollowDeps;
  readonly #turn: ChangesOfTurn;
  readonly #start: Promise<TurnStart | BaselineGap>;
  /** Proven to stand in a file right before its change, by real path. */
  readonly #exact = new Map<string, { readonly bytes: Buffer | null }>();
  /** By real path. */
  readonly #left = new Map<string, Left>();
  /** Ends what is still looked at when nobody waits for it any more. */
  readonly #cut = new AbortController();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(deps: FollowDeps, turn: ChangesOfTurn) {
    this.#deps = deps;
    this.#turn = turn;
    this.#start = this.#begin();
  }

  async #begin(): Promise<TurnStart | BaselineGap> {
    try {
      await new Promise<void>((begin) => this.#deps.clock.after(startDelay, begin));
      if (this.#cut.signal.aborted) return 'not-kept';
      const git = await this.#deps.git();
      return typeof git === 'string'
        ? git
        : await turnStart(git, this.#turn.cwd, { moment: this.#deps.moment, signal: this.#cut.signal });
    } catch (error) {
      this.#deps.log.warn(`the state of a turn's folder was not kept: ${messageOf(error)}`);
      return 'not-kept';
    }
  }

  /** Resolves when it is known how the turn found its folder. */
  async started(): Promise<void> {
    await this.#start;
  }

  /** At once, since the write may be on its way: not behind what is still looked at. */
  async before(paths: readonly string[]): Promise<void> {
    // Codex announces a patch there when it is mostly written (measured with 0.169): nothing can be proven.
    if (this.#turn.sandbox === 'danger-full-access') return;
    await Promise.all(paths.map((path) => this.#prove(path).catch(() => undefined)));
  }

  async #prove(path: string): Promise<void> {
    const place = await placeOf(path, this.#turn.cwd, null);
    if (typeof place === 'string') return;
    const { real } = place;
    this.#exact.delete(real);
    const found = await look(real);
    const left = this.#left.get(real);
    if (found.kind === 'none') this.#exact.set(real, { bytes: null });
    else if (found.kind === 'file') {
      const untouched = left !== undefined && 'stamp' in left && left.stamp?.text === found.stamp.text;
      if (untouched || (left === undefined && isOlder(found.stamp, this.#deps.moment))) {
        this.#exact.set(real, { bytes: found.bytes });
      }
    }
  }

  after(changes: readonly FileChange[]): Promise<ExplainedChange> {
    return this.#inTurn(() => this.#explain(changes), {
      changes,
      baselines: changes.map(({ path }) => ({ path, grade: 'unknown', blob: null, gap: 'not-kept' })),
    });
  }

  end(signal: AbortSignal): Promise<DiskChanges> {
    const cut = (): void => this.#cut.abort();
    if (signal.aborted) cut();
    else signal.addEventListener('abort', cut, { once: true });
    return this.#inTurn(() => this.#unannounced(signal), { changes: [], more: 0 });
  }

  /** One after the other: a change is explained by what the one before left. */
  #inTurn<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    const done = this.#tail.then(work).catch((error: unknown) => {
      this.#deps.log.warn(`a change was not explained: ${messageOf(error)}`);
      return otherwise;
    });
    this.#tail = done;
    return done;
  }

  async #explain(changes: readonly FileChange[]): Promise<ExplainedChange> {
    const start = await this.#start;
    const explained = [];
    for (const change of changes) {
      const place = await placeOf(change.path, this.#turn.cwd, rootOf(start));
      if (typeof place === 'string') {
        explained.push({ change, before: unknown(place), found: null });
        continue;
      }
      const source =
        change.movedFrom === undefined ? place : await placeOf(change.movedFrom, this.#turn.cwd, rootOf(start));
      const found = await look(place.real);
      const before =
        typeof source === 'string' ? unknown(source) : await this.#before(source, start, { change, found });
      this.#leave(place, found);
      explained.push({ change, before, found });
    }
    const { baselines, diffs } = await this.#compare(
      start,
      explained.map(({ change, before, found }) => ({ path: change.path, before, found })),
    );
    return {
      baselines,
      changes: changes.map((change) => {
        const diff = change.diff ?? diffs.get(change.path);
        return diff === undefined ? change : { ...change, diff };
      }),
    };
  }

  async #before(
    { real, inTree }: Place,
    start: TurnStart | BaselineGap,
    { change, found }: { readonly change: FileChange; readonly found: Found },
  ): Promise<Before> {
    const exact = this.#exact.get(real);
    this.#exact.delete(real);
    if (exact !== undefined && isProof(exact.bytes, found, this.#deps.moment)) return { grade: 'exact', ...exact };
    const left = this.#left.get(real);
    const before = left === undefined ? await fromStart(start, inTree) : fromLeft(left);
    // What is changed or taken away was there: something made it while the turn ran.
    const isMade = before.grade !== 'unknown' && before.bytes === null && change.kind !== 'add';
    return isMade && change.movedFrom === undefined ? unknown('changed-before') : before;
  }

  #leave({ real }: Place, found: Found): void {
    if (found.kind === 'unread') this.#left.set(real, { gap: found.why });
    else this.#left.set(real, found.kind === 'none' ? { bytes: null, stamp: null } : found);
  }

  /** Keeps what stood before, and compares it with what was found. */
  async #compare(
    start: TurnStart | BaselineGap,
    files: readonly { readonly path: string; readonly before: Before; readonly found: Found | null }[],
  ): Promise<{ readonly baselines: readonly Baseline[]; readonly diffs: ReadonlyMap<string, string> }> {
    const baselines: Baseline[] = [];
    const pairs = [];
    for (const { path, before, found } of files) {
      if (before.grade === 'unknown') {
        baselines.push({ path, grade: 'unknown', blob: null, gap: before.gap });
        continue;
      }
      const blob = before.bytes === null ? null : await this.#deps.blobs.keep(before.bytes);
      baselines.push({ path, grade: before.grade, blob });
      if (found === null || found.kind === 'unread') continue;
      const after = found.kind === 'none' ? null : found.bytes;
      if (before.bytes !== null || after !== null) pairs.push({ path, before: before.bytes, after });
    }
    const git = typeof start === 'string' ? await this.#deps.git() : start.git;
    return { baselines, diffs: typeof git === 'string' ? new Map() : await diffsOf(git, pairs) };
  }

  async #unannounced(signal: AbortSignal): Promise<DiskChanges> {
    const start = await this.#start;
    const none = { changes: [], more: 0 };
    if (typeof start === 'string' || signal.aborted) return none;
    const now = await gitStatus(start.git, this.#turn.cwd, signal);
    if (typeof now === 'string' || signal.aborted) return none;
    const suspects = new Set<string>([
      ...now.dirty.keys(),
      ...start.files.keys(),
      ...(await this.#moved(start, now.head)),
    ]);
    const paths: string[] = [];
    for (const inTree of [...suspects].sort()) {
      if (signal.aborted) return none;
      if (await this.#isUnannounced(inTree, start, now.dirty.get(inTree)?.said)) paths.push(inTree);
    }
    const listed = paths.slice(0, mostDiskChanges);
    const files = [];
    for (const inTree of listed) {
      const place = await placeOf(join(start.status.root, inTree), this.#turn.cwd, start.status.root);
      // A folder of the turn's, or a nested repository, of which git tells no more.
      if (typeof place === 'string') continue;
      const { real } = place;
      const left = this.#left.get(real);
      const found = await look(real);
      const before = left === undefined ? await fromStart(start, inTree) : fromLeft(left);
      // Touched, or changed and changed back.
      if (before.grade !== 'unknown' && isSame(before.bytes, found)) continue;
      files.push({ path: real, before, found });
    }
    const { baselines, diffs } = await this.#compare(start, files);
    const changes = files.map(({ path, before, found }, index): DiskChange => {
      const baseline = baselines[index] ?? { path, grade: 'unknown', blob: null, gap: 'not-kept' };
      const diff = diffs.get(path);
      return { ...baseline, change: kindOf(before, found), ...(diff === undefined ? {} : { diff }), by: null };
    });
    return { changes, more: paths.length - listed.length };
  }

  /** Whether a file may differ from how it was left: by git's words, and where those are the same by its stamp. */
  async #isUnannounced(inTree: string, start: TurnStart, said: string | undefined): Promise<boolean> {
    const real = join(start.status.root, inTree);
    const before = start.files.get(inTree);
    const left = this.#left.get(real);
    if (left !== undefined) return 'stamp' in left && (await stampAt(real))?.text !== left.stamp?.text;
    if (before === undefined || before.file.said !== said) return true;
    // Git does not look into it, and neither do we.
    if (before.file.state === 'repository') return false;
    return (await stampAt(real))?.text !== before.stamp?.text;
  }

  /** What differs between the commit of the beginning and the one that is checked out now. */
  async #moved(start: TurnStart, head: string | null): Promise<readonly string[]> {
    const before = start.status.head;
    if (before === null || head === null || before === head) return [];
    const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', before, head];
    const run = await start.git(start.status.root, args);
    return run.exitCode === 0 ? run.stdout.split('\0').filter((path) => path !== '') : [];
  }
}

function rootOf(start: TurnStart | BaselineGap): string | null {
  return typeof start === 'string' ? null : start.status.root;
}

async function fromStart(start: TurnStart | BaselineGap, inTree: string | null): Promise<Before> {
  if (typeof start === 'string') return unknown(start);
  if (inTree === null) return unknown('outside');
  const { git, status, files } = start;
  const known = files.get(inTree)?.content;
  if (known?.kind === 'unknown') return unknown(known.gap);
  if (known !== undefined) return { grade: 'copied', bytes: known.kind === 'copy' ? known.bytes : null };
  const content = await committed(git, status.root, { head: status.head, path: inTree });
  if (content.kind === 'unknown') return unknown(content.gap);
  return { grade: 'git', bytes: content.kind === 'file' ? content.bytes : null };
}

/** After a change that was told, a file stands as that left it; a command may have changed it since, unseen. */
function fromLeft(left: Left): Before {
  return 'gap' in left ? unknown(left.gap) : { grade: 'copied', bytes: left.bytes };
}

const unknown = (gap: BaselineGap): Before => ({ grade: 'unknown', gap });

/** What was read is from before the write when the write came after: the file is another now. */
function isProof(bytes: Buffer | null, found: Found, moment: number): boolean {
  if (isSame(bytes, found)) return false;
  // Written in this turn for certain: if its stamp says otherwise, the disk's clock proves nothing.
  return found.kind !== 'file' || !isOlder(found.stamp, moment);
}

function isSame(bytes: Buffer | null, found: Found): boolean {
  if (found.kind === 'unread') return false;
  return found.kind === 'none' ? bytes === null : bytes?.equals(found.bytes) === true;
}

function kindOf(before: Before, found: Found): DiskChange['change'] {
  if (found.kind === 'none') return 'delete';
  return before.grade !== 'unknown' && before.bytes === null ? 'add' : 'update';
}
