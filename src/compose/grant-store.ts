import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { TurnGrants } from '../engine/index.ts';
import { matchGrant } from '../engine/index.ts';
import type { GrantEntry, GrantKind, ThreadId } from '../model/index.ts';
import { grantKinds, isLanesError, LanesError, messageOf } from '../model/index.ts';
import { readGrants, writtenGrants } from '../model/schema/index.ts';
import { codeOf, newId, writeFileAtomic } from '../node/index.ts';
import type { Clock, Grantable, Log } from '../ports/index.ts';
import { redactText } from '../transcript/index.ts';
import { lockPatiently } from './patient-lock.ts';

/** What the user allowed beyond once, for every window on this machine. */
export type GrantStore = {
  readonly of: (thread: ThreadId) => TurnGrants;
  /** Newest first, lapsed ones too. Throws LanesError `newer-format`, `storage`. */
  readonly list: () => Promise<readonly GrantEntry[]>;
  /** False when there is none with this id (any more). Throws LanesError `newer-format`, `storage`, `conflict`. */
  readonly revoke: (id: string) => Promise<boolean>;
};

export type GrantStoreDeps = {
  /** Makes our data home. */
  readonly home: () => Promise<string>;
  readonly secrets: () => readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** What this process is, in words for the user. */
  readonly label: string;
};

const fileName = 'grants.json';
const day = 24 * 60 * 60 * 1000;
/** How long a grant holds that is not used, in milliseconds. */
const lifetime: Readonly<Record<GrantKind, number>> = { thread: 30 * day, folder: 90 * day };
/** How long a lapsed one is still there, to say why it is asked again. Milliseconds. */
const afterlife = 90 * day;
const maxGrants = 1000;
/** Longest command that a grant is given for, in characters: what nobody reads to its end is asked about each time. */
const maxCommand = 4000;

export function createGrantStore({ home, secrets, clock, log, label }: GrantStoreDeps): GrantStore {
  /** One write of this process at a time; another process is kept out by the lock file. */
  let last: Promise<unknown> = Promise.resolve();

  const pathOf = async (): Promise<string> => join(await home(), fileName);

  const read = async (): Promise<readonly GrantEntry[]> => {
    const path = await pathOf();
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw new LanesError('storage', `The grants in ${path} can’t be read: none of them counts.`, { cause: error });
    }
    const found = readGrants(text);
    switch (found.kind) {
      case 'grants':
        return found.grants;
      case 'newer':
        throw new LanesError(
          'newer-format',
          `${path} was written by a newer release: its grants don’t count in this one.`,
        );
      case 'wrong':
        throw new LanesError('storage', `The grants in ${path} are not as they should be: none of them counts.`);
    }
  };

  const write = async (grants: readonly GrantEntry[]): Promise<void> => {
    const now = clock.now();
    const kept = grants.filter(({ lapsesAt }) => Date.parse(lapsesAt) + afterlife > now).slice(-maxGrants);
    await writeFileAtomic(await pathOf(), writtenGrants(kept));
  };

  /** Reads and writes in one go: nobody else writes in between. */
  const change = <T>(call: (grants: readonly GrantEntry[]) => Promise<T>): Promise<T> => {
    const done = last.then(async () => {
      const lock = await lockPatiently(`${await pathOf()}.lock`, { what: 'The list of grants', label });
      try {
        return await call(await read());
      } finally {
        lock.release();
      }
    });
    last = done.catch(() => {});
    return done;
  };

  const isoAt = (ms: number): string => new Date(ms).toISOString();

  const use = async ({ command, cwd, ...where }: Grantable, thread: ThreadId): ReturnType<TurnGrants['use']> => {
    const asked = { ...where, command, folder: await realpath(cwd), threadId: thread };
    const at = matchGrant(await read(), asked, clock.now());
    if (at.kind === 'none') return { kind: 'ask', near: at.near, kinds: kindsFor(command, secrets()) };
    return change(async (grants) => {
      // It may have been taken back since.
      const now = clock.now();
      const match = matchGrant(grants, asked, now);
      if (match.kind === 'none') return { kind: 'ask', near: match.near, kinds: kindsFor(command, secrets()) };
      const { grant } = match;
      const used: GrantEntry = {
        ...grant,
        uses: grant.uses + 1,
        last: { at: isoAt(now), threadId: thread },
        lapsesAt: isoAt(now + lifetime[grant.kind]),
      };
      await write(grants.map((one) => (one === grant ? used : one)));
      return { kind: 'granted' };
    });
  };

  const add = async (asked: Grantable, thread: ThreadId, kind: GrantKind): Promise<void> => {
    const { command, cwd, sandbox, scripts = [] } = asked;
    const folder = await realpath(cwd);
    await change(async (grants) => {
      const now = clock.now();
      const isSame = (one: GrantEntry): boolean =>
        one.kind === kind &&
        one.command === command &&
        one.folder === folder &&
        one.sandbox === sandbox &&
        (kind === 'folder' || one.threadId === thread);
      const times = { givenAt: isoAt(now), lapsesAt: isoAt(now + lifetime[kind]) };
      const given = { id: newId(), kind, command, folder, threadId: thread, ...times, uses: 0, last: null };
      const where = { ...(sandbox === undefined ? {} : { sandbox }), ...(scripts.length === 0 ? {} : { scripts }) };
      await write([...grants.filter((one) => !isSame(one)), { ...given, ...where }]);
    });
  };

  return {
    of: (thread) => ({
      use: async (asked) => {
        try {
          return await use(asked, thread);
        } catch (error) {
          log.warn(`The user is asked, since the grants could not be looked at: ${messageOf(error)}`);
          return { kind: 'ask', near: null, kinds: [] };
        }
      },
      add: async (asked, kind) => {
        try {
          await add(asked, thread, kind);
          return null;
        } catch (error) {
          if (!isLanesError(error)) log.error('a grant could not be stored', error);
          return messageOf(error);
        }
      },
    }),
    list: async () => (await read()).toReversed(),
    revoke: (id) =>
      change(async (grants) => {
        const others = grants.filter((one) => one.id !== id);
        if (others.length === grants.length) return false;
        await write(others);
        return true;
      }),
  };
}

/** A command with a secret in it is in no file of ours. */
function kindsFor(command: string, secrets: readonly string[]): readonly GrantKind[] {
  return command.length <= maxCommand && redactText(command, secrets) === command ? grantKinds : [];
}
