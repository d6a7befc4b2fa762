import type {
  EventBody,
  InterruptedBy,
  NativeThread,
  Payer,
  SandboxMode,
  SendQuestion,
  ToolPolicy,
  TurnError,
} from '../model/index.ts';
import { noNativeThread } from '../model/index.ts';
import type { Lane, TurnEnd } from '../ports/index.ts';
import type { LaneDecision } from '../routing/index.ts';
import { decideLane } from '../routing/index.ts';
import { choicesFor, noActFor, policyFor, turnLane } from './acts.ts';
import { noImagesFor } from './check-attachments.ts';
import type { EngineDeps } from './deps.ts';
import type { EventLog, Stamp } from './event-log.ts';
import { driftOf } from './fork-drift.ts';
import type { HeldThread } from './held-thread.ts';
import { historyOf } from './history.ts';
import { withNextStep } from './next-step.ts';
import { isOutdatedRefusal } from './outdated-refusal.ts';
import type { PayerWatch } from './payer-watch.ts';
import type { Queued } from './prompt-queue.ts';
import { openQuestion, unconfirmed } from './send-questions.ts';
import type { ThreadRecord } from './thread-record.ts';
import type { Decided } from './turn.ts';
import { factsOfNone, RunningTurn } from './turn.ts';
import { choicesOf, misfit, nativeStart } from './turn-choices.ts';

export type TurnRunDeps = {
  readonly engine: EngineDeps;
  readonly thread: HeldThread;
  readonly record: ThreadRecord;
  readonly payers: PayerWatch;
  /** By whom Stop was asked for since the turn was taken off the queue; null = by nobody. */
  readonly stopAsked: () => InterruptedBy | null;
  /** A turn began or ended, or another number of questions waits for the user. */
  readonly onChange: () => void;
  /** Something came after the turn's end. */
  readonly onLate: (body: EventBody, stamp: Stamp) => void;
};

type Made = Exclude<LaneDecision, { readonly kind: 'probe-first' }>;

/** Takes prompts through their turns: decides the lane, records what is decided, lets the lane run, ends with a receipt. */
export class TurnRun {
  readonly #deps: TurnRunDeps;
  #current: RunningTurn | null = null;
  /** Ends the wait for a check of the lane. */
  #leaveCheck: (() => void) | null = null;

  constructor(deps: TurnRunDeps) {
    this.#deps = deps;
  }

  /** Null between turns. */
  get current(): RunningTurn | null {
    return this.#current;
  }

  /** Ends the running turn, and the wait for a check before it, which may take long where something hangs. */
  stop(by: InterruptedBy): void {
    this.#leaveCheck?.();
    this.#current?.stop(by);
  }

