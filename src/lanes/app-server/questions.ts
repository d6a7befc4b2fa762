import type { ApprovalAnswers, ApprovalDecision } from '../../model/index.ts';
import { withoutSecrets } from '../../model/index.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../../ports/index.ts';
import { answersOfContent, contentOf, fieldsOfQuestions, formOf, resultOfQuestions } from './question-fields.ts';
import type { Request, RequestParams } from './wire.ts';
import { field, textOf } from './wire.ts';

/** One decision that is offered: what it is called, and what to answer the server when it is taken. */
type Offer = ApprovalDecision & { readonly result: unknown; readonly filled?: (answers: ApprovalAnswers) => unknown };

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

/** The question as it is put to the user: without what is answered for them. */
export function requestOf({ decisions, ...question }: Question): ApprovalRequest {
  const offered = decisions.map(({ result: _, filled: _filled, ...decision }) => decision);
  return { ...question, decisions: offered };
}

/** What to answer the server when the user has answered. Throws on a decision that was not offered. */
export function resultOf({ decisions }: Question, { decision, answers }: ApprovalAnswer): unknown {
  const taken = decisions.find(({ id }) => id === decision);
  if (taken === undefined) throw new Error(`the decision ${decision} was not offered`);
  return taken.filled?.(answers) ?? taken.result;
}

/** What was filled in, in an answer of the client's; what is secret is left out. */
export function answersIn(request: Asking, result: unknown): ApprovalAnswers {
  switch (request.method) {
    case 'item/tool/requestUserInput': {
      const { questions } = request.params;
      const given = questions.map(({ id }) => [id, field(field(field(result, 'answers'), id), 'answers')] as const);
      const answers = given.flatMap(([id, texts]) => (Array.isArray(texts) ? [[id, texts.map(String)] as const] : []));
      return withoutSecrets(fieldsOfQuestions(questions), Object.fromEntries(answers));
    }
    case 'mcpServer/elicitation/request':
      return answersOfContent(field(result, 'content'));
    default:
      return {};
  }
}

/** Which decision an answer means; of one that is none of ours its own word. */
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
      return Object.keys(answersIn(request, result)).length > 0 ? 'answer' : 'decline';
  }
}

const labels: Readonly<Record<string, string>> = {
  accept: 'Allow',
  // Codex forgets it when the thread is let go.
  acceptForSession: 'Allow until this turn ends',
  acceptAlways: 'Always allow',
  decline: 'Don’t allow',
  cancel: 'Don’t allow, and stop the turn',
  answer: 'Answer',
};

const labelOf = (id: string): string => (Object.hasOwn(labels, id) ? labels[id] : undefined) ?? id;

function offer(id: string, decision: unknown, label = labelOf(id), detail?: string): Offer {
  return { id, label, ...(detail === undefined ? {} : { detail }), result: { decision } };
}

const usualDecisions = ['accept', 'acceptForSession', 'decline', 'cancel'] as const;

function ofCommand(params: RequestParams['item/commandExecution/requestApproval']): Question {
  const { command, networkApprovalContext: host, reason, availableDecisions } = params;
  const reach = host == null ? null : `${host.protocol}://${host.host}`;
  const decisions = (availableDecisions ?? usualDecisions).map((decision) => offerOf(decision));
  const grantable = grantableOf(params, decisions);
  const what = command ?? reach ?? '';
  return { subject: 'command', what, why: whyOf(reason), decisions, ...(grantable === null ? {} : { grantable }) };
}

/** Only a whole command, on this machine, with no more rights than running it means, is the same the next time. */
function grantableOf(
  params: RequestParams['item/commandExecution/requestApproval'],
  decisions: readonly Offer[],
): NonNullable<Question['grantable']> | null {
  const { command, cwd, environmentId, networkApprovalContext, additionalPermissions, kind, approvalId } = params;
  if (command == null || command === '' || cwd == null || cwd === '') return null;
  if (networkApprovalContext != null || additionalPermissions != null || approvalId != null) return null;
  if ((environmentId ?? 'local') !== 'local' || (kind ?? 'command') !== 'command') return null;
  return decisions.some(({ id }) => id === 'accept') ? { decision: 'accept', command, cwd } : null;
}

