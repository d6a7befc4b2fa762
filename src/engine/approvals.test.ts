import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ApprovalField, ApprovalId, GrantKind, LaneEvent } from '../model/index.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../ports/index.ts';
import type { GrantLook, TurnGrants } from './approvals.ts';
import { Approvals } from './approvals.ts';

const decisions = [
  { id: 'accept', label: 'Allow' },
  { id: 'decline', label: 'Don’t allow' },
  { id: 'cancel', label: 'Don’t allow, and stop' },
];
const command: ApprovalRequest = {
  ...{ subject: 'command', what: 'ls', why: null, decisions },
  grantable: { decision: 'accept', command: 'ls', cwd: '/w' },
};
const plain: ApprovalRequest = { subject: 'mcp', what: 'Call it?', why: null, decisions };

const field = (id: string, more: Partial<ApprovalField> = {}): ApprovalField => ({
  ...{ id, header: '', question: `${id}?`, input: 'text', options: [] },
  ...{ takesMany: false, isRequired: true, isSecret: false, ...more },
});
const form: ApprovalRequest = {
  ...{ subject: 'user_input', what: 'Who?', why: null },
  decisions: [
    { id: 'answer', label: 'Answer', takesAnswers: true },
    { id: 'decline', label: 'Don’t answer' },
  ],
  fields: [field('name'), field('key', { isSecret: true }), field('age', { input: 'integer', isRequired: false })],
};

function room(grants: TurnGrants | null = null) {
  const told: LaneEvent[] = [];
  const secrets: string[] = [];
  let ids = 0;
  const approvals = new Approvals({
    emit: (event) => told.push(event),
    newId: () => `a${++ids}` as ApprovalId,
    onCount: () => {},
    grants,
    onSecrets: (values) => secrets.push(...values),
  });
  return {
    approvals,
    told,
    secrets,
    answer: (id: string, decision: string) => approvals.answer(id as ApprovalId, { decision }),
  };
}

const granting = (look: GrantLook, kept: (kind: GrantKind) => string | null = () => null): TurnGrants => ({
  use: async () => look,
  add: async (_, kind) => kept(kind),
});
const kindsOf = (told: readonly LaneEvent[]) => told.map(({ kind }) => kind);
const resolvedIn = (told: readonly LaneEvent[]) => told.filter((event) => event.kind === 'approval_resolved');
const stay = new AbortController().signal;

test('an answer counts once; a late one and one that was not offered are refused, each by its reason', async () => {
  const { approvals, told, answer } = room();
  const asked = approvals.ask(plain, stay);
  expect(approvals.waiting).toBe(1);
  expect(await answer('a1', 'acceptAlways')).toEqual({ ok: false, why: 'not_offered' });
  expect(await answer('a9', 'accept')).toEqual({ ok: false, why: 'closed' });
  expect(approvals.waiting).toBe(1);
  const first = answer('a1', 'accept');
  expect(await answer('a1', 'decline')).toEqual({ ok: false, why: 'closed' });
  expect(await first).toEqual({ ok: true, notKept: null });
  expect(await asked).toBe('accept');
  expect(approvals.waiting).toBe(0);
  expect(resolvedIn(told)).toEqual([
    { kind: 'approval_resolved', approvalId: 'a1', decision: 'accept', decidedBy: 'user' },
  ]);
});

test('fields: an answer that lacks one or brings another is refused; a secret goes to the lane and into no event', async () => {
  const { approvals, told, secrets } = room();
  const asked = approvals.fill(form, stay);
  const id = 'a1' as ApprovalId;
  const incomplete = { ok: false, why: 'incomplete' };
  expect(await approvals.answer(id, { decision: 'answer' })).toEqual(incomplete);
  const name = { name: ['Ada'] };
  expect(await approvals.answer(id, { decision: 'answer', answers: name })).toEqual(incomplete);
  const whole = { ...name, key: ['hunter2-hunter2'] };
  expect(await approvals.answer(id, { decision: 'answer', answers: { ...whole, age: ['x'] } })).toEqual(incomplete);
  expect(await approvals.answer(id, { decision: 'answer', answers: { ...whole, other: ['x'] } })).toEqual(incomplete);
  expect(await approvals.answer(id, { decision: 'decline', answers: whole })).toEqual(incomplete);
  expect(secrets).toEqual([]);
  expect(await approvals.answer(id, { decision: 'answer', answers: whole })).toEqual({ ok: true, notKept: null });
  expect(await asked).toEqual({ decision: 'answer', answers: whole });
  expect(secrets).toEqual(['hunter2-hunter2']);
  expect(resolvedIn(told)).toMatchObject([{ decision: 'answer', answers: { name: ['Ada'], key: ['…'] } }]);
  expect(JSON.stringify(told)).not.toContain('hunter2');
});

