import * as z from 'zod';
import { wireChange, wireItem } from './wire-item.ts';

const text = z.string();
const maybeText = z.string().nullish();
const ofThread = { threadId: z.string() };
const ofTurn = { ...ofThread, turnId: z.string() };
const ofItem = { ...ofTurn, itemId: z.string() };
const delta = z.looseObject({ ...ofItem, delta: text });
const atThread = z.looseObject(ofThread);

const threadStatus = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal(['notLoaded', 'idle', 'systemError']) }),
  z.looseObject({ type: z.literal('active'), activeFlags: z.array(text) }),
]);
/** `codexErrorInfo` is a word, or an object with one key; what else may come is read as unknown. */
const turnError = z.looseObject({
  message: text,
  codexErrorInfo: z.unknown().optional(),
  additionalDetails: maybeText,
});
const turn = z.looseObject({
  id: z.string(),
  /** The turn that this one works for; itself where it works for none. */
  rootTurnId: maybeText,
  status: text,
  error: turnError.nullish(),
  durationMs: z.number().nullish(),
});
const settings = z.looseObject({
  cwd: maybeText,
  model: maybeText,
  effort: maybeText,
  approvalPolicy: z.unknown().optional(),
  sandboxPolicy: z.unknown().optional(),
});
const tokens = z.number().nullish();
const usage = z.looseObject({
  inputTokens: tokens,
  cachedInputTokens: tokens,
  cacheWriteInputTokens: tokens,
  outputTokens: tokens,
  reasoningOutputTokens: tokens,
});
/** Of the last request, or (with nothing but its total) what the conversation came to when it was compacted. */
const lastUsage = z.looseObject({ ...usage.shape, totalTokens: tokens });
const review = z.looseObject({
  ...ofTurn,
  reviewId: z.string(),
  targetItemId: maybeText,
  review: z.looseObject({ status: text, rationale: maybeText }),
  action: z.looseObject({ type: text }),
});
const notice = z.looseObject({ summary: text, details: maybeText });

