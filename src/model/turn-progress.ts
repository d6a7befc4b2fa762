/**
 * What was observed of a running turn's way, beside its events: told to the view while the turn runs and never stored.
 * A hop that nobody can see from here has no step (`codex exec` does not tell when it sends a request).
 */
export type TurnProgress = {
  /** Oldest first. */
  readonly steps: readonly ProgressStep[];
  readonly waiting: ProgressWait;
  /** ISO time at which the turn is given up if nothing is heard until then; null = never, since work goes on or no limit is set. */
  readonly givesUpAt: string | null;
};

/** `reconnecting`: Codex says that it lost its provider. `request-sent` and `request-accepted`: of requests that we carry. */
export type ProgressStep = {
  readonly what:
    | 'process-started'
    | 'thread-started'
    | 'turn-started'
    | 'request-sent'
    | 'request-accepted'
    | 'reconnecting';
  /** ISO time. */
  readonly at: string;
  /** The pid, the native thread's id, the endpoint's host, Codex's own words; safe to show. */
  readonly detail: string | null;
};

/** Which hop is silent. `network`: Codex works on the turn and says nothing, so most likely its provider does not answer. */
export type ProgressWait = {
  readonly on: 'process' | 'thread' | 'turn' | 'network' | 'reply' | 'command' | 'tool' | 'exit';
  /** The command or tool that runs; null = none. */
  readonly what: string | null;
  /** ISO time since when nothing was heard, or since when the command or tool runs. */
  readonly since: string;
};