test('a withdrawn question is closed and said; its answer is late', async () => {
  const { approvals, told, answer } = room();
  const withdrawn = new AbortController();
  const asked = approvals.ask(plain, withdrawn.signal);
  withdrawn.abort('gone');
  await expect(asked).rejects.toBe('gone');
  expect(resolvedIn(told)).toMatchObject([{ decision: 'withdrawn', decidedBy: 'lifecycle' }]);
  expect(await answer('a1', 'accept')).toEqual({ ok: false, why: 'closed' });
  await expect(approvals.ask(plain, withdrawn.signal)).rejects.toBe('gone');
  expect(told).toHaveLength(2);
});

test('a closing window declines what is open and what still comes; never more than was offered', async () => {
  const { approvals, told } = room();
  const open = approvals.ask(plain, stay);
  const onlyYes = approvals.ask({ ...plain, decisions: [{ id: 'accept', label: 'Allow' }] }, stay);
  const onlyCancel = approvals.ask({ ...plain, decisions: decisions.filter(({ id }) => id !== 'decline') }, stay);
  approvals.refuseAll('shutdown');
  expect(await open).toBe('decline');
  expect(await onlyCancel).toBe('cancel');
  await expect(onlyYes).rejects.toBe('shutdown');
  expect(await approvals.ask(plain, stay)).toBe('decline');
  const ends = resolvedIn(told).map((event) => event.kind === 'approval_resolved' && event.decision);
  expect(ends).toEqual(['decline', 'withdrawn', 'cancel', 'decline']);
});

test('when the turn is over, nothing waits and nothing is asked', async () => {
  const { approvals, told } = room();
  const open = approvals.ask(plain, stay);
  approvals.withdrawAll('over');
  await expect(open).rejects.toBe('over');
  await expect(approvals.ask(plain, stay)).rejects.toBe('over');
  expect(kindsOf(told)).toEqual(['approval_requested', 'approval_resolved']);
  expect(approvals.waiting).toBe(0);
});

test('a grant answers in the user’s place, and that is on record', async () => {
  const { approvals, told } = room(granting({ kind: 'granted' }));
  expect(await approvals.ask(command, stay)).toBe('accept');
  expect(resolvedIn(told)).toMatchObject([{ decision: 'accept', decidedBy: 'grant' }]);
  expect(approvals.waiting).toBe(0);
});

test('grants are offered only for what the lane can do again, with why the nearest did not answer', async () => {
  const near = { why: 'other_folder', command: 'ls', folder: '/x' } as const;
  const { approvals, told } = room(granting({ kind: 'ask', near, kinds: ['thread', 'folder'] }));
  void approvals.ask(command, stay);
  await expect.poll(() => told.length).toBe(1);
  void approvals.ask(plain, stay);
  expect(told).toMatchObject([{ grants: { decision: 'accept', kinds: ['thread', 'folder'] }, near }, {}]);
  expect(told[1]).not.toHaveProperty('grants');
  expect(told[1]).not.toHaveProperty('near');
});

test('a grant goes along with the decision that it stands for alone, and only of a kind that was offered', async () => {
  const kept: GrantKind[] = [];
  const store = granting({ kind: 'ask', near: null, kinds: ['folder'] }, (kind) => {
    kept.push(kind);
    return 'The disk is full.';
  });
  const { approvals, told } = room(store);
  const asked = approvals.ask(command, stay);
  await expect.poll(() => told.length).toBe(1);
  const id = 'a1' as ApprovalId;
  const refused = { ok: false, why: 'not_offered' };
  expect(await approvals.answer(id, { decision: 'decline', grant: 'folder' })).toEqual(refused);
  expect(await approvals.answer(id, { decision: 'accept', grant: 'thread' })).toEqual(refused);
  expect(kept).toEqual([]);
  const given = await approvals.answer(id, { decision: 'accept', grant: 'folder' });
  expect(given).toEqual({ ok: true, notKept: 'The disk is full.' });
  expect(kept).toEqual(['folder']);
  expect(await asked).toBe('accept');
  expect(resolvedIn(told)).toMatchObject([{ decidedBy: 'user', grant: 'folder' }]);
});

/** What may happen to three questions, each at a time of its own (milliseconds on a clock that only the test turns). */
type Happening = {
  readonly at: number;
  readonly what: 'ask' | 'look' | 'answer' | 'withdraw' | 'close' | 'end';
  readonly of: number;
};
const happening: fc.Arbitrary<Happening> = fc.record({
  at: fc.nat({ max: 50 }),
  what: fc.constantFrom('answer', 'answer', 'answer', 'withdraw', 'close', 'end'),
  of: fc.nat({ max: 2 }),
});
const requests = [command, plain, form];
const answers: ApprovalAnswer = { decision: 'answer', answers: { name: ['Ada'], key: ['12345678'] } };

