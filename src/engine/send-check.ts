import type { LaneInputs, Prompt, SendQuestion } from '../model/index.ts';
import type { LaneDecision } from '../routing/index.ts';
import { decideLane } from '../routing/index.ts';
import { noImagesFor } from './check-attachments.ts';
import type { EngineDeps } from './deps.ts';
import type { HeldThread } from './held-thread.ts';
import { isOutdatedRefusal } from './outdated-refusal.ts';
import type { PayerWatch } from './payer-watch.ts';
import { openQuestion } from './send-questions.ts';

/** What is looked at before a prompt is taken: the lane as it stands, and what the user must say yes to. */
export class SendCheck {
  readonly #deps: EngineDeps;
  readonly #thread: HeldThread;
  readonly #payers: PayerWatch;

  constructor(deps: EngineDeps, thread: HeldThread, payers: PayerWatch) {
    this.#deps = deps;
    this.#thread = thread;
    this.#payers = payers;
  }

  /** A lane that would take the prompt and can't take its images; where none can, the turn says more. */
  noImages({ attachments }: Prompt): string | null {
    const decision = decideLane(this.#deps.inputs());
    if (decision.kind === 'refuse') return null;
    const error = noImagesFor(this.#deps.lane(decision.lane), attachments);
    return error === null ? null : `${error.message} ${error.hint}`;
  }

  /** What the user must say yes to before this prompt is taken. `running`: a turn runs, and it waits in any case. */
  async question({ confirmed = [] }: Prompt, running: boolean): Promise<SendQuestion | null> {
    const { inputs, probe } = this.#deps;
    let decision: LaneDecision = decideLane(inputs());
    const unsure = isUnchecked(decision, inputs()) || this.decided() === null;
    if (!running && this.#thread.memory.payer !== null && unsure) {
      // A thread that somebody paid for: who pays now must be known before anything is sent.
      await probe(decision.lane);
      decision = decideLane(inputs());
    }
    if (decision.kind === 'refuse') return null;
    const { profile } = this.#thread.view.options;
    const sending = { lane: decision.lane, inputs: inputs(), cwd: this.#thread.cwd, profile, confirmed };
    return openQuestion(this.#deps, this.#payers, sending);
  }

  /** Null: it is to be checked once more first. */
  decided(): LaneDecision | null {
    const { inputs, clock } = this.#deps;
    const decision = decideLane(inputs());
    return isOutdatedRefusal(decision, inputs(), clock.now()) ? null : decision;
  }
}

/** Nobody looked yet at what the lane would pay with. A lane that needs no credential runs without that. */
function isUnchecked(decision: LaneDecision, inputs: LaneInputs): boolean {
  switch (decision.kind) {
    case 'probe-first':
      return true;
    case 'refuse':
      return false;
    case 'run':
      return decision.lane === 'api' && inputs.api.checkedAt === null;
  }
}
