import type { ApprovalRequest } from '../../ports/index.ts';
import type { Request, RequestParams } from './wire.ts';
import { field, textOf } from './wire.ts';

/** One decision that is offered: what it is called, and what to answer the server when it is taken. */
type Offer = { readonly id: string; readonly label: string; readonly result: unknown };

/** A question of the server's as the model asks it. */
export type Question = Omit<ApprovalRequest, 'decisions'> & { readonly decisions: readonly Offer[] };

/** What the server asks that a user decides; a tool of ours is called, not decided. */
export type Asking = Exclude<Request, { readonly method: 'item/tool/call' }>;

/** @param paths the files of the change that is asked about; the question itself does not name them */
export function questionOf(request: Asking, paths: readonly string[]): Question {
  switch (request.method) {
    case 'item/commandExecution/requestApproval':
      return ofCommand(request.params);
    case 'item/fileChange/requestApproval': {
      const { reason, grantRoot } = request.params;
      const what = paths.length > 0 ? paths.join('\n') : (grantRoot ?? '');
      const decisions = ['accept', 'acceptForSession', 'decline', 'cancel'].map((word) => offer(word, word));
      return { subject: 'file_change', what, why: whyOf(reason), decisions };
    }
    case 'item/permissions/requestApproval':
      return ofPermissions(request.params);
    case 'mcpServer/elicitation/request':
      return ofElicitation(request.params);
    case 'item/tool/requestUserInput':
      return ofUserInput(request.params);
  }
}

/** Which decision an answer means; of one that is none of ours its own word. Text that is secret is left out. */
export function decisionIn(request: Asking, result: unknown): string {
  switch (request.method) {
    case 'item/commandExecution/requestApproval':
    case 'item/fileChange/requestApproval':
      return wordOf(field(result, 'decision'));
    case 'item/permissions/requestApproval': {
      const granted = field(result, 'permissions');
      if (typeof granted !== 'object' || granted === null || Object.keys(granted).length === 0) return 'decline';
      return field(result, 'scope') === 'session' ? 'acceptForSession' : 'accept';
    }
    case 'mcpServer/elicitation/request': {
      const persist = textOf(field(field(result, '_meta'), 'persist'));
      const action = wordOf(field(result, 'action'));
      return action === 'accept' && persist !== null ? persistWord(persist) : action;
    }
    case 'item/tool/requestUserInput':
      return request.params.questions.map(({ id, isSecret }) => given(id, isSecret === true, result)).join('; ');
  }
}

const labels: Readonly<Record<string, string>> = {
  accept: 'Allow',
  acceptForSession: 'Allow in this session',
  acceptAlways: 'Always allow',
  decline: 'Don’t allow',
  cancel: 'Don’t allow, and stop the turn',
};

const labelOf = (id: string): string => (Object.hasOwn(labels, id) ? labels[id] : undefined) ?? id;

function offer(id: string, decision: unknown, label = labelOf(id)): Offer {
  return { id, label, result: { decision } };
}

const usualDecisions = ['accept', 'acceptForSession', 'decline', 'cancel'] as const;

function ofCommand(params: RequestParams['item/commandExecution/requestApproval']): Question {
  const { command, networkApprovalContext: host, reason, availableDecisions } = params;
  const reach = host == null ? null : `${host.protocol}://${host.host}`;
  const decisions = (availableDecisions ?? usualDecisions).map((decision) => offerOf(decision));
  return { subject: 'command', what: command ?? reach ?? '', why: whyOf(reason), decisions };
}

/** A decision is a word, or an object with one key that says what is allowed from then on. */
function offerOf(decision: string | Readonly<Record<string, unknown>>): Offer {
  const id = wordOf(decision);
  if (typeof decision === 'string') return offer(id, decision);
  const amendment = Object.values(decision)[0];
  const prefix = field(amendment, 'execpolicy_amendment');
  if (Array.isArray(prefix)) {
    return offer(id, decision, `Allow, and always allow commands that begin with: ${prefix.map(quoted).join(' ')}`);
  }
  const rule = field(amendment, 'network_policy_amendment');
  const host = textOf(field(rule, 'host'));
  if (host === null) return offer(id, decision);
  const denies = field(rule, 'action') === 'deny';
  return offer(id, decision, denies ? `Never allow to reach ${host}` : `Allow, and always allow to reach ${host}`);
}

