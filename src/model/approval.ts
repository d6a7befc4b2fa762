import type { ApprovalId, ThreadId } from './ids.ts';
import type { SandboxMode } from './receipt.ts';

export type ApprovalSubject = 'command' | 'file_change' | 'mcp' | 'permissions' | 'user_input';

/** One way to decide. */
export type ApprovalDecision = {
  readonly id: string;
  /** English; a view that knows the id has words of its own. */
  readonly label: string;
  /** What it allows beyond the thing that is asked about: the words that a command begins with, a host. */
  readonly detail?: string;
  /** The fields go along with it. */
  readonly takesAnswers?: boolean;
};

/** One thing to fill in: a question of several, a field of a form. */
export type ApprovalField = {
  readonly id: string;
  /** Empty = none. */
  readonly header: string;
  readonly question: string;
  /** What may be typed, beside the options; `none` = one of the options it is. */
  readonly input: 'none' | 'text' | 'number' | 'integer';
  readonly options: readonly { readonly value: string; readonly label: string; readonly description: string | null }[];
  readonly takesMany: boolean;
  readonly isRequired: boolean;
  /** What is answered is kept nowhere. */
  readonly isSecret: boolean;
};

/** By the field's id; a field that was left open is missing. */
export type ApprovalAnswers = Readonly<Record<string, readonly string[]>>;

/** What a user allows beyond this once: the same command in the same folder, in this thread or in all. */
export const grantKinds = ['thread', 'folder'] as const;
export type GrantKind = (typeof grantKinds)[number];

/** Why a grant that is nearly this question's did not answer it. */
export const nearMissReasons = [
  'other_folder',
  'other_arguments',
  'other_thread',
  'lapsed',
  'other_sandbox',
  'script_changed',
] as const;
export type NearMiss = {
  readonly why: (typeof nearMissReasons)[number];
  readonly command: string;
  readonly folder: string;
};

/** The grants that may go along with a decision; one of a command that runs scripts holds while they are what they were. */
export type GrantOffer = {
  readonly decision: string;
  readonly kinds: readonly GrantKind[];
  readonly scripts?: readonly ScriptMark[];
};

/** A script that a command runs, with a digest of what it is defined as. */
export type ScriptMark = { readonly name: string; readonly digest: string };

/** What an approval asks: an event up; the decision is a command down. */
export type ApprovalBody =
  | {
      readonly kind: 'approval_requested';
      readonly approvalId: ApprovalId;
      readonly subject: ApprovalSubject;
      readonly what: string;
      readonly why: string | null;
      readonly decisions: readonly ApprovalDecision[];
      readonly fields?: readonly ApprovalField[];
      /** A page that is to be opened before the answer. */
      readonly url?: string;
      /** The grants that may go along with the decision that they then stand for; left out = none. */
      readonly grants?: GrantOffer;
      readonly near?: NearMiss;
    }
  | {
      readonly kind: 'approval_resolved';
      readonly approvalId: ApprovalId;
      readonly decision: string;
      readonly decidedBy: 'user' | 'grant' | 'policy' | 'lifecycle';
      /** Without what was secret. */
      readonly answers?: ApprovalAnswers;
      /** The grant that the user gave along with it. */
      readonly grant?: GrantKind;
    };

/** What stands in the place of a secret answer. */
const secretMark = '…';

/** Answers as they may be kept and shown. */
export function withoutSecrets(fields: readonly ApprovalField[], answers: ApprovalAnswers): ApprovalAnswers {
  const secret = new Set(fields.filter(({ isSecret }) => isSecret).map(({ id }) => id));
  return Object.fromEntries(Object.entries(answers).map(([id, given]) => [id, secret.has(id) ? [secretMark] : given]));
}

/** Which fields are not filled in as they must be. Answers to fields that nobody asked for count as wrong. */
export function wrongAnswers(fields: readonly ApprovalField[], answers: ApprovalAnswers): readonly string[] {
  const known = new Set(fields.map(({ id }) => id));
  const wrong = fields.filter(
    (field) => !isRight(field, Object.hasOwn(answers, field.id) ? answers[field.id] : undefined),
  );
  return [...wrong.map(({ id }) => id), ...Object.keys(answers).filter((id) => !known.has(id))];
}

function isRight({ input, options, takesMany, isRequired }: ApprovalField, given: readonly string[] = []): boolean {
  if (given.length === 0) return !isRequired;
  if (given.length > 1 && !takesMany) return false;
  if (new Set(given).size !== given.length) return false;
  return given.every((value) => options.some((option) => option.value === value) || isTyped(input, value));
}

function isTyped(input: ApprovalField['input'], value: string): boolean {
  switch (input) {
    case 'none':
      return false;
    case 'text':
      return value !== '';
    case 'number':
      return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) && Number.isFinite(Number(value));
    case 'integer':
      return /^-?\d+$/.test(value) && Number.isSafeInteger(Number(value));
  }
}

/** The ids of decisions that refuse, the one that lets the turn go on first. */
export const refusals = ['decline', 'cancel'] as const;

/** What a user answers a question. */
export type GivenAnswer = {
  readonly decision: string;
  readonly answers?: ApprovalAnswers;
  readonly grant?: GrantKind;
};

export type ApprovalResult =
  /** `notKept`: why the grant that was given along could not be stored; the decision counts all the same. */
  | { readonly ok: true; readonly notKept: string | null }
  /** Nobody waits for it any more; it was not offered; a field is not filled in as it must be. */
  | { readonly ok: false; readonly why: 'closed' | 'not_offered' | 'incomplete' };

/** A grant as it is shown. */
export type GrantEntry = {
  readonly id: string;
  readonly kind: GrantKind;
  readonly command: string;
  /** Real path. */
  readonly folder: string;
  /** The thread it was given in. */
  readonly threadId: ThreadId;
  /** ISO times. */
  readonly givenAt: string;
  readonly lapsesAt: string;
  /** Where it runs; left out: where the runtime that asked runs it. A grant for one place is none for another. */
  readonly sandbox?: SandboxMode;
  /** What the command ran as scripts when it was given; left out = none. */
  readonly scripts?: readonly ScriptMark[];
  readonly uses: number;
  readonly last: { readonly at: string; readonly threadId: ThreadId } | null;
};