  /** Runs one prompt to its receipt. `first`: the decision that was made when it came. */
  async run(log: EventLog, prompt: Queued, first: LaneDecision | null): Promise<void> {
    const { thread, record, engine, payers, onChange } = this.#deps;
    // Whoever decided when the prompt came has asked, too, and waits for its record: nothing may come in between.
    const { decision, question } =
      first === null || first.kind === 'probe-first'
        ? await this.#confirmed(await this.#decide(log), prompt)
        : { decision: first, question: null };
    const way = turnLane(engine, thread, decision.lane);
    const { lane, step } = way;
    const trace = step === null || decision.kind !== 'run' ? decision.trace : [...decision.trace, step];
    const decided = this.#decided(lane, { ...decision, trace }, prompt);
    const { native: before, worktree } = thread.view;
    const closeSeal = thread.openSeal(prompt.turnId);
    record.begin(log, decided.stamp);
    this.#recordStart(log, decided, prompt);
    const changed = decided.resolved !== null && before.lane !== null && before.lane !== lane.id;
    if (changed) {
      const text = `runtime backend changed (${before.lane} -> ${lane.id})`;
      log.add({ kind: 'system_notice', code: 'lane_changed', text }, decided.stamp);
    }
    if (decided.resolved === 'codex-native' && !changed && before.lost !== null) {
      log.add({ kind: 'system_notice', code: 'native_thread_lost', text: lostText }, decided.stamp);
    }
    const start = changed ? noNativeThread : before;
    const begins = start.id === null && start.forkOf !== null;
    const { confirmed = [] } = prompt;
    let stopped = question;
    const turn = new RunningTurn(engine, log, decided, {
      onWaiting: onChange,
      onLate: this.#deps.onLate,
      saidNotice: (code, text) =>
        thread.view.rows.some((row) => row.kind === 'notice' && row.code === code && row.args[0] === text),
      mayPay: (payer: Payer | null): TurnError | null => {
        stopped = payers.question(payer, confirmed);
        return stopped === null ? null : unconfirmed(stopped);
      },
    });
    this.#current = turn;
    const stopAsked = this.#deps.stopAsked();
    if (stopAsked !== null) turn.stop(stopAsked);
    onChange();
    const refused =
      decision.kind === 'refuse'
        ? { ...decision.error, actions: decision.actions }
        : (noFolderFor(lane, decided) ??
          noImagesFor(lane, prompt.attachments) ??
          noActFor(prompt.act?.kind, way, { native: start, rows: this.#deps.thread.view.rows }, decided.choices) ??
          misfit(decided.choices));
    const ran: TurnEnd =
      stopAsked !== null
        ? { outcome: 'interrupted', facts: factsOfNone(lane) }
        : refused !== null
          ? { outcome: 'failed', error: refused, facts: factsOfNone(lane) }
          : await turn.run(
              lane,
              await this.#laneTurn(prompt, decided, begins ? await this.#branchNow(log, decided, start) : start),
            );
    const end = withNextStep(ran, worktree);
    turn.end(end);
    await log.flushed();
    // Not paid by anyone: the payer that was refused must not count as the thread's last one.
    const receipt = closeSeal(turn.receipt(stopped === null ? end : { ...end, facts: { ...end.facts, payer: null } }));
    const { turnId: about, ...threadStamp } = decided.stamp;
    if (about !== undefined) log.add({ kind: 'receipt', aboutTurnId: about, receipt }, threadStamp);
    await log.flushed();
    payers.settle(receipt.payer);
    // The lane found another payer than the last check: the next Send must know of it.
    if (question === null && stopped !== null) await engine.probe(lane.id);
    this.#current = null;
    onChange();
  }

  async #decide(log: EventLog): Promise<Made> {
    const { inputs, probe, clock } = this.#deps.engine;
    const decision = decideLane(inputs());
    if (decision.kind !== 'probe-first' && !isOutdatedRefusal(decision, inputs(), clock.now())) return decision;
    await log.flushed();
    const left = new Promise<void>((leave) => {
      this.#leaveCheck = leave;
    });
    if (this.#deps.stopAsked() === null) await Promise.race([probe(decision.lane), left]);
    this.#leaveCheck = null;
    const second = decideLane(inputs());
    return second.kind === 'probe-first' ? refusal(second, notChecked, ['refreshStatus']) : second;
  }

  /** What a lane needs a yes for may have changed while the prompt waited. */
  async #confirmed(
    decision: Made,
    { confirmed = [] }: Queued,
  ): Promise<{ readonly decision: Made; readonly question: SendQuestion | null }> {
    if (decision.kind === 'refuse') return { decision, question: null };
    const { engine, payers, thread } = this.#deps;
    const { profile } = thread.view.options;
    const sending = { lane: decision.lane, inputs: engine.inputs(), cwd: thread.cwd, profile, confirmed };
    const question = await openQuestion(engine, payers, sending);
    if (question === null) return { decision, question };
    const error = unconfirmed(question);
    const trace = [...decision.trace, { rule: 'confirmation', says: error.message }];
    return { decision: refusal({ ...decision, trace }, error, []), question };
  }

  #decided(lane: Lane, decision: Made, { turnId, queuedAt, act }: Queued): Decided {
    const { engine, thread } = this.#deps;
    const settings = engine.settings.get();
    const choices = choicesFor(act, choicesOf(lane, settings, thread.view, thread.cwd));
    return {
      threadId: thread.threadId,
      turnId,
      asked: engine.inputs().selected,
      resolved: decision.kind === 'run' ? lane.id : null,
      trace: decision.trace,
      stamp: { laneId: lane.id, transport: lane.transport, turnId },
      choices,
      ...this.#permissions(lane, act, choices.cwd),
      queuedAt,
    };
  }