/** A word of a command as a shell would read it. */
function quoted(word: unknown): string {
  const text = String(word);
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** One name a decision: two rules for hosts differ in host and action. */
function wordOf(decision: unknown): string {
  if (typeof decision === 'string') return decision;
  if (typeof decision !== 'object' || decision === null) return 'unknown';
  const [name = 'unknown', value] = Object.entries(decision)[0] ?? [];
  const rule = field(value, 'network_policy_amendment');
  const action = textOf(field(rule, 'action'));
  return action === null ? name : `${name}:${action}:${textOf(field(rule, 'host')) ?? ''}`;
}

function ofPermissions(params: RequestParams['item/permissions/requestApproval']): Question {
  const { network, fileSystem } = params.permissions;
  const parts = [
    ...(network?.enabled === true ? ['network'] : []),
    ...(fileSystem?.read ?? []).map((path) => `read ${path}`),
    ...(fileSystem?.write ?? []).map((path) => `write ${path}`),
  ];
  const { permissions } = params;
  const grant = (id: string, scope: 'turn' | 'session', label: string): Offer => {
    return { id, label, result: { permissions: granted(permissions), scope } };
  };
  return {
    subject: 'permissions',
    // Rules of other shapes as they are.
    what: parts.length > 0 ? parts.join('\n') : JSON.stringify(permissions),
    why: whyOf(params.reason),
    decisions: [
      grant('accept', 'turn', 'Allow for this turn'),
      grant('acceptForSession', 'session', 'Allow in this session'),
      { id: 'decline', label: 'Don’t allow', result: { permissions: {}, scope: 'turn' } },
    ],
  };
}

/** What was asked for, without the parts that were not. */
function granted(permissions: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(permissions).filter(([, part]) => part != null));
}

function ofElicitation(params: RequestParams['mcpServer/elicitation/request']): Question {
  const { serverName, message, title, description, url, _meta: meta } = params;
  const said = message ?? [title, description].filter((text) => text != null).join('\n');
  const persist = field(meta, 'persist');
  const lasting = Array.isArray(persist) ? persist.filter((word) => typeof word === 'string') : [];
  const reply = (id: string, action: string, kept: string | null): Offer => {
    const result = {
      action,
      content: action === 'accept' ? {} : null,
      _meta: kept === null ? null : { persist: kept },
    };
    return { id, label: labelOf(id), result };
  };
  return {
    subject: 'mcp',
    what: [said === '' ? serverName : said, ...(url == null ? [] : [url])].join('\n'),
    why: textOf(field(meta, 'tool_description')),
    decisions: [
      reply('accept', 'accept', null),
      ...lasting.map((kept) => reply(persistWord(kept), 'accept', kept)),
      reply('decline', 'decline', null),
      reply('cancel', 'cancel', null),
    ],
  };
}

function persistWord(kept: string): string {
  switch (kept) {
    case 'session':
      return 'acceptForSession';
    case 'always':
      return 'acceptAlways';
    default:
      return `accept:${kept}`;
  }
}

/** One question with options is a choice; anything else needs more than one decision, so that none is offered. */
function ofUserInput({ questions }: RequestParams['item/tool/requestUserInput']): Question {
  const [first, ...more] = questions;
  const single = first === undefined || more.length > 0 ? null : first;
  return {
    subject: 'user_input',
    what: questions.map(({ header, question }) => (header === '' ? question : `${header}: ${question}`)).join('\n'),
    why: null,
    decisions: (single?.options ?? []).map(({ label, description }) => ({
      id: `${single?.id}=${label}`,
      label: description == null || description === '' ? label : `${label}: ${description}`,
      result: { answers: { [single?.id ?? '']: { answers: [label] } } },
    })),
  };
}

function given(id: string, isSecret: boolean, result: unknown): string {
  const answers = field(field(field(result, 'answers'), id), 'answers');
  if (!Array.isArray(answers)) return `${id}=`;
  return `${id}=${isSecret ? '…' : answers.map(String).join(', ')}`;
}

const whyOf = (reason: string | null | undefined): string | null => (reason == null || reason === '' ? null : reason);
