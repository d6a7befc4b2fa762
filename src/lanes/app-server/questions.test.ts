import { expect, test } from 'vitest';
import type { Asking } from './questions.ts';
import { answersIn, decisionIn, questionOf, requestOf, resultOf } from './questions.ts';
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
  form: asking('mcpServer/elicitation/request', {
    serverName: 'tiny',
    mode: 'form',
    message: 'Where to?',
    requestedSchema: {
      type: 'object',
      required: ['host', 'retries'],
      properties: {
        host: { type: 'string', title: 'Host', description: 'Where it goes' },
        retries: { type: 'integer', minimum: 0 },
        load: { type: 'number' },
        sure: { type: 'boolean', title: 'Sure?' },
        zone: { type: 'string', enum: ['a', 'b'], enumNames: ['Zone A', 'Zone B'] },
        size: { type: 'string', oneOf: [{ const: 's', title: 'Small' }, { const: 'l' }] },
        tags: { type: 'array', items: { type: 'string', enum: ['x', 'y'] } },
        odd: { type: 'object' },
      },
    },
  }),
  oddForm: asking('mcpServer/elicitation/request', {
    serverName: 'tiny',
    mode: 'form',
    message: 'Odd?',
    requestedSchema: { type: 'object', required: ['odd'], properties: { odd: { type: 'object' } } },
  }),
  verification: asking('mcpServer/elicitation/request', {
    serverName: 'tiny',
    mode: 'openai/userVerification',
    title: 'Verify',
    description: 'It is you',
    challenge: 'c',
  }),
} as const;

test('each decision that is offered, when it is answered, is read back as itself', () => {
  for (const [name, request] of Object.entries(cases)) {
    const { decisions } = questionOf(request, []);
    expect(new Set(decisions.map(({ id }) => id)).size, name).toBe(decisions.length);
    for (const { id, takesAnswers, result } of decisions)
      if (takesAnswers !== true) expect(decisionIn(request, result), name).toBe(id);
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
  ['input', [], 'user_input', 'Pick: Which?', ['answer', 'decline']],
  ['inputs', [], 'user_input', 'Name?\nKey: Secret?', ['answer', 'decline']],
  ['oddForm', [], 'mcp', 'Odd?', ['decline', 'cancel']],
  ['verification', [], 'mcp', 'Verify\nIt is you', ['decline', 'cancel']],
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
  expect(decisionIn(cases.inputs, result)).toBe('answer');
  expect(answersIn(cases.inputs, result)).toEqual({ q1: ['Ada'], q2: ['…'] });
  expect(decisionIn(cases.inputs, null)).toBe('decline');
  expect(answersIn(cases.inputs, null)).toEqual({});
});

test('what is filled in is answered, and read back', () => {
  const question = questionOf(cases.inputs, []);
  const answers = { q1: ['Ada'], q2: ['A'] };
  const result = resultOf(question, { decision: 'answer', answers });
  expect(result).toEqual({ answers: { q1: { answers: ['Ada'] }, q2: { answers: ['A'] } } });
  expect(decisionIn(cases.inputs, result)).toBe('answer');
  expect(resultOf(question, { decision: 'decline', answers: {} })).toEqual({ answers: {} });
  expect(() => resultOf(question, { decision: 'accept', answers: {} })).toThrow('not offered');
});

test('a page to open is told where it is one of the web', () => {
  expect(questionOf(cases.url, []).url).toBe('https://x.example');
  const odd = asking('mcpServer/elicitation/request', {
    serverName: 't',
    mode: 'url',
    message: 'm',
    url: 'file:///etc',
  });
  expect(questionOf(odd, []).url).toBeUndefined();
  expect(questionOf(cases.form, []).url).toBeUndefined();
});

test('questions with options: one of them, or a text where another answer may be given', () => {
  const [name, key] = questionOf(cases.inputs, []).fields ?? [];
  expect(name).toMatchObject({ id: 'q1', input: 'text', options: [], isSecret: false, isRequired: true });
  expect(key).toMatchObject({ id: 'q2', input: 'none', options: [{ value: 'A', label: 'A' }], isSecret: true });
});

test('a form of an MCP server: its fields, and its content in the types that it declares', () => {
  const question = questionOf(cases.form, []);
  const fields = question.fields ?? [];
  expect(
    fields.map(({ id, header, question: asked, input, isRequired }) => [id, header, asked, input, isRequired]),
  ).toEqual([
    ['host', 'Host', 'Where it goes', 'text', true],
    ['retries', '', 'retries', 'integer', true],
    ['load', '', 'load', 'number', false],
    ['sure', '', 'Sure?', 'none', false],
    ['zone', '', 'zone', 'none', false],
    ['size', '', 'size', 'none', false],
    ['tags', '', 'tags', 'none', false],
  ]);
  const labels = fields.map(({ options }) => options.map(({ label }) => label));
  expect(labels).toEqual([[], [], [], ['Yes', 'No'], ['Zone A', 'Zone B'], ['Small', 'l'], ['x', 'y']]);
  const answers = { host: ['h'], retries: ['3'], load: ['0.5'], sure: ['false'], zone: ['b'], tags: ['x', 'y'] };
  const result = resultOf(question, { decision: 'accept', answers });
  const content = { host: 'h', retries: 3, load: 0.5, sure: false, zone: 'b', tags: ['x', 'y'] };
  expect(result).toEqual({ action: 'accept', content, _meta: null });
  expect(decisionIn(cases.form, result)).toBe('accept');
  expect(answersIn(cases.form, result)).toEqual(answers);
  expect(resultOf(question, { decision: 'decline', answers: {} })).toMatchObject({ action: 'decline', content: null });
});

test('a grant may stand for a whole command on this machine, and for nothing else', () => {
  const command = (params: object) =>
    questionOf(asking('item/commandExecution/requestApproval', { command: 'ls', cwd: '/w', ...params }), []).grantable;
  expect(command({})).toEqual({ decision: 'accept', command: 'ls', cwd: '/w' });
  expect(command({ environmentId: 'local', kind: 'command', approvalId: null })).toBeDefined();
  const odd = [
    { command: null },
    { cwd: null },
    { environmentId: 'remote' },
    { kind: 'stdin' },
    { approvalId: 'sub' },
    { networkApprovalContext: { host: 'b.example', protocol: 'https' } },
    { additionalPermissions: { network: { enabled: true } } },
    { availableDecisions: ['decline', 'cancel'] },
  ];
  for (const params of odd) expect(command(params), JSON.stringify(params)).toBeUndefined();
  expect(questionOf(cases.file, []).grantable).toBeUndefined();
});

test('the user is asked without what would be answered for them', () => {
  for (const request of Object.values(cases)) {
    const asked = JSON.stringify(requestOf(questionOf(request, [])).decisions);
    expect(asked).not.toContain('result');
  }
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
