import type { ApprovalId, ApprovalSubject, EventBody, Receipt, TurnErrorCode } from '../../src/model/index.ts';
import { nativeThreadId, turnErrorCodes } from '../../src/model/index.ts';
import type { EventLog } from '../../webview/testing/event-log.ts';
import {
  cutOffTurn,
  forkInWorktree,
  keptByCodex,
  refusedTurns,
  sampleWorktree,
  servedTurns,
} from '../../webview/testing/event-log.ts';
import type { Scene } from './scene.ts';

// What stands beside the items of a turn: approvals, warnings, notices, failures, ends and receipts.

const sampleImport = {
  nativeThreadId: nativeThreadId('01a1ff84-916d-7f63-bafa-4fbac809e0d6'),
  source: 'cli',
  cliVersion: '0.150.0',
  historyCompleteness: 'backfilled',
  turns: 3,
  shortened: false,
} as const;

const hops = [
  ...['process', 'thread', 'turn', 'network', 'reply', 'reconnecting', 'command', 'tool', 'exit'],
  // In threads of earlier releases, and in one of a later.
  ...['runtime', 'provider', 'a hop of tomorrow'],
];
const sources = ['process', 'history', 'thread', 'config', 'provisioning'] as const;
const subjects = ['command', 'file_change', 'mcp', 'permissions', 'user_input'] as const;
const deciders = ['user', 'grant', 'policy', 'lifecycle'] as const;
/** A publish that hides what it does: the card shows marks that can't be seen. */
const hiding = 'npm publish --access public\u202e\u200b --tag next\nrm -rf build';

function asked(log: EventLog, subject: ApprovalSubject, id: string, what = 'npm publish --access public'): ApprovalId {
  const approvalId = id as ApprovalId;
  const decisions = [
    { id: 'once', label: 'Allow once' },
    { id: 'deny', label: 'Deny' },
  ];
  log.add({ kind: 'approval_requested', approvalId, subject, what, why: 'Publishing needs the registry.', decisions });
  return approvalId;
}

const approvals: readonly Scene[] = [
  {
    id: 'approval/each subject, decided',
    write: (log) => {
      log.begin('Publish it.');
      for (const [index, subject] of subjects.entries()) {
        const approvalId = asked(log, subject, `a${index}`);
        const decidedBy = deciders[index % deciders.length] ?? 'user';
        log.add({ kind: 'approval_resolved', approvalId, decision: index % 2 === 0 ? 'once' : 'deny', decidedBy });
      }
      log.complete();
    },
  },
  {
    id: 'approval/open, odd characters',
    write: (log) => {
      log.begin('Publish it.');
      asked(log, 'command', 'a1', hiding);
    },
    composer: { running: true },
  },
  {
    id: 'approval/huge',
    write: (log) => {
      log.begin('Publish it.');
      asked(log, 'command', 'a1', `${'npm run everything-there-is && '.repeat(80)}true`);
    },
    composer: { running: true },
  },
];

