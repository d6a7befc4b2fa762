import type { ApprovalBody, ApprovalField, ApprovalId, NearMiss } from '../../src/model/index.ts';
import { nearMissReasons } from '../../src/model/index.ts';
import type { EventLog } from '../../webview/testing/event-log.ts';
import type { Scene } from './scene.ts';

// What a turn asks the user, open and after it was decided.

type Asked = Extract<ApprovalBody, { readonly kind: 'approval_requested' }>;

/** The composer's words on the transport that asks. */
const thatAsks = {
  approvals: { icon: 'question', label: 'asks', tooltip: 'You are asked before a command leaves the sandbox.' },
};

const field = (id: string, question: string, more: Partial<ApprovalField> = {}): ApprovalField => ({
  ...{ id, header: '', question, input: 'text', options: [] },
  ...{ takesMany: false, isRequired: true, isSecret: false, ...more },
});
const option = (value: string, description: string | null = null) => ({ value, label: value, description });

const refusing = [
  { id: 'decline', label: 'Don’t allow' },
  { id: 'cancel', label: 'Don’t allow, and stop the turn' },
];
const usual = [
  { id: 'accept', label: 'Allow' },
  { id: 'acceptForSession', label: 'Allow until this turn ends' },
  ...refusing,
];
const prefix = 'touch /home/dev/esc.txt';

/** As the app-server asks, by subject. */
const asked: Readonly<Record<Asked['subject'], Omit<Asked, 'kind' | 'approvalId'>>> = {
  command: {
    subject: 'command',
    what: "/bin/bash -lc 'touch /home/dev/esc.txt && echo esc'",
    why: 'It is outside the workspace.',
    decisions: [
      { id: 'accept', label: 'Allow' },
      { id: 'acceptWithExecpolicyAmendment', label: `Allow, and always: ${prefix}`, detail: prefix },
      { id: 'applyNetworkPolicyAmendment:allow:a.example', label: 'Reach a.example', detail: 'a.example' },
      { id: 'applyNetworkPolicyAmendment:deny:a.example', label: 'Never reach a.example', detail: 'a.example' },
      { id: 'cancel', label: 'Don’t allow, and stop the turn' },
    ],
    grants: { decision: 'accept', kinds: ['thread', 'folder'] },
  },
  file_change: { subject: 'file_change', what: '/etc/hosts\n/home/dev/.profile', why: null, decisions: usual },
  permissions: {
    subject: 'permissions',
    what: 'network\nwrite /tmp/cache',
    why: 'The tests fetch what they need.',
    decisions: usual.slice(0, 3),
  },
  mcp: {
    subject: 'mcp',
    what: 'Where is it to be deployed?',
    why: 'Deploys the site.',
    decisions: [
      { id: 'accept', label: 'Allow', takesAnswers: true },
      { id: 'acceptAlways', label: 'Always allow', takesAnswers: true },
      ...refusing,
    ],
    fields: [
      field('host', 'The host that it goes to', { header: 'Host' }),
      field('retries', 'How often to try', { input: 'integer', isRequired: false }),
      field('load', 'How much of it', { input: 'number', isRequired: false }),
      field('zone', 'Zone', { input: 'none', options: [option('eu'), option('us', 'slower')] }),
      field('tags', 'Tags', { input: 'none', options: [option('beta'), option('hot')], takesMany: true }),
    ],
  },
  user_input: {
    subject: 'user_input',
    what: 'Pick: Which one?\nThe token of the registry?',
    why: null,
    decisions: [
      { id: 'answer', label: 'Answer', takesAnswers: true },
      { id: 'decline', label: 'Don’t answer' },
    ],
    fields: [
      field('which', 'Which one?', {
        header: 'Pick',
        options: [option('The first', 'It is older.'), option('The second')],
      }),
      field('token', 'The token of the registry?', { isSecret: true }),
    ],
  },
};

function ask(log: EventLog, more: Partial<Asked> & { readonly subject: Asked['subject'] }, id = 'a1'): ApprovalId {
  const approvalId = id as ApprovalId;
  log.add({ kind: 'approval_requested', ...asked[more.subject], ...more, approvalId });
  return approvalId;
}

const open = (
  id: string,
  more: Partial<Asked> & { readonly subject: Asked['subject'] },
  rest: Partial<Scene> = {},
): Scene => ({
  id: `ask/${id}`,
  write: (log) => {
    log.begin('Go on.');
    ask(log, more);
  },
  composer: { running: true, ...thatAsks },
  ...rest,
});

const nears: readonly NearMiss[] = nearMissReasons.map((why) => ({
  why,
  command: "/bin/bash -lc 'npm test'",
  folder: '/home/dev/other',
}));

/** As the tools of a lane of ours ask. */
const word = field('word', 'A word to the model', { isRequired: false });
const declining = [
  { id: 'accept', label: 'Allow' },
  { id: 'decline', label: 'Don’t allow', takesAnswers: true },
  { id: 'cancel', label: 'Don’t allow, and stop the turn' },
];
const scripts = [
  { name: 'package.json: test', digest: '-' },
  { name: './build \u202e.sh', digest: '-' },
];