/** What the server tells and a turn or a thread shows, by method. */
const notifications = {
  error: z.looseObject({ ...ofTurn, error: turnError, willRetry: z.boolean() }),
  'thread/started': z.looseObject({
    thread: z.looseObject({
      id: z.string(),
      cwd: maybeText,
      status: threadStatus.nullish(),
      forkedFromId: maybeText,
      parentThreadId: maybeText,
    }),
  }),
  'thread/status/changed': z.looseObject({ ...ofThread, status: threadStatus }),
  'thread/closed': atThread,
  'thread/name/updated': z.looseObject({ ...ofThread, threadName: maybeText }),
  'thread/settings/updated': z.looseObject({ ...ofThread, threadSettings: settings }),
  'thread/tokenUsage/updated': z.looseObject({
    ...ofTurn,
    tokenUsage: z.looseObject({ total: usage, last: lastUsage.nullish(), modelContextWindow: z.number().nullish() }),
  }),
  'thread/compacted': z.looseObject(ofTurn),
  'turn/started': z.looseObject({ ...ofThread, turn }),
  'turn/completed': z.looseObject({ ...ofThread, turn }),
  'turn/diff/updated': z.looseObject({ ...ofTurn, diff: text }),
  'turn/plan/updated': z.looseObject({
    ...ofTurn,
    plan: z.array(z.looseObject({ step: text, status: z.enum(['pending', 'inProgress', 'completed']) })),
  }),
  'item/started': z.looseObject({ ...ofTurn, item: wireItem }),
  'item/completed': z.looseObject({ ...ofTurn, item: wireItem }),
  'item/agentMessage/delta': delta,
  'item/plan/delta': delta,
  'item/reasoning/summaryPartAdded': z.looseObject(ofItem),
  'item/reasoning/summaryTextDelta': z.looseObject({ ...ofItem, delta: text, summaryIndex: z.number() }),
  'item/reasoning/textDelta': z.looseObject({ ...ofItem, delta: text, contentIndex: z.number() }),
  'item/commandExecution/outputDelta': delta,
  'item/commandExecution/terminalInteraction': z.looseObject({ ...ofItem, stdin: text }),
  'item/fileChange/patchUpdated': z.looseObject({ ...ofItem, changes: z.array(wireChange) }),
  'item/mcpToolCall/progress': z.looseObject({ ...ofItem, message: text }),
  'item/autoApprovalReview/started': review,
  'item/autoApprovalReview/completed': review,
  'autoApprovalReview/strictReviewRequired': z.looseObject(ofTurn),
  'hook/completed': z.looseObject({
    ...ofThread,
    turnId: maybeText,
    run: z.looseObject({
      eventName: text,
      status: text,
      statusMessage: maybeText,
      entries: z.array(z.looseObject({ kind: text, text })),
    }),
  }),
  'serverRequest/resolved': z.looseObject({ ...ofThread, requestId: z.union([z.string(), z.number()]) }),
  'model/rerouted': z.looseObject({ ...ofTurn, fromModel: text, toModel: text, reason: text }),
  'model/verification': z.looseObject({ ...ofTurn, verifications: z.array(text) }),
  'model/safetyBuffering/updated': z.looseObject({ ...ofTurn, model: text, showBufferingUi: z.boolean() }),
  'modelProvider/authRecoveryStarted': z.looseObject({ ...ofTurn, message: text }),
  'modelProvider/authRecoveryCompleted': z.looseObject({ ...ofTurn, message: text }),
  warning: z.looseObject({ threadId: maybeText, message: text }),
  guardianWarning: z.looseObject({ ...ofThread, message: text }),
  deprecationNotice: notice,
  configWarning: z.looseObject({ ...notice.shape, path: maybeText }),
  'windows/worldWritableWarning': z.looseObject({ samplePaths: z.array(text) }),
  'windowsSandbox/setupCompleted': z.looseObject({ success: z.boolean(), error: maybeText }),
} as const;

/**
 * What the server tells that is no part of any turn's story: the readers of accounts, MCP servers, skills and thread lists
 * take it. It makes no event and no noise.
 */
export const controlNotifications = [
  'account/gatewayOAuth/changed',
  'account/login/completed',
  'account/rateLimits/updated',
  'account/updated',
  'app/list/updated',
  'command/exec/outputDelta',
  'externalAgentConfig/import/completed',
  'externalAgentConfig/import/progress',
  'fs/changed',
  'fuzzyFileSearch/sessionCompleted',
  'fuzzyFileSearch/sessionUpdated',
  // Its end says what it did.
  'hook/started',
  // The server no longer sends it, says its schema.
  'item/fileChange/outputDelta',
  'mcpServer/event/stream/notification',
  'mcpServer/oauthLogin/completed',
  'mcpServer/startupStatus/updated',
  'process/exited',
  'process/outputDelta',
  'project/changed',
  // The same once more, as the model's endpoint said it.
  'rawResponse/completed',
  'rawResponseItem/completed',
  'remoteControl/status/changed',
  'skills/changed',
  'thread/archived',
  'thread/attachment/updated',
  'thread/deleted',
  'thread/environment/connected',
  'thread/environment/disconnected',
  'thread/goal/cleared',
  'thread/goal/updated',
  'thread/prediction/updated',
  'thread/project/updated',
  'thread/queue/changed',
  'thread/readState/changed',
  'thread/realtime/closed',
  'thread/realtime/error',
  'thread/realtime/item/completed',
  'thread/realtime/item/started',
  'thread/realtime/item/transcript/delta',
  'thread/realtime/itemAdded',
  'thread/realtime/outputAudio/delta',
  'thread/realtime/sdp',
  'thread/realtime/started',
  'thread/realtime/transcript/delta',
  'thread/realtime/transcript/done',
  'thread/reverted',
  'thread/section/changed',
  'thread/unarchived',
  'turn/moderationMetadata',
] as const;

