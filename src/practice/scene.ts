import type { Asked } from './asked.ts';
import type { Outcome } from './outcome.ts';
import { readOutcome } from './outcome.ts';
import type { Ability, PlanStep, ToolUse } from './tool-table.ts';
import { toolFor } from './tool-table.ts';

/** One use of a tool with the script's own name for it: lower-case letters, unique within the script. */
export interface Move {
  readonly label: string;
  readonly use: ToolUse;
}

/** What the endpoint does by itself, without the client. */
export type HostedUse =
  | { readonly do: 'draw'; readonly png: string }
  | { readonly do: 'search'; readonly query: string };

/** One answer: thoughts, what was done here, then words, then moves. No moves: the turn is over. */
export interface Step {
  readonly thoughts: readonly string[];
  readonly hosted?: HostedUse;
  readonly words: string;
  /** The words are those of a model that refuses. */
  readonly refused?: boolean;
  readonly moves: readonly Move[];
}

/** Where the turn stands, read from the request alone. */
export interface Scene {
  readonly asked: Asked;
  /** Why no tool may be used, in words for the user; null when tools may be used. */
  readonly tied: string | null;
  readonly windows: boolean;
}

/** Decides the next answer; `match` is what its pattern found in the prompt. */
export type Script = (scene: Scene, match: RegExpExecArray) => Step;

/** What the newest call with that label came to, or null when there was none. */
export function outcome(scene: Scene, label: string): Outcome | null {
  const call = scene.asked.calls.findLast((one) => one.label === label);
  return call === undefined ? null : readOutcome(call.output);
}

export function can(scene: Scene, ability: Ability): boolean {
  return scene.tied === null && toolFor(ability, scene.asked.tools) !== undefined;
}

export function finish(words: string, ...thoughts: readonly string[]): Step {
  return { thoughts, words, moves: [] };
}

/** A step of a plan: where the client has a plan tool, the plan goes along and shows the `at`th step (from 0) under way. */
export function planned(scene: Scene, plan: readonly string[], at: number, step: Step): Step {
  if (!can(scene, 'plan')) return step;
  return { ...step, moves: [{ label: 'plan', use: planUse(plan, at) }, ...step.moves] };
}

/** The end of a plan: ticks off what is left before the last words. */
export function concluded(scene: Scene, plan: readonly string[], words: string, ...thoughts: readonly string[]): Step {
  if (!can(scene, 'plan') || outcome(scene, 'planned') !== null) return finish(words, ...thoughts);
  return { thoughts: [], words: '', moves: [{ label: 'planned', use: planUse(plan, plan.length) }] };
}

function planUse(plan: readonly string[], at: number): ToolUse {
  return {
    do: 'plan',
    steps: plan.map((step, index): PlanStep => {
      return { step, status: index < at ? 'completed' : index === at ? 'in_progress' : 'pending' };
    }),
  };
}

/** The words for "I would, but": what ties the hands, or which tool is missing. */
export function handsTied(scene: Scene, job: string): Step {
  const why = scene.tied ?? 'Your client offers no tool for it in this turn.';
  return finish(`This is the practice endpoint (offline). I know how to ${job}, but not here: ${why}`);
}