const notices: readonly Scene[] = [
  {
    id: 'warning/each source',
    write: (log) => {
      log.begin('Go on.');
      for (const source of sources) log.add({ kind: 'warning', source, text: 'model metadata not found' });
      log.add({ kind: 'warning', source: 'process', text: `A line that is ${'very '.repeat(30)}long.\nAnd one more.` });
      log.complete();
    },
    click: ['.quiet button.head'],
  },
  {
    id: 'notice/stalled, each hop',
    write: (log) => {
      log.begin('Go on.');
      for (const hop of hops) log.add({ kind: 'stalled', hop, since: '2026-01-02T03:04:05.000Z' });
      log.complete();
    },
  },
  {
    id: 'notice/each other',
    write: (log) => {
      log.add({
        kind: 'thread_forked',
        from: { threadId: 'thread-0', title: 'Fix the failing date test', nativeThreadId: null },
      });
      log.begin('Go on.');
      const bodies: readonly EventBody[] = [
        { kind: 'model_rerouted', askedModel: 'gpt-5.5', servedModel: 'gpt-5.5-mini', reason: 'overloaded' },
        { kind: 'context_compacted', before: 200_000, after: 40_000, how: 'auto' },
        { kind: 'context_compacted', before: null, after: null, how: 'asked' },
        { kind: 'review_mode', change: 'entered' },
        { kind: 'review_mode', change: 'left' },
        { kind: 'thread_imported', from: sampleImport },
        { kind: 'thread_imported', from: { ...sampleImport, shortened: true } },
        { kind: 'worktree_created', worktree: sampleWorktree },
        { kind: 'worktree_closed', how: 'merged', kept: null },
        { kind: 'worktree_closed', how: 'discarded', kept: null },
        { kind: 'worktree_closed', how: 'discarded', kept: 'refs/codex-lanes/kept/a1b2' },
        { kind: 'system_notice', code: 'instructions_dropped', text: 'AGENTS.md (41 KB), docs/AGENTS.md (33 KB)' },
        { kind: 'system_notice', code: 'of_the_system', text: 'Codex says something of its own.' },
      ];
      for (const body of bodies) log.add(body);
      log.complete();
    },
  },
  {
    id: 'notice/from an untitled thread',
    write: (log) => {
      log.add({ kind: 'thread_forked', from: { threadId: 'thread-0', title: '', nativeThreadId: null } });
      log.begin('Go on.');
      log.complete();
    },
  },
  {
    id: 'unknown event/open',
    write: (log) => {
      log.begin('Go on.');
      log.add({
        kind: 'unsupported_raw_event',
        rawType: 'item.of_tomorrow',
        payload: '{"type":"item.of_tomorrow","n":[1,2]}',
      });
      log.complete();
    },
    click: ['.quiet button.head'],
  },
];

/** Failures that a lane told, each with what may help it. */
function failuresOf(codes: readonly TurnErrorCode[]): (log: EventLog) => void {
  return (log) => {
    for (const code of codes) {
      log.begin(`It ends with ${code}.`);
      log.add({
        kind: 'turn_failed',
        durationMs: 120,
        error: { code, message: `The turn ended with ${code}.`, retryable: false, hint: 'What to do about it.' },
      });
    }
  };
}

const perPicture = 5;
const failures: readonly Scene[] = [
  ...Array.from({ length: Math.ceil(turnErrorCodes.length / perPicture) }, (_, index) => ({
    id: `failure/by code ${index + 1}`,
    write: failuresOf(turnErrorCodes.slice(index * perPicture, (index + 1) * perPicture)),
  })),
  { id: 'failure/refused by a gate', write: refusedTurns },
  {
    id: 'failure/budget of the api lane',
    write: (log) => {
      log.begin('Do it all.');
      log.end({
        kind: 'turn_failed',
        durationMs: 480_000,
        error: {
          code: 'budget_spent',
          message: 'The turn was stopped after 40 requests, as many as setting `codexLanes.api.maxRounds` allows (40).',
          retryable: true,
          hint: 'Send again to go on from here, or raise the limit in the settings.',
        },
      });
    },
  },
  {
    id: 'failure/every action',
    write: (log) => {
      log.begin('Do it.');
      log.refuse({
        code: 'lane_disabled',
        message: 'Everything that may help stands here.',
        hint: null,
        actions: [
          ...['useNative', 'showLog', 'selectLane', 'openCodexPath', 'installCodex', 'runDoctor', 'chooseNativeAuth'],
          ...['enableNative', 'liftPin', 'setApiKey', 'an action of tomorrow'],
        ],
      });
    },
  },
  {
    id: 'failure/details open, odd characters',
    write: (log) => {
      log.begin('Do it.');
      log.end({
        kind: 'turn_failed',
        durationMs: 120,
        error: {
          code: 'server_error',
          message: `The endpoint https://${'long-name.'.repeat(20)}example.org answered 500.`,
          retryable: true,
          hint: 'Try again. <b>مرحبا</b> 日本語',
          detail: `500 {"error":"${'internal '.repeat(60)}"}\n\u001b[31mred\u001b[0m`,
        },
      });
    },
    click: ['.failure .link-button'],
  },
];

