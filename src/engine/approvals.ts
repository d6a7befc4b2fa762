import type {
  ApprovalAnswers,
  ApprovalId,
  ApprovalResult,
  GivenAnswer,
  GrantKind,
  GrantOffer,
  LaneEvent,
  NearMiss,
} from '../model/index.ts';
import { refusals, withoutSecrets, wrongAnswers } from '../model/index.ts';
import type { ApprovalAnswer, ApprovalRequest, Grantable } from '../ports/index.ts';

/** What is known of a question in the store of grants. */
export type GrantLook =
  /** A grant stands for it, and that it was used is on record. */
  | { readonly kind: 'granted' }
  | { readonly kind: 'ask'; readonly near: NearMiss | null; readonly kinds: readonly GrantKind[] };

/** The grants of the thread that asks. */
export type TurnGrants = {
  /** Never rejects: where the store can't be read or written, the user is asked. */
  readonly use: (asked: Grantable) => Promise<GrantLook>;
  /** Null = it is kept; else why not, in a sentence. Never rejects. */
  readonly add: (asked: Grantable, kind: GrantKind) => Promise<string | null>;
};

export type ApprovalDeps = {
  readonly emit: (event: LaneEvent) => void;
  readonly newId: () => ApprovalId;
  /** Another number of questions waits. */
  readonly onCount: () => void;
  /** Null = no grants are kept here. */
  readonly grants: TurnGrants | null;
  /** Told what was typed as a secret, before anybody else is. */
  readonly onSecrets: (values: readonly string[]) => void;
};

type Outcome =
  | { readonly by: 'user'; readonly given: GivenAnswer }
  | { readonly by: 'lifecycle'; readonly decision: string | null; readonly reason: unknown };

type Pending = {
  readonly request: ApprovalRequest;
  readonly kinds: readonly GrantKind[];
  readonly settle: (outcome: Outcome) => void;
};

/**
 * The questions of one turn that wait for the user. Asked up as an event, answered down by id. Each ends once: by the first
 * of an answer, its withdrawal, the turn's end and the window's.
 */
export class Approvals {
  readonly #deps: ApprovalDeps;
  readonly #pending = new Map<ApprovalId, Pending>();
  /** Nothing is asked any more. */
  #over: { readonly reason: unknown; readonly refuses: boolean } | null = null;

  constructor(deps: ApprovalDeps) {
    this.#deps = deps;
  }

  get waiting(): number {
    return this.#pending.size;
  }

  async ask(request: ApprovalRequest, signal: AbortSignal): Promise<string> {
    return (await this.fill(request, signal)).decision;
  }

  /** Rejects with the signal's reason when it is aborted first: the question is then withdrawn. */
  fill(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const { grantable } = request;
    const { grants } = this.#deps;
    if (grants === null || grantable === undefined) return this.#open(request, signal, [], null);
    return grants.use(grantable).then((look) => {
      if (signal.aborted) throw signal.reason;
      return look.kind === 'granted'
        ? this.#granted(request, grantable)
        : this.#open(request, signal, look.kinds, look.near);
    });
  }

