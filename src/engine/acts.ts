import type {
  ActRefusals,
  ApprovalPolicy,
  RuleStep,
  RunnableLaneId,
  ThreadView,
  TurnAct,
  TurnError,
} from '../model/index.ts';
import type { Lane } from '../ports/index.ts';
import { decideLane, nativeTransport } from '../routing/index.ts';
import type { EngineDeps } from './deps.ts';
import type { HeldThread } from './held-thread.ts';
import { isOutdatedRefusal } from './outdated-refusal.ts';
import type { TurnChoices } from './turn-choices.ts';
import { choicesOf } from './turn-choices.ts';

/** What runs the next turn of a thread on a lane. `step`: why the native lane runs it so; null = there is but one way. */
export type TurnLane = { readonly lane: Lane; readonly step: RuleStep | null };

export function turnLane(engine: EngineDeps, { view, cwd }: HeldThread, id: RunnableLaneId): TurnLane {
  if (id !== 'codex-native') return { lane: engine.lane(id), step: null };
  const { profile, newWorktree } = choicesOf({ id }, engine.settings.get(), view, cwd);
  // A worktree that was made is found by either.
  const needs = { profile: profile !== null, newWorktree: newWorktree && view.native.id === null };
  const { transport, step } = nativeTransport(engine.inputs(), needs);
  return { lane: engine.lane(id, transport), step };
}

/** Why the turn can't do what it is asked for instead of an answer; null = it can, or it is a prompt. */
export function noActFor(
  act: TurnAct['kind'] | undefined,
  { lane, step }: TurnLane,
  { native, rows }: Pick<ThreadView, 'native' | 'rows'>,
  { ephemeral }: Pick<TurnChoices, 'ephemeral'>,
): TurnError | null {
  if (act === undefined) return null;
  const refused = (message: string, hint: string): TurnError => {
    return { code: 'bad_request', message, retryable: false, hint };
  };
  if (!lane.capabilities.acts.includes(act)) {
    const what = act === 'compact' ? 'compact a thread' : 'review changes';
    const hint = step === null ? 'Choose the Codex native lane.' : `${step.says}.`;
    const who = act === 'compact' ? 'Codex’s app-server and the API lane' : 'Codex’s app-server';
    return refused(`Only ${who} can ${what}.`, hint);
  }
  if (act === 'review') return null;
  // This lane has the conversation from the thread itself.
  if (lane.id === 'api') {
    const isEmpty = !rows.some((row) => row.kind === 'user' && row.act === undefined);
    return isEmpty ? refused('There is nothing to compact: nothing was said yet.', 'Send a prompt first.') : null;
  }
  const isOther = native.lane !== null && native.lane !== lane.id;
  if (isOther || (native.id === null && native.forkOf === null)) {
    return refused(
      'There is nothing to compact: Codex has no conversation of this thread yet.',
      'Send a prompt first.',
    );
  }
  if (!ephemeral) return null;
  return refused('A compaction would be lost: Codex keeps nothing of this thread.', 'Let Codex keep this thread.');
}

/** Why each of them would be refused now, as far as is known. */
export function actRefusals(engine: EngineDeps, thread: HeldThread): ActRefusals {
  const decision = decideLane(engine.inputs());
  if (decision.kind === 'refuse') return { compact: decision.error.message, review: decision.error.message };
  const way = turnLane(engine, thread, decision.lane);
  const choices = choicesOf(way.lane, engine.settings.get(), thread.view, thread.cwd);
  const why = (act: TurnAct['kind']): string | null => {
    const error = noActFor(act, way, thread.view, choices);
    return error === null ? null : `${error.message} ${error.hint}`;
  };
  return { compact: why('compact'), review: why('review') };
}

/** What is no prompt is not even recorded where it can't be done. Checks the lane first where that may change the answer. */
export async function refusedAct(
  engine: EngineDeps,
  thread: HeldThread,
  act: TurnAct | undefined,
): Promise<string | null> {
  if (act === undefined) return null;
  const { inputs, clock, probe } = engine;
  const decision = decideLane(inputs());
  if (decision.kind === 'probe-first' || isOutdatedRefusal(decision, inputs(), clock.now())) await probe(decision.lane);
  return actRefusals(engine, thread)[act.kind];
}

/** What is not asked of the runtime is not said to be. */
export function choicesFor(act: TurnAct | undefined, choices: TurnChoices): TurnChoices {
  return act === undefined ? choices : { ...choices, effort: null, outputSchema: null };
}

/** Codex reviews without asking, whatever its thread was given (measured with 0.169): what leaves the sandbox is refused. */
export function policyFor(act: TurnAct | undefined, lane: Lane): ApprovalPolicy {
  return act?.kind === 'review' ? 'never' : lane.approvalPolicy;
}
