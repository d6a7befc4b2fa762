import type { TurnAct } from './act.ts';

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
  /** A thread can be branched: the copy goes on with what was said. */
  readonly fork: boolean;
  /** The model may run commands, within the sandbox that is chosen. */
  readonly commands: boolean;
  /** The model may change files, within the sandbox that is chosen. */
  readonly fileChanges: boolean;
  /** How hard the model thinks can be chosen. */
  readonly effort: boolean;
  /** What it can do instead of answering, as a turn of its own. */
  readonly acts: readonly TurnAct['kind'][];
};

/** What each transport that is built can do: the lanes declare it, the routing explains it. */
export const transportCapabilities: Readonly<
  Record<'responses' | 'responses-tools' | 'exec' | 'app-server', LaneCapabilities>
> = {
  /** The Responses API with the tools switched off: it only talks. */
  responses: {
    streaming: true,
    approvals: 'none',
    diffs: 'none',
    steer: true,
    // The endpoint keeps nothing; each request carries the conversation.
    resume: false,
    images: true,
    plugins: false,
    // The history is copied, and each request carries it.
    fork: true,
    // The model is offered no tools.
    commands: false,
    fileChanges: false,
    effort: true,
    acts: ['compact'],
  },
  /** The Responses API with tools of ours. */
  'responses-tools': {
    streaming: true,
    approvals: 'interactive',
    diffs: 'runtime',
    steer: true,
    resume: false,
    images: true,
    plugins: false,
    fork: true,
    commands: true,
    fileChanges: true,
    effort: true,
    acts: ['compact'],
  },
  exec: {
    streaming: false,
    approvals: 'none',
    diffs: 'none',
    steer: false,
    resume: true,
    images: true,
    plugins: true,
    fork: true,
    commands: true,
    fileChanges: true,
    effort: true,
    acts: [],
  },
  'app-server': {
    streaming: true,
    approvals: 'interactive',
    diffs: 'runtime',
    steer: true,
    resume: true,
    images: true,
    plugins: true,
    fork: true,
    commands: true,
    fileChanges: true,
    effort: true,
    acts: ['compact', 'review'],
  },
};