  /** Takes an answer of the user's; it counts when this returns. What is to be kept of it comes with the result. */
  answer(approvalId: ApprovalId, given: GivenAnswer): Promise<ApprovalResult> {
    const pending = this.#pending.get(approvalId);
    if (pending === undefined) return Promise.resolve({ ok: false, why: 'closed' });
    const { request, kinds } = pending;
    const { grantable } = request;
    const { grant = null, answers = {} } = given;
    const offered = request.decisions.find(({ id }) => id === given.decision);
    if (offered === undefined) return Promise.resolve({ ok: false, why: 'not_offered' });
    if (grant !== null && (grantable?.decision !== offered.id || !kinds.includes(grant)))
      return Promise.resolve({ ok: false, why: 'not_offered' });
    const fields = offered.takesAnswers === true ? (request.fields ?? []) : [];
    if (wrongAnswers(fields, answers).length > 0) return Promise.resolve({ ok: false, why: 'incomplete' });
    this.#deps.onSecrets(fields.flatMap(({ id, isSecret }) => (isSecret ? (answers[id] ?? []) : [])));
    pending.settle({ by: 'user', given });
    if (grant === null || grantable === undefined || this.#deps.grants === null)
      return Promise.resolve({ ok: true, notKept: null });
    return this.#deps.grants.add(grantable, grant).then((notKept) => ({ ok: true, notKept }));
  }

  /** The window closes: whatever is open or still comes is refused, where a refusal is offered, else withdrawn. */
  refuseAll(reason: unknown): void {
    this.#finish({ reason, refuses: true });
  }

  /** The turn is over: nobody waits for an answer any more. */
  withdrawAll(reason: unknown): void {
    this.#finish({ reason, refuses: false });
  }

  #finish(over: { readonly reason: unknown; readonly refuses: boolean }): void {
    this.#over ??= over;
    for (const { request, settle } of [...this.#pending.values()]) settle(endOf(request, over));
  }

  #granted(request: ApprovalRequest, { decision }: Grantable): Promise<ApprovalAnswer> {
    if (this.#over !== null) return Promise.reject(this.#over.reason);
    const approvalId = this.#deps.newId();
    this.#tellAsked(approvalId, request, [], null);
    this.#tell(request, { kind: 'approval_resolved', approvalId, decision, decidedBy: 'grant' });
    return Promise.resolve({ decision, answers: {} });
  }

  #open(
    request: ApprovalRequest,
    signal: AbortSignal,
    kinds: readonly GrantKind[],
    near: NearMiss | null,
  ): Promise<ApprovalAnswer> {
    if (this.#over !== null && !this.#over.refuses) return Promise.reject(this.#over.reason);
    const approvalId = this.#deps.newId();
    const answered = new Promise<ApprovalAnswer>((resolve, reject) => {
      const onAbort = (): void => settle({ by: 'lifecycle', decision: null, reason: signal.reason });
      const settle = (outcome: Outcome): void => {
        if (!this.#pending.delete(approvalId)) return;
        signal.removeEventListener('abort', onAbort);
        const answer = this.#resolved(approvalId, request, outcome);
        this.#deps.onCount();
        if (answer === null) reject(outcome.by === 'lifecycle' ? outcome.reason : null);
        else resolve(answer);
      };
      this.#pending.set(approvalId, { request, kinds, settle });
      signal.addEventListener('abort', onAbort, { once: true });
    });
    this.#tellAsked(approvalId, request, kinds, near);
    this.#deps.onCount();
    if (this.#over !== null) this.#pending.get(approvalId)?.settle(endOf(request, this.#over));
    return answered;
  }

  /** Null: nothing is to be answered. */
  #resolved(approvalId: ApprovalId, request: ApprovalRequest, outcome: Outcome): ApprovalAnswer | null {
    if (outcome.by === 'lifecycle') {
      const { decision } = outcome;
      const told = decision ?? 'withdrawn';
      this.#tell(request, { kind: 'approval_resolved', approvalId, decision: told, decidedBy: 'lifecycle' });
      return decision === null ? null : { decision, answers: {} };
    }
    const { decision, answers = {}, grant } = outcome.given;
    const kept: ApprovalAnswers = withoutSecrets(request.fields ?? [], answers);
    this.#tell(request, {
      ...{ kind: 'approval_resolved', approvalId, decision, decidedBy: 'user' },
      ...(Object.keys(kept).length === 0 ? {} : { answers: kept }),
      ...(grant === undefined ? {} : { grant }),
    });
    return { decision, answers };
  }

  #tellAsked(
    approvalId: ApprovalId,
    request: ApprovalRequest,
    kinds: readonly GrantKind[],
    near: NearMiss | null,
  ): void {
    const { subject, what, why, decisions, fields = [], url, grantable } = request;
    this.#tell(request, {
      ...{ kind: 'approval_requested', approvalId, subject, what, why, decisions },
      ...(fields.length === 0 ? {} : { fields }),
      ...(url === undefined ? {} : { url }),
      ...(kinds.length === 0 || grantable === undefined ? {} : { grants: offerOf(grantable, kinds) }),
      ...(near === null ? {} : { near }),
    });
  }

  #tell({ itemId }: ApprovalRequest, body: LaneEvent): void {
    this.#deps.emit(itemId === undefined ? body : { ...body, itemId });
  }
}

function offerOf({ decision, scripts = [] }: Grantable, kinds: readonly GrantKind[]): GrantOffer {
  return { decision, kinds, ...(scripts.length === 0 ? {} : { scripts }) };
}

function endOf({ decisions }: ApprovalRequest, over: { readonly reason: unknown; readonly refuses: boolean }): Outcome {
  const refusal = over.refuses ? refusals.find((id) => decisions.some((offered) => offered.id === id)) : undefined;
  return { by: 'lifecycle', decision: refusal ?? null, reason: over.reason };
}