export const approvalScenes: readonly Scene[] = [
  open('a command', { subject: 'command' }),
  open('a command of a lane of ours', {
    ...{ subject: 'command', what: 'npm test', why: 'The model: The dates were changed.' },
    ...{
      decisions: declining,
      fields: [word],
      near: { why: 'script_changed', command: 'npm test', folder: '/home/dev/project' },
    },
    grants: { decision: 'accept', kinds: ['thread', 'folder'], scripts },
  }),
  open('files', { subject: 'file_change' }),
  {
    id: 'ask/a patch, with its difference',
    write: (log) => {
      log.begin('Mend it.');
      const changes = [
        {
          ...{ path: '/home/me/sample-workspace/src/dates.ts', kind: 'update' },
          diff: '--- a/src/dates.ts\n+++ b/src/dates.ts\n@@ -12,3 +12,3 @@\n export function monthName(month: number) {\n-  return names[month];\n+  return names[month - 1];\n }\n',
        },
        {
          path: '/home/me/sample-workspace/src/months.ts',
          kind: 'add',
          diff: '@@ -0,0 +1 @@\n+export const names = [];\n',
        },
      ] as const;
      log.add(
        { kind: 'file_change', phase: 'started', changes, status: 'in_progress', diffSource: 'runtime' },
        'patch',
      );
      log.add(
        {
          ...{ kind: 'approval_requested', ...asked.file_change, decisions: declining, fields: [word] },
          ...{ what: changes.map(({ path }) => path).join('\n'), approvalId: 'a1' as ApprovalId },
        },
        'patch',
      );
    },
    composer: { running: true, ...thatAsks },
  },
  open('permissions', { subject: 'permissions' }),
  open('a form of a server', { subject: 'mcp' }),
  open('a page of a server', {
    ...{ subject: 'mcp', what: 'Sign in to tiny.\nhttps://tiny.example/sign-in', url: 'https://tiny.example/sign-in' },
    ...{ why: null, decisions: [{ id: 'accept', label: 'Allow' }, ...refusing], fields: [] },
  }),
  open('several questions', { subject: 'user_input' }),
  open('something is missing', { subject: 'user_input' }, { click: ['.option input', '.approval-answer .button'] }),
  open('unknown decisions, odd characters', {
    subject: 'command',
    decisions: [
      { id: 'somethingNew', label: 'Allow \u202eall of it\u200b' },
      { id: 'acceptWithExecpolicyAmendment', label: 'x', detail: `rm \u200b${'-rf everything/there/is '.repeat(12)}` },
    ],
  }),
  ...nears.map((near) => open(`asked again, ${near.why.replace('_', ' ')}`, { subject: 'command', near })),
  {
    id: 'ask/withdrawn',
    write: (log) => {
      log.begin('Go on.');
      const approvalId = ask(log, { subject: 'command' });
      log.add({ kind: 'approval_resolved', approvalId, decision: 'withdrawn', decidedBy: 'lifecycle' });
    },
    composer: { running: true, ...thatAsks },
  },
  {
    id: 'ask/the turn ended',
    write: (log) => {
      log.begin('Go on.');
      ask(log, { subject: 'command' });
      log.add({ kind: 'turn_interrupted', durationMs: 10, by: 'user' });
    },
  },
  {
    id: 'ask/decided',
    write: (log) => {
      log.begin('Go on.');
      const command = ask(log, { subject: 'command' }, 'a1');
      log.add({
        kind: 'approval_resolved',
        approvalId: command,
        decision: 'accept',
        decidedBy: 'user',
        grant: 'folder',
      });
      const again = ask(log, { subject: 'command' }, 'a2');
      log.add({ kind: 'approval_resolved', approvalId: again, decision: 'accept', decidedBy: 'user', grant: 'thread' });
      const prefixed = ask(log, { subject: 'command' }, 'a3');
      const decision = 'acceptWithExecpolicyAmendment';
      log.add({ kind: 'approval_resolved', approvalId: prefixed, decision, decidedBy: 'user' });
      const input = ask(log, { subject: 'user_input' }, 'a4');
      const answers = { which: ['The first'], token: ['…'] };
      log.add({ kind: 'approval_resolved', approvalId: input, decision: 'answer', decidedBy: 'user', answers });
      const closing = ask(log, { subject: 'file_change' }, 'a5');
      log.add({ kind: 'approval_resolved', approvalId: closing, decision: 'decline', decidedBy: 'lifecycle' });
      const refused = ask(log, { subject: 'command', decisions: declining, fields: [word] }, 'a6');
      const said = { word: ['Use pnpm here.'] };
      log.add({
        kind: 'approval_resolved',
        approvalId: refused,
        decision: 'decline',
        decidedBy: 'user',
        answers: said,
      });
      log.complete();
    },
    click: Array.from({ length: 6 }, () => '.approval .head[aria-expanded="false"]'),
  },
];
