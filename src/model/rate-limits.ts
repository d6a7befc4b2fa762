/** A value with the time that it was told at, in milliseconds since the epoch. */
type Told<T> = { readonly value: T; readonly at: number };

/** Credits beyond a limit, as Codex tells them. `balance` in its own words. */
export type LimitCredits = { readonly unlimited: boolean; readonly balance: string | null };

/** One snapshot of a limit as it came: null = it says nothing of that. Times in milliseconds since the epoch. */
export type LimitSnapshot = {
  readonly id: string;
  readonly name: string | null;
  readonly primary: WindowSnapshot | null;
  readonly secondary: WindowSnapshot | null;
  readonly credits: LimitCredits | null;
  /** Why nothing more is served, in Codex's word for it. */
  readonly reached: string | null;
};

export type WindowSnapshot = {
  readonly usedPercent: number;
  readonly minutes: number | null;
  readonly resetsAt: number | null;
};

type WindowKnown = {
  readonly usedPercent: Told<number>;
  readonly minutes: Told<number> | null;
  readonly resetsAt: Told<number> | null;
};

type LimitKnown = {
  readonly name: Told<string> | null;
  readonly primary: WindowKnown | null;
  readonly secondary: WindowKnown | null;
  readonly credits: Told<LimitCredits> | null;
  readonly reached: Told<string> | null;
};

/** What is known of each limit, by its id. */
export type KnownLimits = Readonly<Record<string, LimitKnown>>;

const nothing: LimitKnown = { name: null, primary: null, secondary: null, credits: null, reached: null };

/** Limits that are kept: a server that makes up names for ever fills no memory. */
const mostLimits = 20;

/**
 * What is known, with one more snapshot that was told `at`. Snapshots are sparse and may overtake each other: what one does
 * not say stays, and of each figure the one told last holds.
 */
export function withLimits(known: KnownLimits, snapshot: LimitSnapshot, at: number): KnownLimits {
  const before = known[snapshot.id];
  if (before === undefined && Object.keys(known).length >= mostLimits) return known;
  const { name, primary, secondary, credits, reached } = before ?? nothing;
  const limit: LimitKnown = {
    name: later(name, snapshot.name, at),
    primary: withWindow(primary, snapshot.primary, at),
    secondary: withWindow(secondary, snapshot.secondary, at),
    credits: later(credits, snapshot.credits, at),
    reached: later(reached, snapshot.reached, at),
  };
  const says = Object.values(limit).some((part) => part !== null);
  return says ? { ...known, [snapshot.id]: limit } : known;
}

function withWindow(known: WindowKnown | null, told: WindowSnapshot | null, at: number): WindowKnown | null {
  if (told === null) return known;
  const usedPercent = later(known?.usedPercent ?? null, told.usedPercent, at);
  if (usedPercent === null) return known;
  return {
    usedPercent,
    minutes: later(known?.minutes ?? null, told.minutes, at),
    resetsAt: later(known?.resetsAt ?? null, told.resetsAt, at),
  };
}

function later<T>(known: Told<T> | null, value: T | null, at: number): Told<T> | null {
  if (value === null || (known !== null && known.at > at)) return known;
  return { value, at };
}

/** How one window of a limit stands. Times in milliseconds since the epoch. */
export type LimitWindow = {
  /** Unique among the windows of a moment. */
  readonly id: string;
  /** Of a limit that has a name of its own; null = the one of Codex. */
  readonly limit: string | null;
  readonly minutes: number | null;
  /** Percent, 0 to 100; null = it was reset since it was told, and nobody told more. */
  readonly usedPercent: number | null;
  /** Null = not known. In the past where it was reset since. */
  readonly resetsAt: number | null;
  readonly toldAt: number;
};

/** The windows of all limits as they stand at a time. A figure is never older than its window. */
export function limitWindows(known: KnownLimits, now: number): readonly LimitWindow[] {
  return Object.entries(known).flatMap(([id, { name, primary, secondary }]) =>
    [[primary, 'primary'] as const, [secondary, 'secondary'] as const].flatMap(([window, place]) => {
      if (window === null) return [];
      const { usedPercent, minutes } = window;
      const limit = name?.value ?? (id === 'codex' ? null : id);
      return [
        { id: `${id}.${place}`, limit, minutes: minutes?.value ?? null, toldAt: usedPercent.at, ...at(window, now) },
      ];
    }),
  );
}

function at(
  { usedPercent, minutes, resetsAt }: WindowKnown,
  now: number,
): Pick<LimitWindow, 'usedPercent' | 'resetsAt'> {
  // A reset that was over when the figure was told is that of the window before.
  const reset = resetsAt !== null && resetsAt.value > usedPercent.at ? resetsAt.value : null;
  // Without one it can't last longer than it is long.
  const over = reset ?? (minutes === null ? null : usedPercent.at + minutes.value * 60_000);
  if (over !== null && over <= now) return { usedPercent: null, resetsAt: reset };
  return { usedPercent: Math.min(100, Math.max(0, usedPercent.value)), resetsAt: reset };
}

/** When the next window of them is over and its figure void, in milliseconds since the epoch; null = none will be. */
export function nextReset(known: KnownLimits, now: number): number | null {
  const ends = Object.values(known)
    .flatMap(({ primary, secondary }) => [primary, secondary])
    .flatMap((window) => {
      if (window === null || at(window, now).usedPercent === null) return [];
      const { usedPercent, minutes } = window;
      const { resetsAt } = at(window, now);
      return resetsAt ?? (minutes === null ? [] : usedPercent.at + minutes.value * 60_000);
    });
  return ends.length === 0 ? null : Math.min(...ends);
}
