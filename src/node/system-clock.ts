/** Longest delay that setTimeout takes, in milliseconds; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** The Clock port on this machine's time. */
export const systemClock = {
  now: (): number => Date.now(),
  monotonic: (): number => performance.now(),
  after: (ms: number, call: () => void): (() => void) => {
    const timer = setTimeout(call, Math.min(Math.max(ms, 0), longestTimer));
    return () => clearTimeout(timer);
  },
};
