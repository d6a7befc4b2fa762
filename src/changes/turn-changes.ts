import { join } from 'node:path';
import type { Baseline, BaselineGap, DiskChange, FileChange } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { ChangesOfTurn, DiskChanges, ExplainedChange, Log, TurnChanges } from '../ports/index.ts';
import type { BlobStore } from './blob-store.ts';
import { committed } from './committed.ts';
import { diffsOf } from './diff.ts';
import type { Git } from './git.ts';
import { gitStatus } from './git-status.ts';
import type { Place } from './place.ts';
import { placeOf } from './place.ts';
import type { Found, Stamp } from './read-file.ts';
import { isOlder, look, stampAt } from './read-file.ts';
import { pinned } from './repository.ts';
import type { TurnStart } from './turn-start.ts';
import { turnStart } from './turn-start.ts';

/** Most files that are told one by one when a turn has ended. */
const mostDiskChanges = 200;
/** Most files that are compared with what they held, to find these. */
const mostLooks = 1000;
/** Most that is kept in memory of how files were left, in bytes. */
const mostLeft = 32 * 1024 * 1024;

/** What stood in a file; `bytes` null = there was none. */
type Before =
  | { readonly grade: Exclude<Baseline['grade'], 'unknown'>; readonly bytes: Buffer | null }
  | { readonly grade: 'unknown'; readonly gap: BaselineGap };

/** How a file was left by the last change that was told. */
type Left =
  | { readonly bytes: Buffer | null; readonly stamp: Stamp | null }
  | { readonly gap: BaselineGap; readonly stamp: Stamp | null };

export type FollowDeps = {
  /** Git, or why it is not asked. */
  readonly git: () => Promise<Git | 'untrusted' | 'no-git'>;
  readonly blobs: BlobStore;
  readonly log: Log;
  /** When the turn began, in milliseconds since the epoch. */
  readonly moment: number;
};