/** What the server asks about a turn, by method. */
const requests = {
  'item/commandExecution/requestApproval': z.looseObject({
    ...ofItem,
    reason: maybeText,
    command: maybeText,
    cwd: maybeText,
    environmentId: maybeText,
    kind: maybeText,
    approvalId: maybeText,
    additionalPermissions: z.unknown().optional(),
    networkApprovalContext: z.looseObject({ host: text, protocol: text }).nullish(),
    availableDecisions: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])).nullish(),
  }),
  'item/fileChange/requestApproval': z.looseObject({ ...ofItem, reason: maybeText, grantRoot: maybeText }),
  'item/permissions/requestApproval': z.looseObject({
    ...ofItem,
    cwd: maybeText,
    reason: maybeText,
    permissions: z.looseObject({
      network: z.looseObject({ enabled: z.boolean().nullish() }).nullish(),
      fileSystem: z.looseObject({ read: z.array(text).nullish(), write: z.array(text).nullish() }).nullish(),
    }),
  }),
  'item/tool/requestUserInput': z.looseObject({
    ...ofItem,
    questions: z.array(
      z.looseObject({
        id: z.string(),
        header: text,
        question: text,
        isOther: z.boolean().nullish(),
        isSecret: z.boolean().nullish(),
        options: z.array(z.looseObject({ label: text, description: maybeText })).nullish(),
      }),
    ),
  }),
  'item/tool/call': z.looseObject({
    ...ofTurn,
    callId: z.string(),
    namespace: maybeText,
    tool: text,
    arguments: z.unknown().optional(),
  }),
  'mcpServer/elicitation/request': z.looseObject({
    ...ofThread,
    turnId: maybeText,
    serverName: text,
    mode: text,
    message: maybeText,
    title: maybeText,
    description: maybeText,
    url: maybeText,
    requestedSchema: z.unknown().optional(),
    _meta: z.unknown().optional(),
  }),
} as const;

/** Questions of a protocol before this one; no thread of ours is asked so. */
export const earlierRequests = ['applyPatchApproval', 'execCommandApproval'] as const;

/** What the server asks the client itself; no turn shows it. */
export const controlRequests = [
  'account/chatgptAuthTokens/refresh',
  'attestation/generate',
  'currentTime/read',
] as const;

type NotificationMethod = keyof typeof notifications;
type RequestMethod = keyof typeof requests;
export type NotificationParams = { readonly [M in NotificationMethod]: z.infer<(typeof notifications)[M]> };
export type RequestParams = { readonly [M in RequestMethod]: z.infer<(typeof requests)[M]> };
export type WireTurnError = z.infer<typeof turnError>;
export type WireUsage = z.infer<typeof usage>;
export type WireThreadStatus = z.infer<typeof threadStatus>;

export type RequestId = string | number;
export type Notification = {
  readonly [M in NotificationMethod]: {
    readonly kind: 'notification';
    readonly method: M;
    readonly params: NotificationParams[M];
  };
}[NotificationMethod];
export type Request = {
  readonly [M in RequestMethod]: {
    readonly kind: 'request';
    readonly method: M;
    readonly id: RequestId;
    readonly params: RequestParams[M];
  };
}[RequestMethod];

/** Which thread and turn a message names. */
export type Place = { readonly threadId: string | null; readonly turnId: string | null };

/** Who wrote a message: the server, the client; null = a kept stream does not say. */
export type Direction = 'server' | 'client' | null;