  /** What holds for the turn's commands and changes; a lane that only talks has neither. */
  #permissions(lane: Lane, act: Queued['act'], cwd: string | null): Pick<Decided, 'sandbox' | 'approvalPolicy'> {
    const { engine } = this.#deps;
    if (lane.id === 'codex-native')
      return { sandbox: engine.settings.get().nativeSandbox, approvalPolicy: policyFor(act, lane) };
    if (lane.offersTools?.(cwd) !== true) return { sandbox: null, approvalPolicy: 'none' };
    const policy = this.#policy();
    // Without Codex's program there is no sandbox: a command then asks, or is refused.
    const sandboxed = engine.inputs().native.binary.kind === 'found';
    return { sandbox: sandboxed ? sandboxOf(policy) : null, approvalPolicy: policy };
  }

  #policy(): ToolPolicy {
    const { engine, thread } = this.#deps;
    return thread.view.options.policy ?? engine.settings.get().apiPolicy;
  }

  /** What a fork branches off that has not begun: the other thread's total holds only while that did not go on. */
  async #branchNow(log: EventLog, { stamp }: Decided, before: NativeThread): Promise<NativeThread> {
    const drift = await driftOf(before, this.#deps.engine);
    if (drift === 'went-on') log.add({ kind: 'system_notice', code: 'fork_went_on', text: wentOnText }, stamp);
    return drift === 'none' ? before : { ...before, usageTotal: null };
  }

  #recordStart(log: EventLog, decided: Decided, prompt: Queued): void {
    const { asked, resolved, trace, choices, sandbox, approvalPolicy, stamp } = decided;
    const { model, effort, cwd, ephemeral } = choices;
    const keeping = stamp.laneId === 'codex-native' ? { ephemeral } : {};
    log.add({ kind: 'lane_decided', asked, resolved, trace }, stamp);
    if (!prompt.recorded) this.#deps.record.prompt(log, prompt, stamp);
    log.add({ kind: 'turn_started', model, effort, cwd, sandbox, approvalPolicy, ...keeping }, stamp);
  }

  async #laneTurn(prompt: Queued, decided: Decided, before: NativeThread): Promise<Parameters<Lane['run']>[0]> {
    const { engine, thread } = this.#deps;
    const settings = engine.settings.get();
    const { choices } = decided;
    return {
      ...choices,
      ...nativeStart(before, choices.ephemeral),
      threadId: thread.threadId,
      turnId: prompt.turnId,
      text: prompt.text,
      ...(prompt.act === undefined ? {} : { act: prompt.act }),
      attachments: prompt.attachments ?? [],
      history: historyOf(thread.view, prompt.turnId),
      sandbox: decided.stamp.laneId === 'codex-native' ? settings.nativeSandbox : sandboxOf(this.#policy()),
      policy: this.#policy(),
      allowNonGit:
        settings.nativeSkipGitCheck || (choices.cwd !== null && (await engine.nonGit.isAllowed(choices.cwd))),
    };
  }
}

/** What the sandbox of tools of ours lets commands write. */
const sandboxOf = (policy: ToolPolicy): SandboxMode => (policy === 'read-only' ? 'read-only' : 'workspace-write');

function refusal(
  { lane, trace }: Pick<LaneDecision, 'lane' | 'trace'>,
  error: TurnError,
  actions: Extract<LaneDecision, { kind: 'refuse' }>['actions'],
): Made {
  return { kind: 'refuse', ok: false, lane, trace, error, actions };
}

function noFolderFor(lane: Lane, { choices: { cwd } }: Decided): TurnError | null {
  return lane.id === 'codex-native' && cwd === null ? noFolder : null;
}

const noFolder: TurnError = {
  code: 'folder_missing',
  message: 'No folder is open, and Codex runs in a folder.',
  retryable: false,
  hint: 'Open a folder, then start a new thread.',
};

const lostText =
  'Codex no longer has its thread of this conversation. It begins a new one, which does not know what was said before.';

const wentOnText =
  'The other thread went on after the fork. Codex branches off what it holds now, so what was said there since is known here, too; what this turn used can’t be told.';

const notChecked: TurnError = {
  code: 'runtime_missing',
  message: 'The lane could not be checked.',
  retryable: true,
  hint: 'Refresh the runtime status.',
};