/** Follows the files of one turn: how they stood when it began, what each change found, and what nobody told. */
export class FollowedTurn implements TurnChanges {
  readonly #deps: FollowDeps;
  readonly #turn: ChangesOfTurn;
  #start: Promise<TurnStart | BaselineGap> | null = null;
  /** Proven to stand in a file right before its change, by real path. */
  readonly #exact = new Map<string, { readonly bytes: Buffer | null }>();
  /** By real path. */
  readonly #left = new Map<string, Left>();
  #leftBytes = 0;
  /** Ends what is still looked at when nobody waits for it any more. */
  readonly #cut = new AbortController();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(deps: FollowDeps, turn: ChangesOfTurn) {
    this.#deps = deps;
    this.#turn = turn;
  }

  async look(): Promise<void> {
    await this.#started();
  }

  #started(): Promise<TurnStart | BaselineGap> {
    this.#start ??= this.#look();
    return this.#start;
  }

  async #look(): Promise<TurnStart | BaselineGap> {
    try {
      const git = await this.#deps.git();
      if (typeof git === 'string') return git;
      const { signal } = this.#cut;
      const start = await turnStart(git, this.#turn, { moment: this.#deps.moment, signal });
      return signal.aborted ? 'not-kept' : start;
    } catch (error) {
      this.#deps.log.warn(`the state of a turn's folder was not kept: ${messageOf(error)}`);
      return 'not-kept';
    }
  }

  /** At once, since the write may be on its way: not behind what is still looked at. */
  async before(paths: readonly string[]): Promise<void> {
    // Codex announces a patch there when it is mostly written (measured with 0.169): nothing can be proven.
    if (this.#turn.sandbox === 'danger-full-access' && this.#turn.waits !== true) return;
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
      // Who waits has written nothing yet, whatever else was written in this turn.
      if (this.#turn.waits === true) this.#exact.set(real, { bytes: found.bytes });
      const untouched = left !== undefined && left.stamp?.text === found.stamp.text;
      if (untouched || (left === undefined && isOlder(found.stamp, this.#deps.moment))) {
        this.#exact.set(real, { bytes: found.bytes });
      }
    }
  }

  after(changes: readonly FileChange[]): Promise<ExplainedChange> {
    // At once, since a command may be next: not behind what is still looked at.
    const seen = Promise.all(changes.map((change) => this.#see(change)));
    return this.#inTurn(() => this.#explain(changes, seen), {
      changes,
      baselines: changes.map(({ path }) => ({ path, grade: 'unknown', blob: null, gap: 'not-kept' })),
    });
  }

  end(signal: AbortSignal): Promise<DiskChanges> {
    const cut = (): void => this.#cut.abort();
    if (signal.aborted) cut();
    else signal.addEventListener('abort', cut, { once: true });
    return this.#inTurn(() => this.#unannounced(signal), unseen('not-kept'));
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

  async #see({ path }: FileChange): Promise<Found | null> {
    const place = await placeOf(path, this.#turn.cwd, null).catch(() => 'outside' as const);
    return typeof place === 'string' ? null : look(place.real);
  }

  async #explain(changes: readonly FileChange[], seen: Promise<readonly (Found | null)[]>): Promise<ExplainedChange> {
    const start = await this.#started();
    const root = rootOf(start);
    const found = await seen;
    const placed = [];
    for (const [index, change] of changes.entries()) {
      const place = await placeOf(change.path, this.#turn.cwd, root);
      const source = change.movedFrom === undefined ? place : await placeOf(change.movedFrom, this.#turn.cwd, root);
      placed.push({ change, place, source, found: found[index] ?? null });
    }
    const atStart = await this.#atStart(
      start,
      placed.map(({ source }) => source),
    );
    const explained = [];
    for (const { change, place, source, found } of placed) {
      if (typeof place === 'string' || found === null) {
        explained.push({ change, before: unknown(typeof place === 'string' ? place : 'outside'), found: null });
        continue;
      }
      const before = typeof source === 'string' ? unknown(source) : this.#before(source, atStart, { change, found });
      this.#leave(place, found);
      explained.push({ change, before, found });
    }
    const { baselines, diffs } = await this.#compare(
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

  #before(
    { real }: Place,
    atStart: ReadonlyMap<string, Before>,
    { change, found }: { readonly change: FileChange; readonly found: Found },
  ): Before {
    const exact = this.#exact.get(real);
    this.#exact.delete(real);
    // What is changed or taken away was there: where there was nothing, it had been taken away already, or made meanwhile.
    const wasThere = change.kind !== 'add';
    const isProven =
      exact !== undefined && (this.#turn.waits === true || isProof(exact.bytes, found, this.#deps.moment));
    if (isProven && !(wasThere && exact.bytes === null)) return { grade: 'exact', ...exact };
    const before = this.#beforeNow(real, atStart);
    return wasThere && before.grade !== 'unknown' && before.bytes === null ? unknown('changed-before') : before;
  }

  /** How files were left by what was told of them, else how the turn found them; by real path. */
  async #atStart(
    start: TurnStart | BaselineGap,
    places: readonly (Place | string)[],
  ): Promise<ReadonlyMap<string, Before>> {
    const asked = places.filter((place) => typeof place !== 'string').filter(({ real }) => !this.#left.has(real));
    const paths = asked.flatMap(({ inTree }) => (inTree === null ? [] : [inTree]));
    const known = await fromStart(start, paths);
    const gap = typeof start === 'string' ? start : 'outside';
    return new Map(asked.map(({ real, inTree }) => [real, known.get(inTree ?? '') ?? unknown(gap)]));
  }

  #beforeNow(real: string, atStart: ReadonlyMap<string, Before>): Before {
    const left = this.#left.get(real);
    return left === undefined ? (atStart.get(real) ?? unknown('not-kept')) : fromLeft(left);
  }

  #leave({ real }: Place, found: Found): void {
    const before = this.#left.get(real);
    if (before !== undefined && 'bytes' in before) this.#leftBytes -= before.bytes?.length ?? 0;
    if (found.kind === 'none') this.#left.set(real, { bytes: null, stamp: null });
    else if (found.kind === 'unread') this.#left.set(real, { gap: found.why, stamp: found.stamp });
    else if (this.#leftBytes + found.bytes.length > mostLeft) {
      this.#left.set(real, { gap: 'too-many', stamp: found.stamp });
    } else {
      this.#leftBytes += found.bytes.length;
      this.#left.set(real, found);
    }
  }

  /** Keeps what stood before, and compares it with what was found. */
  async #compare(
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
    const git = await this.#deps.git();
    return { baselines, diffs: typeof git === 'string' ? new Map() : await diffsOf(git, pairs) };
  }

  async #unannounced(signal: AbortSignal): Promise<DiskChanges> {
    // No program was up: nothing was changed.
    if (this.#start === null) return { changes: [], more: 0, unseen: null, overlooked: 0 };
    const start = await this.#start;
    if (typeof start === 'string') return unseen(start);
    const git = await this.#deps.git();
    if (typeof git === 'string') return unseen(git);
    const repository = await pinned(git, start.repository, signal);
    const now =
      typeof repository === 'string' ? repository : await gitStatus(repository, { signal, background: false });
    if (signal.aborted) return unseen('not-kept');
    if (typeof now === 'string') return unseen(now);
    const suspects = new Set<string>([
      ...now.dirty.keys(),
      ...start.files.keys(),
      ...(await this.#moved(start, now.head)),
    ]);
    const paths: string[] = [];
    for (const inTree of [...suspects].sort()) {
      if (signal.aborted) return unseen('not-kept');
      if (await this.#isUnannounced(inTree, start, now.dirty.get(inTree)?.said)) paths.push(inTree);
    }
    const changed = [];
    let looked = 0;
    while (looked < Math.min(paths.length, mostLooks) && changed.length < mostDiskChanges && !signal.aborted) {
      changed.push(...(await this.#changedOf(paths.slice(looked, looked + mostDiskChanges), start)));
      looked += mostDiskChanges;
    }
    const files = changed.slice(0, mostDiskChanges);
    const more = changed.length - files.length + Math.max(0, paths.length - looked);
    const { baselines, diffs } = await this.#compare(files);
    const changes = files.map(({ path, before, found }, index): DiskChange => {
      const baseline = baselines[index] ?? { path, grade: 'unknown', blob: null, gap: 'not-kept' };
      const diff = diffs.get(path);
      return { ...baseline, change: kindOf(before, found), ...(diff === undefined ? {} : { diff }), by: null };
    });
    const overlooked = [...start.files.values()].filter(({ stamp }) => stamp === 'not-taken').length;
    return { changes, more, unseen: null, overlooked };
  }

  /** Those that are not as they were; the others were touched, or changed and changed back. */
  async #changedOf(paths: readonly string[], start: TurnStart) {
    const { root } = start.repository;
    const places = [];
    for (const inTree of paths) {
      const place = await placeOf(join(root, inTree), this.#turn.cwd, root);
      // A folder of the turn's, or a nested repository, of which git tells no more.
      if (typeof place !== 'string') places.push(place);
    }
    const atStart = await this.#atStart(start, places);
    const files = [];
    for (const { real } of places) {
      const found = await look(real);
      const before = this.#beforeNow(real, atStart);
      if (before.grade === 'unknown' || !isSame(before.bytes, found)) files.push({ path: real, before, found });
    }
    return files;
  }

  /** Whether a file may differ from how it was left: by git's words, and where those are the same by its stamp. */
  async #isUnannounced(inTree: string, start: TurnStart, said: string | undefined): Promise<boolean> {
    const real = join(start.repository.root, inTree);
    const before = start.files.get(inTree);
    const left = this.#left.get(real);
    // What could not even be looked at tells nothing.
    if (left !== undefined && 'gap' in left && left.stamp === null) return false;
    if (left !== undefined) return (await stampAt(real))?.text !== left.stamp?.text;
    if (before === undefined || before.file.said !== said) return true;
    // Its stamp said at the look already that it was changed since the turn began.
    if (before.content.kind === 'unknown' && before.content.gap === 'changed-before') return true;
    // Git does not look into it, and neither do we.
    if (before.file.state === 'repository') return false;
    const { stamp } = before;
    // Whether it was written since can't be told, and that is said once for all of them.
    if (stamp === 'not-taken') return false;
    return (await stampAt(real))?.text !== stamp?.text;
  }

  /** What differs between the commit of the beginning and the one that is checked out now. */
  async #moved(start: TurnStart, head: string | null): Promise<readonly string[]> {
    const before = start.status.head;
    if (before === null || head === null || before === head) return [];
    const { git, within } = start.repository;
    const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', before, head, '--', within];
    const run = await git(['--literal-pathspecs', ...args]);
    return run.exitCode === 0 ? run.stdout.split('\0').filter((path) => path !== '') : [];
  }
}

function rootOf(start: TurnStart | BaselineGap): string | null {
  return typeof start === 'string' ? null : start.repository.root;
}

/** How a turn found files, by their path below the root. */
async function fromStart(
  start: TurnStart | BaselineGap,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Before>> {
  if (typeof start === 'string') return new Map();
  const { repository, status, files } = start;
  const found = new Map<string, Before>();
  for (const path of paths) {
    const known = files.get(path)?.content;
    if (known?.kind === 'unknown') found.set(path, unknown(known.gap));
    else if (known !== undefined) {
      found.set(path, { grade: 'copied', bytes: known.kind === 'copy' ? known.bytes : null });
    }
  }
  const clean = paths.filter((path) => !files.has(path));
  for (const [path, content] of await committed(repository, status.head, clean)) {
    if (content.kind === 'unknown') found.set(path, unknown(content.gap));
    else found.set(path, { grade: 'git', bytes: content.kind === 'file' ? content.bytes : null });
  }
  return found;
}

/** After a change that was told, a file stands as that left it; a command may have changed it since, unseen. */
function fromLeft(left: Left): Before {
  return 'gap' in left ? unknown(left.gap) : { grade: 'copied', bytes: left.bytes };
}

const unseen = (gap: BaselineGap): DiskChanges => ({ changes: [], more: 0, unseen: gap, overlooked: 0 });

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