export type WireMessage =
  | Notification
  | Request
  /** Known, and nothing for a turn. */
  | { readonly kind: 'control' }
  /** The answer to a request, whoever asked. */
  | {
      readonly kind: 'answer';
      readonly from: Direction;
      readonly id: RequestId;
      readonly result: unknown;
      readonly failed: boolean;
    }
  /** What the client asks. */
  | { readonly kind: 'call'; readonly id: RequestId; readonly method: string; readonly params: unknown }
  /** JSON that we do not know, or whose known method has another shape. */
  | { readonly kind: 'unknown'; readonly rawType: string; readonly raw: unknown; readonly place: Place }
  | { readonly kind: 'not-json'; readonly raw: string }
  | { readonly kind: 'empty' };

export const handledNotifications = Object.keys(notifications);
export const handledRequests = Object.keys(requests);

const control: ReadonlySet<string> = new Set([...controlNotifications, ...controlRequests]);
/** Requests that only the server makes. */
const isServers = (method: string): boolean =>
  Object.hasOwn(requests, method) ||
  (earlierRequests as readonly string[]).includes(method) ||
  method.startsWith('item/');

/** Reads one line of a kept stream: a message as it went over the wire, or `{ms, dir, msg}` with one in it. Never throws. */
export function readLine(line: string): WireMessage {
  if (line.trim() === '') return { kind: 'empty' };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'not-json', raw: line };
  }
  const dir = field(value, 'dir');
  const wrapped = (dir === '<' || dir === '>') && field(value, 'method') === undefined;
  return wrapped ? readMessage(field(value, 'msg'), dir === '<' ? 'server' : 'client') : readMessage(value, null);
}

/** Reads one message. Never throws. */
export function readMessage(value: unknown, from: Direction): WireMessage {
  const method = field(value, 'method');
  const id = field(value, 'id');
  const isId = typeof id === 'string' || typeof id === 'number';
  if (typeof method !== 'string') {
    const error = field(value, 'error');
    const result = field(value, 'result');
    if (!isId || (error === undefined && result === undefined)) return unknown('message', value);
    return { kind: 'answer', from, id, result, failed: error !== undefined };
  }
  if (from === 'client') {
    return isId ? { kind: 'call', id, method, params: field(value, 'params') } : { kind: 'control' };
  }
  if (control.has(method)) return { kind: 'control' };
  const params = field(value, 'params');
  if (isId) {
    const known = parsedBy(requests, method, params);
    if (known !== null) return { kind: 'request', method, id, params: known } as Request;
    if (from === null && !isServers(method)) return { kind: 'call', id, method, params };
    return unknown(method, value);
  }
  const known = parsedBy(notifications, method, params);
  if (known !== null) return { kind: 'notification', method, params: known } as Notification;
  if (from === null && method === 'initialized') return { kind: 'control' };
  return unknown(method, value);
}

/** Which thread and turn a message is about, whatever else is in it. */
export function placeOf(message: WireMessage): Place {
  switch (message.kind) {
    case 'notification':
    case 'request':
      return placeIn(message.params);
    case 'unknown':
      return message.place;
    default:
      return { threadId: null, turnId: null };
  }
}

function placeIn(params: unknown): Place {
  return {
    threadId: nameOf(
      field(params, 'threadId') ?? field(field(params, 'thread'), 'id') ?? field(params, 'conversationId'),
    ),
    turnId: nameOf(field(params, 'turnId') ?? field(field(params, 'turn'), 'id')),
  };
}

function parsedBy(schemas: Readonly<Record<string, z.ZodType>>, method: string, params: unknown): unknown {
  const schema = Object.hasOwn(schemas, method) ? schemas[method] : undefined;
  const parsed = schema?.safeParse(params);
  return parsed?.success === true ? parsed.data : null;
}

function unknown(name: string, raw: unknown): WireMessage {
  const params = field(raw, 'params');
  const item = textOf(field(field(params, 'item'), 'type'));
  return { kind: 'unknown', rawType: item === null ? name : `${name}/${item}`, raw, place: placeIn(params) };
}

/** A field of whatever that is. */
export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** Null: it is no name. */
export function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Null: it is no text. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
