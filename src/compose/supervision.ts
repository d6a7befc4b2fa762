import type { Leftover } from '../model/index.ts';
import { liveProcesses, processRecords, reap } from '../node/index.ts';
import type { Log } from '../ports/index.ts';

export type Supervision = {
  /** Ends what dead windows and command lines of this data home left behind. Never throws. */
  readonly reap: () => Promise<readonly Leftover[]>;
  /**
   * Waits for the end of `turns`, ends what still runs of this process, and takes its journal away. Gives up in time: what
   * has not gone by then stays on record, and the next start ends it.
   */
  readonly close: (turns: Promise<unknown>) => Promise<void>;
};

/**
 * Longest waits at the end, in milliseconds: for turns (the ladder takes 2 s where a program hears no SIGINT), then for what is
 * left. VS Code gives a window 5 s to close.
 */
const turnPatience = 4000;
const endPatience = 500;

/** The cores of this operating system process: one, but in tests. What runs is of all of them, and ends with the last. */
let cores = 0;

/** `dataHome` null: there is no place to write to; all else works. */
export function superviseProcesses(dataHome: string | null, label: string, log: Log): Supervision {
  const warn = (message: string): void => log.warn(message);
  const forget = dataHome === null ? () => undefined : processRecords.attach({ dataHome, label, warn });
  let closed: Promise<void> | null = null;
  cores += 1;
  const endRest = async (): Promise<void> => {
    cores -= 1;
    if (cores === 0 && !(await inTime(liveProcesses.endAll(), endPatience))) {
      const rows = liveProcesses.list().map((row) => `${row.label} (process ${row.pid})`);
      log.error(`still running: ${rows.join(', ')}`);
    }
    forget();
  };
  const close = async (turns: Promise<unknown>): Promise<void> => {
    try {
      if (!(await inTime(turns, turnPatience))) log.error('the turns that run did not end in time');
    } finally {
      await endRest();
    }
  };
  return {
    reap: async () => {
      if (dataHome === null) return [];
      const leftovers = await reap({ dataHome, warn });
      for (const { label: program, pid, owner, outcome, descendants } of leftovers) {
        log.info(`left behind by ${owner}: ${program} (process ${pid}): ${outcome}, with ${descendants} of its own`);
      }
      return leftovers;
    },
    close: (turns) => {
      closed ??= close(turns);
      return closed;
    },
  };
}

async function inTime(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
