import { expect, test } from 'vitest';
import type { Asking } from './questions.ts';
import { decisionIn, questionOf } from './questions.ts';
import { readMessage } from './wire.ts';

const place = { threadId: 'th', turnId: 'tu', itemId: 'i' };

function asking(method: string, params: object): Asking {
  const message = readMessage({ id: 1, method, params: { ...place, ...params } }, 'server');
  if (message.kind !== 'request' || message.method === 'item/tool/call')
    throw new Error(`${message.kind} is no question`);
  return message;
}

const cases = {
  command: asking('item/commandExecution/requestApproval', {
    command: 'touch "a b"',
    reason: 'need it',
    availableDecisions: [
      'accept',
      { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['touch', 'a b', "it's"] } },
      { applyNetworkPolicyAmendment: { network_policy_amendment: { host: 'a.example', action: 'allow' } } },
      { applyNetworkPolicyAmendment: { network_policy_amendment: { host: 'a.example', action: 'deny' } } },
      { somethingNew: { x: 1 } },
      'toString',
      'decline',
      'cancel',
    ],
  }),
  network: asking('item/commandExecution/requestApproval', {
    networkApprovalContext: { host: 'b.example', protocol: 'https' },
  }),
  file: asking('item/fileChange/requestApproval', { reason: null, grantRoot: null }),
  permissions: asking('item/permissions/requestApproval', {
    cwd: '/w',
    reason: 'tests need it',
    permissions: { network: { enabled: true }, fileSystem: { read: null, write: ['/tmp/x'] } },
  }),
  onlyFiles: asking('item/permissions/requestApproval', {
    permissions: { network: null, fileSystem: { read: ['/r'], write: null } },
  }),
  mcp: asking('mcpServer/elicitation/request', {
    serverName: 'tiny',
    mode: 'form',
    message: 'Allow it?',
    _meta: { persist: ['session', 'always'], tool_description: 'Destroys.' },
  }),
  url: asking('mcpServer/elicitation/request', {
    serverName: 'tiny',
    mode: 'url',
    message: 'Sign in',
    url: 'https://x.example',
  }),
  input: asking('item/tool/requestUserInput', {
    questions: [
      {
        id: 'q1',
        header: 'Pick',
        question: 'Which?',
        isSecret: false,
        options: [
          { label: 'A', description: 'a' },
          { label: 'B', description: '' },
        ],
      },
    ],
  }),
  inputs: asking('item/tool/requestUserInput', {
    questions: [
      { id: 'q1', header: '', question: 'Name?', options: null },
      { id: 'q2', header: 'Key', question: 'Secret?', isSecret: true, options: [{ label: 'A', description: null }] },
    ],
  }),
} as const;

test('each decision that is offered, when it is answered, is read back as itself', () => {
  for (const [name, request] of Object.entries(cases)) {
    const { decisions } = questionOf(request, []);
    expect(new Set(decisions.map(({ id }) => id)).size, name).toBe(decisions.length);
    for (const { id, result } of decisions) expect(decisionIn(request, result), name).toBe(id);
  }
});

test('a command: exactly what is offered, amendments in words', () => {
  const { subject, what, why, decisions } = questionOf(cases.command, []);
  expect({ subject, what, why }).toEqual({ subject: 'command', what: 'touch "a b"', why: 'need it' });
  expect(decisions.map(({ id, label }) => [id, label])).toEqual([
    ['accept', 'Allow'],
    ['acceptWithExecpolicyAmendment', "Allow, and always allow commands that begin with: touch 'a b' 'it'\\''s'"],
    ['applyNetworkPolicyAmendment:allow:a.example', 'Allow, and always allow to reach a.example'],
    ['applyNetworkPolicyAmendment:deny:a.example', 'Never allow to reach a.example'],
    ['somethingNew', 'somethingNew'],
    ['toString', 'toString'],
    ['decline', 'Don’t allow'],
    ['cancel', 'Don’t allow, and stop the turn'],
  ]);
});

test.each([
  ['network', [], 'command', 'https://b.example', ['accept', 'acceptForSession', 'decline', 'cancel']],
  ['file', ['/o/a', '/o/b'], 'file_change', '/o/a\n/o/b', ['accept', 'acceptForSession', 'decline', 'cancel']],
  ['permissions', [], 'permissions', 'network\nwrite /tmp/x', ['accept', 'acceptForSession', 'decline']],
  ['onlyFiles', [], 'permissions', 'read /r', ['accept', 'acceptForSession', 'decline']],
  ['mcp', [], 'mcp', 'Allow it?', ['accept', 'acceptForSession', 'acceptAlways', 'decline', 'cancel']],
  ['url', [], 'mcp', 'Sign in\nhttps://x.example', ['accept', 'decline', 'cancel']],
  ['input', [], 'user_input', 'Pick: Which?', ['q1=A', 'q1=B']],
  ['inputs', [], 'user_input', 'Name?\nKey: Secret?', []],
] as const)('%s', (name, paths, subject, what, ids) => {
  const question = questionOf(cases[name], paths);
  expect(question).toMatchObject({ subject, what });
  expect(question.decisions.map(({ id }) => id)).toEqual(ids);
});

test('what is granted is what was asked for, no more', () => {
  const [turn, session] = questionOf(cases.permissions, []).decisions;
  const permissions = { network: { enabled: true }, fileSystem: { read: null, write: ['/tmp/x'] } };
  expect(turn?.result).toEqual({ permissions, scope: 'turn' });
  expect(session?.result).toEqual({ permissions, scope: 'session' });
  expect(questionOf(cases.onlyFiles, []).decisions[0]?.result).toMatchObject({
    permissions: { fileSystem: { read: ['/r'] } },
  });
  expect(JSON.stringify(questionOf(cases.onlyFiles, []).decisions)).not.toContain('network');
});

test('a secret that was typed is not told', () => {
  const result = { answers: { q1: { answers: ['Ada'] }, q2: { answers: ['hunter2'] } } };
  expect(decisionIn(cases.inputs, result)).toBe('q1=Ada; q2=…');
  expect(decisionIn(cases.inputs, null)).toBe('q1=; q2=');
});

test.each([
  [cases.command, null, 'unknown'],
  [cases.command, { decision: 7 }, 'unknown'],
  [cases.command, { decision: {} }, 'unknown'],
  [cases.file, { decision: 'brandNew' }, 'brandNew'],
  [cases.permissions, { permissions: {}, scope: 'session' }, 'decline'],
  [cases.mcp, { action: 'accept', content: {}, _meta: { persist: 'team' } }, 'accept:team'],
])('an answer of another kind', (request, result, expected) => {
  expect(decisionIn(request, result)).toBe(expected);
});