/** A decision is a word, or an object with one key that says what is allowed from then on. */
function offerOf(decision: string | Readonly<Record<string, unknown>>): Offer {
  const id = wordOf(decision);
  if (typeof decision === 'string') return offer(id, decision);
  const amendment = Object.values(decision)[0];
  const prefix = field(amendment, 'execpolicy_amendment');
  if (Array.isArray(prefix)) {
    const words = prefix.map(quoted).join(' ');
    return offer(id, decision, `Allow, and always allow commands that begin with: ${words}`, words);
  }
  const rule = field(amendment, 'network_policy_amendment');
  const host = textOf(field(rule, 'host'));
  if (host === null) return offer(id, decision);
  const denies = field(rule, 'action') === 'deny';
  const label = denies ? `Never allow to reach ${host}` : `Allow, and always allow to reach ${host}`;
  return offer(id, decision, label, host);
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
      grant('acceptForSession', 'session', 'Allow for the session, which ends with this turn'),
      { id: 'decline', label: 'Don’t allow', result: { permissions: {}, scope: 'turn' } },
    ],
  };
}

/** What was asked for, without the parts that were not. */
function granted(permissions: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(permissions).filter(([, part]) => part != null));
}

function ofElicitation(params: RequestParams['mcpServer/elicitation/request']): Question {
  const { serverName, mode, message, title, description, url, requestedSchema, _meta: meta } = params;
  const { fields, isWhole } = formOf(requestedSchema);
  const said = message ?? [title, description].filter((text) => text != null).join('\n');
  const persist = field(meta, 'persist');
  const lasting = Array.isArray(persist) ? persist.filter((word) => typeof word === 'string') : [];
  const reply = (id: string, action: string, kept: string | null): Offer => {
    const _meta = kept === null ? null : { persist: kept };
    const result = { action, content: action === 'accept' ? {} : null, _meta };
    if (action !== 'accept' || fields.length === 0) return { id, label: labelOf(id), result };
    const filled = (answers: ApprovalAnswers) => ({ ...result, content: contentOf(requestedSchema, answers) });
    return { id, label: labelOf(id), takesAnswers: true, result, filled };
  };
  // What we can't ask for can't be agreed to.
  const accepting = isWhole && ['form', 'openai/form', 'openaiForm', 'url'].includes(mode);
  return {
    subject: 'mcp',
    what: [said === '' ? serverName : said, ...(url == null ? [] : [url])].join('\n'),
    why: textOf(field(meta, 'tool_description')),
    decisions: [
      ...(accepting ? [reply('accept', 'accept', null)] : []),
      ...(accepting ? lasting.map((kept) => reply(persistWord(kept), 'accept', kept)) : []),
      reply('decline', 'decline', null),
      { ...reply('cancel', 'cancel', null), label: 'Close without an answer' },
    ],
    ...(fields.length === 0 ? {} : { fields }),
    ...(url != null && /^https?:\/\//i.test(url) ? { url } : {}),
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

/** Each question is a field; who answers none of them declines. */
function ofUserInput({ questions }: RequestParams['item/tool/requestUserInput']): Question {
  return {
    subject: 'user_input',
    what: questions.map(({ header, question }) => (header === '' ? question : `${header}: ${question}`)).join('\n'),
    why: null,
    decisions: [
      {
        id: 'answer',
        label: labelOf('answer'),
        takesAnswers: true,
        result: { answers: {} },
        filled: resultOfQuestions,
      },
      { id: 'decline', label: 'Don’t answer', result: { answers: {} } },
    ],
    fields: fieldsOfQuestions(questions),
  };
}

const whyOf = (reason: string | null | undefined): string | null => (reason == null || reason === '' ? null : reason);
