import type { Leftover } from '../model/index.ts';
import { liveProcesses, processRecords, reap } from '../node/index.ts';
import type { Log } from '../ports/index.ts';

export type Supervision = {
  /** Ends what dead windows and command lines of this data home left behind. Never throws. */
  readonly reap: () => Promise<readonly Leftover[]>;
  /** Ends what still runs of this process, and takes its journal away. */
  readonly close: () => Promise<void>;
};

/** Longest wait at the end for programs that do not go, in milliseconds: the ladder and its proofs take less. */
const endPatience = 15_000;

/** The cores of this operating system process: one, but in tests. What runs is of all of them, and ends with the last. */
let cores = 0;

/** `dataHome` null: there is no place to write to; all else works. */
export function superviseProcesses(dataHome: string | null, label: string, log: Log): Supervision {
  const warn = (message: string): void => log.warn(message);
  const forget = dataHome === null ? () => undefined : processRecords.attach({ dataHome, label, warn });
  let open = true;
  cores += 1;
  return {
    reap: async () => {
      if (dataHome === null) return [];
      const leftovers = await reap({ dataHome, warn });
      for (const { label: program, pid, owner, outcome, descendants } of leftovers) {
        log.info(`left behind by ${owner}: ${program} (process ${pid}): ${outcome}, with ${descendants} of its own`);
      }
      return leftovers;
    },
    close: async () => {
      if (!open) return;
      open = false;
      cores -= 1;
      if (cores === 0 && !(await inTime(liveProcesses.endAll()))) {
        log.error(
          `still running: ${liveProcesses
            .list()
            .map((row) => `${row.label} (process ${row.pid})`)
            .join(', ')}`,
        );
      }
      forget();
    },
  };
}

async function inTime(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), endPatience);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
