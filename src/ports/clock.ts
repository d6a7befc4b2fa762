/** Time, so that the engine can be tested without waiting. */
export type Clock = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic milliseconds, for durations. */
  readonly monotonic: () => number;
  /** Calls once after `ms`; the returned function takes it back. */
  readonly after: (ms: number, call: () => void) => () => void;
};