const ends: readonly Scene[] = [
  { id: 'end/stopped by the user', write: (log) => cutOffTurn(log, 'user') },
  { id: 'end/by a shutdown, goes on', write: cutOffTurn, view: keptByCodex },
  { id: 'end/by a timeout', write: (log) => cutOffTurn(log, 'timeout') },
  {
    id: 'end/not the last',
    write: (log) => {
      cutOffTurn(log, 'user');
      log.begin('Again.');
      log.text('t', 'Done.');
      log.complete();
    },
  },
];

function withReceipt(id: string, receipt: Partial<Receipt>, open: boolean): Scene {
  return {
    id: `receipt/${id}`,
    write: (log) => {
      log.begin('Do it.');
      log.text('t', 'Done.');
      log.complete(receipt);
    },
    ...(open ? { click: ['.receipt .line'] } : {}),
  };
}

const receipts: readonly Scene[] = [
  withReceipt('folded', {}, false),
  withReceipt('native, open', {}, true),
  withReceipt(
    'api, open',
    {
      transport: 'responses',
      executable: null,
      endpoint: 'api.example.org',
      payer: { kind: 'api-key', label: '…abcd', source: 'SecretStorage' },
      asked: 'auto',
      resolved: 'api',
      modelServed: 'gpt-5.5-2026-01-01',
      usageAuthority: 'responses-completed',
      exitCode: null,
      sandbox: null,
      approvalPolicy: null,
      warnings: {},
    },
    true,
  ),
  withReceipt(
    'api with tools, open',
    {
      transport: 'responses',
      executable: null,
      endpoint: 'api.example.org',
      payer: { kind: 'api-key', label: '…abcd', source: 'SecretStorage' },
      asked: 'auto',
      resolved: 'api',
      modelServed: 'gpt-5.5-2026-01-01',
      usageAuthority: 'responses-completed',
      exitCode: null,
      sandbox: null,
      approvalPolicy: 'auto-edit',
      warnings: {},
      rounds: 7,
      commands: { sandboxed: 3, unsandboxed: 1 },
      cost: { usd: 0.042_13, source: 'codexLanes.api.prices' },
    },
    true,
  ),
  withReceipt(
    'nothing known, open',
    {
      modelAsked: null,
      modelServed: 'unknown',
      effort: null,
      payer: { kind: 'none', label: 'practice (offline)', source: 'none' },
      usage: { input: null, cachedInput: null, output: null, reasoningOutput: null, cacheWrite: null },
      usageAuthority: null,
      killStep: 'SIGKILL',
      exitCode: 137,
      warnings: { process: 3, config: 1 },
      durations: { queueMs: 70_000, firstEventMs: null, firstTextMs: null, totalMs: 3_700_000 },
    },
    true,
  ),
  withReceipt(
    'key in the vault, open',
    { payer: { kind: 'api-key', label: '…abcd', source: 'stored key' }, vaultRequests: 4 },
    true,
  ),
  { id: 'receipt/another model, and none told', write: servedTurns, click: ['.receipt .line'] },
  {
    id: 'receipt/millions',
    write: (log) => {
      log.begin('Do it.');
      log.complete({
        killStep: 'SIGINT',
        usage: { input: 2_345_678, cachedInput: 2_000_000, output: 980, reasoningOutput: 0, cacheWrite: 0 },
      });
    },
  },
  { id: 'worktree/idle', write: forkInWorktree, whole: true },
  { id: 'worktree/running', write: forkInWorktree, composer: { running: true }, whole: true },
];

export const turnScenes: readonly Scene[] = [...approvals, ...notices, ...failures, ...ends, ...receipts];