test('1,000 seeded orders of answer, withdrawal, turn end and window close: each question ends once, for all alike', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 10 }),
      fc.array(fc.nat({ max: 30 }), { minLength: 3, maxLength: 3 }),
      fc.nat({ max: 30 }),
      fc.boolean(),
      async (later, askedAt, lookedFor, isGranted) => {
        const look = Promise.withResolvers<GrantLook>();
        const { approvals, told } = room({ use: () => look.promise, add: async () => null });
        const signals = requests.map(() => new AbortController());
        const outcomes: (string | null)[] = requests.map(() => null);
        const idOf = (index: number): ApprovalId | null => {
          const what = requests[index]?.what;
          const event = told.find((one) => one.kind === 'approval_requested' && one.what === what);
          return event?.kind === 'approval_requested' ? event.approvalId : null;
        };
        let taken = 0;
        const act = async ({ what, of }: Happening): Promise<void> => {
          const [request, signal] = [requests[of], signals[of]];
          if (request === undefined || signal === undefined) return;
          switch (what) {
            case 'ask':
              approvals.fill(request, signal.signal).then(
                ({ decision }) => {
                  outcomes[of] = decision;
                },
                () => {
                  outcomes[of] = 'rejected';
                },
              );
              return;
            case 'look':
              return look.resolve(isGranted ? { kind: 'granted' } : { kind: 'ask', near: null, kinds: ['thread'] });
            case 'answer': {
              const id = idOf(of);
              if (id === null) return;
              const given = request === form ? answers : { decision: 'accept' };
              if ((await approvals.answer(id, given)).ok) taken += 1;
              return;
            }
            case 'withdraw':
              return signal.abort('withdrawn');
            case 'close':
              return approvals.refuseAll('shutdown');
            case 'end':
              return approvals.withdrawAll('over');
          }
        };
        const asks = askedAt.map((at, of): Happening => ({ at, what: 'ask', of }));
        const looks: Happening = { at: lookedFor, what: 'look', of: 0 };
        const end: Happening = { at: 100, what: 'end', of: 0 };
        const all = [...asks, looks, ...later, end].toSorted((a, b) => a.at - b.at);
        let now = 0;
        for (const one of all) {
          // What happens at one time happens in one go; the time between settles what was promised.
          if (one.at !== now) await new Promise<void>((resolve) => setImmediate(resolve));
          now = one.at;
          await act(one);
        }
        await new Promise<void>((resolve) => setImmediate(resolve));
        expect(approvals.waiting).toBe(0);
        expect(outcomes).not.toContain(null);
        const asked = told.flatMap((event) => (event.kind === 'approval_requested' ? [event.approvalId] : []));
        const ended = told.flatMap((event) => (event.kind === 'approval_resolved' ? [event] : []));
        expect(ended.map(({ approvalId }) => approvalId).toSorted()).toEqual(asked.toSorted());
        expect(ended.filter(({ decidedBy }) => decidedBy === 'user')).toHaveLength(taken);
        for (const [index, outcome] of outcomes.entries()) {
          const told1 = ended.find(({ approvalId }) => approvalId === idOf(index));
          // What the lane is answered is what is on record.
          if (told1 === undefined) expect(outcome).toBe('rejected');
          else expect(outcome).toBe(told1.decision === 'withdrawn' ? 'rejected' : told1.decision);
          // Nothing but a user or a grant allows.
          if (told1?.decidedBy === 'lifecycle') expect(['withdrawn', 'decline', 'cancel']).toContain(told1.decision);
        }
        expect(JSON.stringify(told)).not.toContain('12345678');
      },
    ),
    { numRuns: 1000, seed: 6 },
  );
});

test('the card is told which scripts a grant would stand for', async () => {
  const scripts = [{ name: 'package.json: test', digest: 'a' }];
  const { approvals, told, answer } = room(granting({ kind: 'ask', near: null, kinds: ['folder'] }));
  const asked = approvals.fill(
    {
      ...command,
      grantable: { decision: 'accept', command: 'npm test', cwd: '/w', sandbox: 'workspace-write', scripts },
    },
    stay,
  );
  await Promise.resolve();
  expect(told).toMatchObject([{ grants: { decision: 'accept', kinds: ['folder'], scripts } }]);
  await answer('a1', 'decline');
  expect(await asked).toEqual({ decision: 'decline', answers: {} });
});
