import type { ApprovalId, LaneBody } from '../model/index.ts';
import type { ApprovalRequest } from '../ports/index.ts';

type Pending = { readonly request: ApprovalRequest; readonly settle: (decision: string | null) => void };

/** The questions of one turn that wait for the user. Asked up as an event, answered down by id. */
export class Approvals {
  readonly #emit: (body: LaneBody) => void;
  readonly #newId: () => ApprovalId;
  readonly #pending = new Map<ApprovalId, Pending>();
  readonly #onCount: () => void;

  constructor(emit: (body: LaneBody) => void, newId: () => ApprovalId, onCount: () => void) {
    this.#emit = emit;
    this.#newId = newId;
    this.#onCount = onCount;
  }

  get waiting(): number {
    return this.#pending.size;
  }

  /** Rejects with the signal's reason when it is aborted first: the question is then withdrawn. */
  ask(request: ApprovalRequest, signal: AbortSignal): Promise<string> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const approvalId = this.#newId();
    this.#emit({ kind: 'approval_requested', approvalId, ...request });
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#pending.get(approvalId)?.settle(null);
      const settle = (decision: string | null): void => {
        signal.removeEventListener('abort', onAbort);
        this.#pending.delete(approvalId);
        const decidedBy = decision === null ? 'lifecycle' : 'user';
        this.#emit({ kind: 'approval_resolved', approvalId, decision: decision ?? 'withdrawn', decidedBy });
        this.#onCount();
        if (decision === null) reject(signal.reason);
        else resolve(decision);
      };
      this.#pending.set(approvalId, { request, settle });
      signal.addEventListener('abort', onAbort, { once: true });
      this.#onCount();
    });
  }

  /** False when nobody waits for it any more or the decision was not offered. */
  answer(approvalId: ApprovalId, decision: string): boolean {
    const pending = this.#pending.get(approvalId);
    if (!pending?.request.decisions.some((offered) => offered.id === decision)) return false;
    pending.settle(decision);
    return true;
  }
}
