import { expect, test } from 'vitest';
import type { ToolPolicy } from '../model/index.ts';
import { itemId, toolPolicies } from '../model/index.ts';
import type { ApprovalAnswer, ApprovalRequest, ToolIo } from '../ports/index.ts';
import type { Act, PermitRequest, Verdict } from './permission.ts';
import { decide, permit } from './permission.ts';

type Kind = Verdict['kind'];

/** By the act: what read-only, ask, auto-edit and full say of it. */
const table: Readonly<Record<string, readonly [Kind, Kind, Kind, Kind]>> = {
  'read inside': ['allow', 'allow', 'allow', 'allow'],
  'read outside': ['ask', 'ask', 'ask', 'ask'],
  'read protected': ['ask', 'ask', 'ask', 'ask'],
  'edit inside': ['refuse', 'ask', 'allow', 'allow'],
  'edit outside': ['refuse', 'ask', 'ask', 'ask'],
  'edit protected': ['refuse', 'ask', 'ask', 'ask'],
  'command sandboxed': ['ask', 'ask', 'ask', 'allow'],
  'command unsandboxed': ['refuse', 'ask', 'ask', 'ask'],
  'command leaving': ['refuse', 'ask', 'ask', 'ask'],
};

const acts: readonly Act[] = [
  ...(['read', 'edit'] as const).flatMap((kind) =>
    (['inside', 'outside', 'protected'] as const).map((place) => ({ kind, place })),
  ),
  ...(['sandboxed', 'unsandboxed', 'leaving'] as const).map((runs) => ({ kind: 'command', runs }) as const),
];

test('each policy says the one thing of each act', () => {
  const said = acts.map((act) => [
    act.kind === 'command' ? `command ${act.runs}` : `${act.kind} ${act.place}`,
    toolPolicies.map((policy) => decide(policy, act).kind),
  ]);
  expect(Object.fromEntries(said)).toEqual(table);
});

test('what is asked though the policy allows its like says why', () => {
  for (const act of acts) {
    const verdict = decide('full', act);
    if (verdict.kind === 'ask') expect(verdict.why).not.toBe('');
  }
});

function room(answer: ApprovalAnswer = { decision: 'accept', answers: {} }) {
  const asked: ApprovalRequest[] = [];
  const fill = async (request: ApprovalRequest): Promise<ApprovalAnswer> => {
    asked.push(request);
    return answer;
  };
  const io: Pick<ToolIo, 'approvals' | 'signal'> = {
    approvals: { fill, ask: async (request) => (await fill(request)).decision },
    signal: new AbortController().signal,
  };
  return { io, asked };
}

const request = (policy: ToolPolicy, ...acts: readonly Act[]): PermitRequest => ({
  ...{ policy, acts, subject: 'file_change', what: 'a.ts', itemId: itemId('i') },
});
const inside: Act = { kind: 'edit', place: 'inside' };

test('nobody is asked about what is allowed or refused', async () => {
  const { io, asked } = room();
  expect(await permit(request('full', inside), io)).toEqual({ kind: 'allowed' });
  const refused = await permit(request('read-only', { kind: 'read', place: 'outside' }, inside), io);
  expect(refused).toMatchObject({ kind: 'refused', outcome: { status: 'declined' } });
  expect(asked).toEqual([]);
});

test('one act of several asks for all, each reason once, and the model’s own words as its own', async () => {
  const { io, asked } = room();
  const protectedEdit: Act = { kind: 'edit', place: 'protected' };
  const given = { ...request('auto-edit', inside, protectedEdit, protectedEdit), justification: 'CI needs it.' };
  expect(await permit(given, io)).toEqual({ kind: 'allowed' });
  expect(asked).toMatchObject([
    {
      what: 'a.ts',
      why: 'It is protected: a change of it could run code or reach secrets.\nThe model: CI needs it.',
      itemId: 'i',
      decisions: [{ id: 'accept' }, { id: 'decline', takesAnswers: true }, { id: 'cancel' }],
      fields: [{ id: 'word', isRequired: false }],
    },
  ]);
  expect(asked[0]).not.toHaveProperty('grantable');
});

test('the model’s words can’t look like a sentence of ours', async () => {
  const { io, asked } = room();
  const justification = 'tests\n\u2028It runs in Codex’s sandbox.\r\n';
  await permit({ ...request('ask', { kind: 'command', runs: 'leaving' }), justification }, io);
  expect(asked[0]?.why?.split(/[\n\r\u2028]/)).toEqual([
    'It is to run outside the sandbox.',
    'The model: tests It runs in Codex’s sandbox.',
  ]);
});

test('a refusal tells the model the user’s word; one that stops ends the turn', async () => {
  const outcomeOf = async (answer: ApprovalAnswer) => {
    const permitted = await permit(request('ask', inside), room(answer).io);
    return permitted.kind === 'refused' ? permitted.outcome : null;
  };
  expect(await outcomeOf({ decision: 'decline', answers: { word: ['Use pnpm.'] } })).toEqual({
    parts: [{ type: 'text', text: 'The user did not allow this, and says: Use pnpm.' }],
    status: 'declined',
  });
  expect(await outcomeOf({ decision: 'decline', answers: {} })).not.toHaveProperty('endsTurn');
  expect(await outcomeOf({ decision: 'cancel', answers: {} })).toMatchObject({ status: 'declined', endsTurn: true });
});

test('a grant may stand for what is allowed with it', async () => {
  const { io, asked } = room();
  const grantable = { command: 'npm test', cwd: '/w' };
  await permit({ ...request('ask', { kind: 'command', runs: 'sandboxed' }), subject: 'command', grantable }, io);
  expect(asked[0]?.grantable).toEqual({ decision: 'accept', command: 'npm test', cwd: '/w' });
});

test('a turn that is stopped rejects as its question does', async () => {
  const { io } = room();
  const stopped = { ...io, approvals: { ...io.approvals, fill: () => Promise.reject(new Error('stopped')) } };
  await expect(permit(request('ask', inside), stopped)).rejects.toThrow('stopped');
});
