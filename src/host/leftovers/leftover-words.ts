import type { Leftover } from '../../model/index.ts';
import type { Translate } from '../translate.ts';

export type LeftoverWords = {
  /** What was found and ended; null = nothing that anybody has to be told. */
  readonly ended: string | null;
  /** What could not be ended, with what to do. */
  readonly survived: string | null;
};

export type LeftoverFacts = {
  readonly leftovers: readonly Leftover[];
  /** Null = there is no such thread any more, or it has no title. */
  readonly titleOf: (threadId: string) => string | null;
  /** A time (ISO) as the editor shows it. */
  readonly timeOf: (at: string) => string;
  readonly t: Translate;
};

/** Most processes that a message names; the core's log names them all. */
const most = 3;

/** What is told of processes that a window or command line left behind. */
export function leftoverWords({ leftovers, titleOf, timeOf, t }: LeftoverFacts): LeftoverWords {
  const said = (leftover: Leftover): string => {
    const title = leftover.threadId === null ? null : titleOf(leftover.threadId);
    const started = timeOf(leftover.startedAt);
    return title === null
      ? t('{0} (process {1}), started {2}', leftover.label, leftover.pid, started)
      : t('{0} (process {1}), thread “{2}”, started {3}', leftover.label, leftover.pid, title, started);
  };
  const list = (some: readonly Leftover[]): string => {
    const more = some.length > most ? [t('and {0} more', some.length - most)] : [];
    return [...some.slice(0, most).map(said), ...more].join('; ');
  };
  const ended = leftovers.filter(({ outcome }) => outcome === 'ended');
  const survived = leftovers.filter(({ outcome }) => outcome === 'survived');
  return {
    ended: ended.length === 0 ? null : endedText(ended, list(ended), t),
    survived:
      survived.length === 0
        ? null
        : t(
            'Processes that were left behind could not be ended: {0}. They may still change files: end them in the system’s process list, or restart the machine.',
            list(survived),
          ),
  };
}

function endedText(ended: readonly Leftover[], list: string, t: Translate): string {
  const [first, ...others] = ended;
  return first !== undefined && others.length === 0
    ? t('Lanes for Codex ended 1 process that {0} left behind: {1}', first.owner, list)
    : t('Lanes for Codex ended {0} processes that were left behind: {1}', ended.length, list);
}
