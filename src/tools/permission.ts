import type { ApprovalDecision, ApprovalField, ApprovalSubject, ItemId, ToolPolicy } from '../model/index.ts';
import type { Grantable, ToolIo, ToolOutcome } from '../ports/index.ts';
import { said } from './tool.ts';

/** Where a path lies: within the thread's folders, outside them, or at a place whose change could run code or tell secrets. */
export type Place = 'inside' | 'outside' | 'protected';

/** Where a command runs: in Codex's sandbox; without one, because there is none; without one, because the model asks so. */
export type Confinement = 'sandboxed' | 'unsandboxed' | 'leaving';

/** One thing that a tool is about to do. */
export type Act =
  | { readonly kind: 'read' | 'edit'; readonly place: Place }
  | { readonly kind: 'command'; readonly runs: Confinement };

export type Verdict =
  | { readonly kind: 'allow' }
  /** The user is asked; `why` is a sentence for the user. Empty: what is asked says it all. */
  | { readonly kind: 'ask'; readonly why: string }
  /** Nobody is asked; `words` are for the model. */
  | { readonly kind: 'refuse'; readonly words: string };

const allowed: Verdict = { kind: 'allow' };

/** What a policy says of an act. Pure: it knows places and not paths; who finds the place resolves links first. */
export function decide(policy: ToolPolicy, act: Act): Verdict {
  switch (act.kind) {
    case 'read':
      return act.place === 'inside' ? allowed : { kind: 'ask', why: readWords[act.place] };
    case 'edit':
      if (policy === 'read-only')
        return { kind: 'refuse', words: 'The policy of this thread is read-only: nothing may be changed.' };
      if (act.place !== 'inside') return { kind: 'ask', why: editWords[act.place] };
      return policy === 'ask' ? { kind: 'ask', why: '' } : allowed;
    case 'command':
      return decideCommand(policy, act.runs);
  }
}

const readWords = {
  outside: 'It is read from outside the folders of this thread.',
  protected: 'It may hold secrets, or settings of the tools you use.',
} as const;

const editWords = {
  outside: 'It lies outside the folders of this thread.',
  protected: 'It is protected: a change of it could run code or reach secrets.',
} as const;

function decideCommand(policy: ToolPolicy, runs: Confinement): Verdict {
  switch (runs) {
    case 'sandboxed':
      return policy === 'full' ? allowed : { kind: 'ask', why: '' };
    case 'unsandboxed':
      return policy === 'read-only'
        ? {
            kind: 'refuse',
            words: 'The policy of this thread is read-only, and no sandbox is here that would keep a command to it.',
          }
        : { kind: 'ask', why: 'It runs without a sandbox: there is none here.' };
    case 'leaving':
      return policy === 'read-only'
        ? { kind: 'refuse', words: 'The policy of this thread is read-only: no command leaves the sandbox.' }
        : { kind: 'ask', why: 'It is to run outside the sandbox.' };
  }
}

export type PermitRequest = {
  readonly policy: ToolPolicy;
  /** All that the one answer is about: one that is refused refuses all, and one that asks asks for all. */
  readonly acts: readonly Act[];
  readonly subject: Extract<ApprovalSubject, 'command' | 'file_change' | 'permissions'>;
  /** Whole, as it is done if the user allows it: the command, or one path a line. */
  readonly what: string;
  /** What is known of it beyond its place: a sentence for the user. Left out = nothing. */
  readonly because?: string;
  /** What is to be known beside it, in sentences of ours. Left out = nothing. */
  readonly note?: string;
  /** What the model says for it; shown as the model's words. Left out = nothing. */
  readonly justification?: string;
  readonly itemId: ItemId;
  /** What a grant may stand for; the decision is `accept`. Left out = none may. */
  readonly grantable?: Omit<Grantable, 'decision'>;
};

export type Permit =
  | { readonly kind: 'allowed' }
  /** What the tool hands to the model instead; it has still to tell its item. */
  | { readonly kind: 'refused'; readonly outcome: ToolOutcome };

/** The word that goes along with a refusal. */
const word: ApprovalField = {
  ...{ id: 'word', header: '', question: 'A word to the model', input: 'text', options: [] },
  ...{ takesMany: false, isRequired: false, isSecret: false },
};

const decisions: readonly ApprovalDecision[] = [
  { id: 'accept', label: 'Allow' },
  { id: 'decline', label: 'Don’t allow', takesAnswers: true },
  { id: 'cancel', label: 'Don’t allow, and stop the turn' },
];

/** Asks the user where the policy says so. Rejects when the turn's signal is aborted, as the question does. */
export async function permit(
  request: PermitRequest,
  { approvals, signal }: Pick<ToolIo, 'approvals' | 'signal'>,
): Promise<Permit> {
  const { policy, acts, subject, what, because, note = '', justification = '', itemId, grantable } = request;
  const verdicts = acts.map((act) => decide(policy, act));
  const refusal = verdicts.find((verdict) => verdict.kind === 'refuse');
  if (refusal !== undefined) return refused(refusal.words);
  const asking = verdicts.filter((verdict) => verdict.kind === 'ask');
  if (asking.length === 0) return permitted;
  const whys = [
    ...new Set(asking.map(({ why }) => because ?? why)),
    note,
    // On a line of its own, and never more: a second one would look like a sentence of ours.
    justification.trim() === '' ? '' : `The model: ${justification.replace(/\s+/g, ' ').trim()}`,
  ];
  const why = whys.filter((one) => one !== '').join('\n');
  const { decision, answers } = await approvals.fill(
    {
      ...{ subject, what, why: why === '' ? null : why, decisions, fields: [word], itemId },
      ...(grantable === undefined ? {} : { grantable: { decision: 'accept', ...grantable } }),
    },
    signal,
  );
  switch (decision) {
    case 'accept':
      return permitted;
    case 'cancel':
      return refused('The user did not allow this and stopped the turn.', true);
    default: {
      const [said] = answers[word.id] ?? [];
      return refused(
        said === undefined ? 'The user did not allow this.' : `The user did not allow this, and says: ${said}`,
      );
    }
  }
}

const permitted: Permit = { kind: 'allowed' };

function refused(words: string, endsTurn = false): Permit {
  const outcome = said(words, 'declined');
  return { kind: 'refused', outcome: endsTurn ? { ...outcome, endsTurn } : outcome };
}
