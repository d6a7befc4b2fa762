/** What a lane can do, as data: a view never guesses from a lane's name. */
export type LaneCapabilities = {
  /** Text arrives as it is written (exec: only whole messages). */
  readonly streaming: boolean;
  readonly approvals: 'interactive' | 'policy' | 'none';
  readonly diffs: 'runtime' | 'none';
  readonly steer: boolean;
  readonly resume: boolean;
  readonly images: boolean;
  readonly plugins: boolean;
  readonly fork: boolean;
};
