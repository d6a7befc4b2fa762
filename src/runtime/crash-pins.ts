import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { CrashPin, ExecutableIdentity } from '../model/index.ts';
import { isLanesError, LanesError, messageOf } from '../model/index.ts';
import { acquireLock, codeOf, writeFileAtomic } from '../node/index.ts';
import type { Clock, Log } from '../ports/index.ts';
import { markOf } from './file-mark.ts';

/** So many failed starts in a row, in any window, pin a build. */
const failuresToPin = 3;

/** Builds that are remembered, the latest. */
const keptBuilds = 20;

/** How long another window may hold the file, in milliseconds: it takes one read and one write. */
const lockPatience = 2000;

/** How a native run began, as far as it says something about the build. */
export type StartReport = 'started' | { readonly failed: string };

/** The memory of builds of Codex that fail to start. What can't be kept is logged. */
export type CrashPins = {
  /** The pin of this build; null = it may be started. Another version, path or file is another build. */
  readonly pinOf: (build: ExecutableIdentity) => Promise<CrashPin | null>;
  /** Keeps how a build started; true when that changed whether it is pinned. Probes report nothing here. */
  readonly record: (build: ExecutableIdentity, start: StartReport) => Promise<boolean>;
  /** Forgets every pin and count. Throws LanesError `storage` where that can't be kept: the user asked for it. */
  readonly lift: () => Promise<void>;
};

export type CrashPinsDeps = {
  /** Makes the data home. */
  readonly home: () => Promise<string>;
  /** Where it is, whether it was made or not. Throws when the environment names no usable place. */
  readonly homePath: () => string;
  readonly clock: Clock;
  readonly log: Log;
};

const fileName = 'crash-pins.json';
const format = 'codex-lanes/crash-pins';
const version = 1;

const buildSchema = z.object({
  path: z.string(),
  version: z.string(),
  /** See {@link markOf}. */
  mark: z.string(),
  failures: z.number().int().nonnegative(),
  pin: z.object({ reason: z.string(), since: z.string() }).nullable(),
});
type Build = z.infer<typeof buildSchema>;

const fileSchema = z.object({ format: z.literal(format), version: z.literal(version), builds: z.array(buildSchema) });

/** What the file says. `foreign`: a newer release wrote it, so it is left alone. */
type Content =
  | { readonly kind: 'read'; readonly builds: readonly Build[] }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'newer' };

export function createCrashPins({ home, homePath, clock, log }: CrashPinsDeps): CrashPins {
  let warned = false;

  const read = async (): Promise<Content> => {
    let text: string;
    try {
      text = await readFile(join(homePath(), fileName), 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { kind: 'read', builds: [] };
      return warn({ kind: 'damaged' }, `can't be read (${codeOf(error) || messageOf(error)})`);
    }
    const content = contentOf(text);
    if (content.kind === 'damaged') return warn(content, 'makes no sense and counts as empty');
    if (content.kind === 'newer') return warn(content, 'was written by a newer release and is left alone');
    warned = false;
    return content;
  };
  const warn = (content: Content, what: string): Content => {
    if (!warned) log.warn(`the list of builds that fail to start (${fileName}) ${what}`);
    warned = true;
    return content;
  };

  /** One change of the file under its lock, since several windows share it. */
  const change = async (edit: (builds: readonly Build[]) => readonly Build[] | null): Promise<void> => {
    const path = join(await home(), fileName);
    const lock = await patientLock(`${path}.lock`, clock);
    try {
      const content = await read();
      if (content.kind === 'newer') return;
      const edited = edit(content.kind === 'read' ? content.builds : []);
      if (edited === null) return;
      if (content.kind === 'damaged') await rename(path, `${path}.damaged`);
      const builds = edited.slice(-keptBuilds);
      await writeFileAtomic(path, `${JSON.stringify({ format, version, builds }, null, 2)}\n`);
    } finally {
      lock.release();
    }
  };

  return {
    pinOf: async (identity) => {
      const content = await read();
      if (content.kind !== 'read' || content.builds.length === 0) return null;
      const mark = await markOf(identity.path);
      return content.builds.find((build) => isSame(build, identity, mark))?.pin ?? null;
    },
    record: async (identity, start) => {
      let changed = false;
      try {
        const mark = await markOf(identity.path);
        if (mark === null) return false;
        const known = await read();
        // The usual case, each turn: nothing to remember and nothing to forget.
        if (start === 'started' && known.kind === 'read' && !known.builds.some((b) => isSame(b, identity, mark)))
          return false;
        await change((builds) => {
          const before = builds.find((build) => isSame(build, identity, mark));
          const others = builds.filter((build) => build !== before);
          if (start === 'started') {
            // A pin is the user's to lift, also when a run that was begun before it came through.
            return before === undefined || before.pin !== null ? null : others;
          }
          const failures = (before?.failures ?? 0) + 1;
          const pin =
            before?.pin ?? (failures < failuresToPin ? null : pinFor(identity, failures, start.failed, clock));
          changed = pin !== null && (before?.pin ?? null) === null;
          return [...others, { path: identity.path, version: identity.version, mark, failures, pin }];
        });
      } catch (error) {
        log.warn(`how Codex started could not be kept: ${messageOf(error)}`);
        return false;
      }
      return changed;
    },
    lift: async () => {
      try {
        await change((builds) => (builds.length === 0 ? null : []));
      } catch (error) {
        throw new LanesError('storage', `The pin could not be lifted: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}

function contentOf(text: string): Content {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'damaged' };
  }
  const read = fileSchema.safeParse(value);
  if (read.success) return { kind: 'read', builds: read.data.builds };
  const head = z.object({ format: z.literal(format), version: z.number().int().gt(version) }).safeParse(value);
  return { kind: head.success ? 'newer' : 'damaged' };
}

function isSame(build: Build, identity: ExecutableIdentity, mark: string | null): boolean {
  return build.path === identity.path && build.version === identity.version && build.mark === mark;
}

function pinFor(identity: ExecutableIdentity, failures: number, why: string, clock: Clock): CrashPin {
  return {
    reason: `${identity.version} failed to start ${failures} times in a row (${why})`,
    since: new Date(clock.now()).toISOString(),
  };
}

async function patientLock(path: string, clock: Clock): ReturnType<typeof acquireLock> {
  const until = clock.monotonic() + lockPatience;
  for (;;) {
    try {
      return await acquireLock(path, {
        what: 'the list of builds that fail to start',
        label: `process ${process.pid}`,
      });
    } catch (error) {
      if (!isLanesError(error, 'conflict') || clock.monotonic() > until) throw error;
      await pause(20);
    }
  }
}
