import type {
  EventBody,
  LogEvent,
  NativeThreadId,
  Receipt,
  SendQuestion,
  ThreadId,
  ThreadView,
  TurnError,
  TurnId,
  TurnProgress,
} from '../../src/model/index.ts';
import { emptyThread, foldAll, itemId, threadId, turnId } from '../../src/model/index.ts';
import type { ComposerState } from '../../src/protocol/index.ts';

/** Builds an event log as the engine would write it: `seq` without gaps, a clock of its own. */
export class EventLog {
  readonly threadId: ThreadId = threadId('thread-1');
  readonly events: LogEvent[] = [];
  #now: number;
  #turn: TurnId | undefined;
  #turns = 0;

  constructor(startedAt = '2026-01-02T03:04:05.000Z') {
    this.#now = Date.parse(startedAt);
  }

  /** Adds an event of the turn that runs, `after` milliseconds after the one before. */
  add(body: EventBody, item?: string, after = 100): LogEvent {
    this.#now += after;
    const event: LogEvent = {
      ...body,
      v: 1,
      seq: this.events.length + 1,
      at: new Date(this.#now).toISOString(),
      provider: 'codex',
      laneId: 'codex-native',
      transport: 'exec',
      threadId: this.threadId,
      ...(this.#turn === undefined ? {} : { turnId: this.#turn }),
      ...(item === undefined ? {} : { itemId: itemId(item) }),
    };
    this.events.push(event);
    return event;
  }

  begin(prompt: string, attachments: Extract<EventBody, { kind: 'user_message' }>['attachments'] = []): void {
    if (this.events.length === 0) this.add({ kind: 'thread_started', cwd: '/home/me/sample-workspace' });
    this.#turn = turnId(`turn-${++this.#turns}`);
    this.add({ kind: 'user_message', text: prompt, attachments, delivery: 'start' });
    const trace = [{ rule: 'selected', says: 'Native was selected' }];
    this.add({ kind: 'lane_decided', asked: 'codex-native', resolved: 'codex-native', trace });
    this.add({
      kind: 'turn_started',
      model: 'gpt-5.5',
      effort: 'medium',
      cwd: '/home/me/sample-workspace',
      sandbox: 'workspace-write',
      approvalPolicy: 'never',
    });
  }

  end(
    body: Extract<EventBody, { kind: 'turn_completed' | 'turn_failed' | 'turn_interrupted' }>,
    receipt: Partial<Receipt> = {},
  ): void {
    this.add(body);
    const about = this.#turn;
    this.#turn = undefined;
    if (about === undefined) return;
    this.add({ kind: 'receipt', receipt: { ...sampleReceipt, ...receipt }, aboutTurnId: about });
  }

  complete(receipt: Partial<Receipt> = {}): void {
    this.end({ kind: 'turn_completed', durationMs: 8400 }, receipt);
  }

  /** A turn that a gate refused: nothing ran. */
  refuse(error: Omit<TurnError, 'retryable'>): void {
    this.end({ kind: 'turn_failed', durationMs: 1, error: { ...error, retryable: false } }, nothingRan);
  }

  command(item: string, command: string, output: string, exitCode: number, durationMs: number): void {
    this.add({ kind: 'command_execution', phase: 'started', command, status: 'in_progress' }, item);
    const status = exitCode === 0 ? 'completed' : 'failed';
    this.add(
      { kind: 'command_execution', phase: 'completed', command, output, exitCode, durationMs, status },
      item,
      durationMs,
    );
  }

  text(item: string, text: string): void {
    this.add({ kind: 'assistant_text', text, isDelta: false }, item);
  }

  view(): ThreadView {
    return foldAll(emptyThread(this.threadId), this.events);
  }
}

const sampleReceipt: Receipt = {
  transport: 'exec',
  executable: { path: '/usr/local/bin/codex', source: 'system-path', version: 'codex-cli 0.169.0' },
  endpoint: null,
  payer: { kind: 'api-key', label: 'API key …abcd', source: 'CODEX_API_KEY' },
  modelServed: 'gpt-5.5',
  nativeThreadId: null,
  completionPolicy: 'persistent',
  historyCompleteness: 'explicit-hydration-required',
  usage: { input: 12_300, cachedInput: 8000, output: 1200, reasoningOutput: 400, cacheWrite: null },
  usageAuthority: 'live-turn-completed',
  exitCode: 0,
  killStep: 'none',
  asked: 'codex-native',
  resolved: 'codex-native',
  trace: [{ rule: 'selected', says: 'Native was selected' }],
  modelAsked: 'gpt-5.5',
  effort: 'medium',
  sandbox: 'workspace-write',
  approvalPolicy: 'never',
  cwd: '/home/me/sample-workspace',
  warnings: { process: 1 },
  durations: { queueMs: 3, firstEventMs: 420, firstTextMs: 6100, totalMs: 8400 },
  seal: 'f'.repeat(64),
};

const nothingRan: Partial<Receipt> = {
  executable: null,
  payer: null,
  modelServed: 'unknown',
  completionPolicy: null,
  historyCompleteness: null,
  usage: null,
  usageAuthority: null,
  exitCode: null,
  resolved: null,
  warnings: {},
  durations: { queueMs: 1, firstEventMs: null, firstTextMs: null, totalMs: 1 },
};

export const idleComposer: ComposerState = {
  lane: { icon: 'terminal', label: 'Codex native', tooltip: 'Codex native is ready', selected: 'codex-native' },
  blocked: null,
  folder: { path: '/home/me/sample-workspace', name: 'sample-workspace' },
  folderCanChange: false,
  configured: { model: 'gpt-5.5', effort: 'medium', profile: null, addDirs: [] },
  images: true,
  sandbox: { icon: 'shield', label: 'workspace', tooltip: 'Commands may write in the workspace', canChange: true },
  approvals: { icon: 'circle-slash', label: 'never asks', tooltip: 'What the sandbox forbids is refused' },
  running: false,
  progress: null,
  stopping: false,
  steers: false,
  queued: 0,
  trusted: true,
  editor: 'dates.ts',
};

/** The composer on a lane that only answers. */
export const textOnlyComposer: ComposerState = {
  ...idleComposer,
  lane: { icon: 'cloud', label: 'Auto (currently: OpenAI API)', tooltip: 'Runtime: Auto - ready', selected: 'auto' },
  sandbox: {
    icon: 'comment',
    label: 'answers in text only',
    tooltip: 'This lane runs no commands and changes no files.',
    canChange: false,
  },
  approvals: null,
  images: false,
};

export const payerQuestion: SendQuestion = {
  id: 'payer-changed:someone:abcd',
  kind: 'payer-changed',
  from: 'ChatGPT (someone@example.org)',
  to: 'API key …abcd from CODEX_API_KEY',
};

export const trustQuestion: SendQuestion = {
  id: 'folder-trust:/home/me/work/customers/a-long-name-of-a-customer/sample-workspace',
  kind: 'folder-trust',
  folder: '/home/me/work/customers/a-long-name-of-a-customer/sample-workspace',
};

const diff = [
  '--- a/src/dates.ts',
  '+++ b/src/dates.ts',
  '@@ -12,3 +12,3 @@',
  ' export function monthName(month: number) {',
  '-  return names[month];',
  '+  return names[month - 1];',
  ' }',
  '',
].join('\n');

/** The turn of the picture that the page was designed after. */
export function datesTurn(log: EventLog): void {
  log.begin('Fix the failing test in dates.ts, then run the suite.', [
    { kind: 'file', path: 'src/dates.ts', label: 'dates.ts 12–40' },
  ]);
  log.add({ kind: 'reasoning', text: 'The month is read ', isDelta: true }, 'r1');
  log.add({ kind: 'reasoning', text: 'The month is read as zero-based.', isDelta: false }, 'r1', 4000);
  const failing = '  ✕ monthName(1) is "January"\n    expected "January", got "February"\n';
  log.command('c1', 'npm test -- dates', failing, 1, 2100);
  log.add(
    {
      kind: 'file_change',
      phase: 'completed',
      changes: [{ path: 'src/dates.ts', kind: 'update', diff }],
      status: 'completed',
      diffSource: 'runtime',
    },
    'f1',
  );
  log.command('c2', 'npm test -- dates', '3 passed\n', 0, 2000);
  log.text(
    't1',
    'The month was read as zero-based while every caller passes 1–12. I changed the lookup in [src/dates.ts:14](src/dates.ts:14); the three date tests pass.',
  );
  log.complete();
}

/** How far a turn is that began `ms` milliseconds ago and has been silent since 0.3 s later. */
export function silentFor(ms: number, more: Partial<TurnProgress['waiting']> = {}): TurnProgress {
  const start = Date.now() - ms;
  const at = (after: number) => new Date(start + after).toISOString();
  return {
    steps: [
      { what: 'process-started', at: at(0), detail: '123' },
      { what: 'thread-started', at: at(200), detail: nativeThread },
      { what: 'turn-started', at: at(300), detail: null },
    ],
    waiting: { on: 'network', what: null, since: at(300), ...more },
    givesUpAt: at(300_000),
  };
}

const nativeThread = '0199a213-81c0-7800-8aa1-bbab2a035a53' as NativeThreadId;

/** A turn of which Codex has the thread, cut off. */
export function cutOffTurn(
  log: EventLog,
  by: Extract<EventBody, { kind: 'turn_interrupted' }>['by'] = 'shutdown',
): void {
  log.begin('Rename every test, one by one.', [{ kind: 'image', path: '/home/me/shot.png', label: 'shot.png' }]);
  log.text('t9', 'I begin with `dates.test.ts`.');
  log.end({ kind: 'turn_interrupted', durationMs: 61_000, by });
}

/** The view of a log whose thread Codex has too. */
export function keptByCodex(log: EventLog): ThreadView {
  return { ...log.view(), nativeThreadId: nativeThread };
}

/** A fork that works in a worktree of its own. */
export function forkInWorktree(log: EventLog): void {
  datesTurn(log);
  log.add({
    kind: 'thread_forked',
    from: { threadId: 'thread-0', title: 'Fix the failing date test', nativeThreadId: nativeThread },
  });
  log.begin('Try it with a table instead.');
  log.add({ kind: 'worktree_created', worktree: sampleWorktree });
  log.text('t8', 'Done: `monthNames` is a table now.');
  log.complete();
}

export const sampleWorktree = {
  path: '/home/me/.codex/worktrees/a1b2/sample-workspace',
  origin: '/home/me/sample-workspace',
  base: '1f3a9c2e7b5d4f6a8c0e2b4d6f8a0c2e4b6d8f0a',
};

export const sampleImages = [
  { kind: 'image', path: '/home/me/Pictures/shot.png', label: 'shot.png' },
  {
    kind: 'image',
    path: '/home/me/Pictures/the-whole-window-with-the-error-message-and-the-stack.png',
    label: 'the-whole-window-with-the-error-message-and-the-stack.png',
  },
] as const;

/** Every kind of row there is, in every state that draws differently. */
export function everyRow(log: EventLog): void {
  datesTurn(log);
  log.begin(`Use every tool.\n${'A long prompt. '.repeat(100)}`);
  log.add({ kind: 'plan_updated', steps: planSteps }, 'p1');
  for (const n of [1, 2, 3]) log.command(`g${n}`, `npm run step-${n}`, 'ok\n', 0, 300);
  const changes = [
    { path: 'src/new.ts', kind: 'add', diff: '@@ -0,0 +1 @@\n+one\n' },
    { path: 'src/old.ts', kind: 'delete' },
    { path: 'src/to.ts', kind: 'move', movedFrom: 'src/from.ts' },
  ] as const;
  log.add({ kind: 'file_change', phase: 'completed', changes, status: 'completed' }, 'f2');
  const mcp = { kind: 'mcp_call', server: 'docs', tool: 'search', arguments: { query: 'dates' } } as const;
  log.add({ ...mcp, phase: 'started', status: 'in_progress' }, 'm1');
  const result = { content: [{ type: 'text', text: 'two results' }] };
  log.add({ ...mcp, phase: 'completed', result, status: 'completed' }, 'm1');
  log.add({ ...mcp, phase: 'completed', error: 'server gone', status: 'failed' }, 'm2');
  const tool = { kind: 'tool_call', name: 'read_file', arguments: { path: 'a.ts' }, result: 'text' } as const;
  log.add({ ...tool, phase: 'completed', status: 'completed' }, 'x1');
  log.add({ kind: 'web_search', phase: 'completed', query: 'zero-based months', status: 'completed' }, 'w1');
  log.add(
    {
      kind: 'subagent',
      phase: 'completed',
      tool: 'spawn_agent',
      sender: null,
      receivers: ['agent-2'],
      prompt: 'Look at the tests',
      states: { 'agent-2': 'done' },
      status: 'completed',
    },
    's1',
  );
  log.add({
    kind: 'approval_requested',
    approvalId: 'a1' as Extract<EventBody, { kind: 'approval_requested' }>['approvalId'],
    subject: 'command',
    what: 'npm publish --access public',
    why: 'Publishing needs the registry.',
    decisions: [{ id: 'deny', label: 'Denied' }],
  });
  log.add({
    kind: 'approval_resolved',
    approvalId: 'a1' as Extract<EventBody, { kind: 'approval_requested' }>['approvalId'],
    decision: 'deny',
    decidedBy: 'policy',
  });
  log.add({ kind: 'warning', source: 'process', text: 'codex wrote to its error output: model metadata not found' });
  log.add({ kind: 'model_rerouted', askedModel: 'gpt-5.5', servedModel: 'gpt-5.5-mini', reason: 'overloaded' });
  log.add({ kind: 'context_compacted', before: 200_000, after: 40_000, how: 'auto' });
  log.add({ kind: 'unsupported_raw_event', rawType: 'item.new_thing', payload: '{"type":"item.new_thing"}' });
  log.text('t2', markdownSample);
  log.add({ kind: 'command_execution', phase: 'started', command: 'sleep 60', status: 'in_progress' }, 'c9');
  log.end({ kind: 'turn_interrupted', durationMs: 3000, by: 'user' });
}

/** A turn that failed for want of a key. */
export function failedTurn(log: EventLog): void {
  log.begin('Say hello.');
  log.end({
    kind: 'turn_failed',
    durationMs: 120,
    error: {
      code: 'unauthorized',
      message: 'The endpoint refused the key.',
      retryable: false,
      hint: 'Set a key that this endpoint knows.',
      detail: '401 {"error":"invalid_api_key"}',
    },
  });
}

/** Each refusal of a gate, with what its gate offers. */
export function refusedTurns(log: EventLog): void {
  for (const [prompt, error] of refusals) {
    log.begin(prompt);
    log.refuse(error);
  }
}

const refusals: readonly (readonly [prompt: string, error: Omit<TurnError, 'retryable'>])[] = [
  [
    'Behind the feature gate.',
    {
      code: 'lane_locked',
      message: 'Codex native is locked: its feature gate codexLanes.native.unlock is shut.',
      hint: 'Unlock the lane, or use the OpenAI API lane.',
      actions: ['unlockNative', 'useApi'],
    },
  ],
  [
    'With a pinned build.',
    {
      code: 'lane_disabled',
      message: 'Codex native is disabled: codex-cli 0.169.0 failed to start 3 times (exit code 139).',
      hint: 'Lift the pin to try this build again, or use the OpenAI API lane.',
      actions: ['liftPin', 'useApi'],
    },
  ],
  [
    'Without a program.',
    {
      code: 'runtime_missing',
      message: 'The Codex CLI can not be used: the path is a folder, not a program.',
      hint: 'While codexLanes.codex.path names a path, no other is tried: name a program that works.',
      detail: '/opt/codex: is a folder',
      actions: ['useBinary', 'openCodexPath', 'useApi'],
    },
  ],
  [
    'Without a credential.',
    {
      code: 'authentication_required',
      message: 'Codex native has no credential.',
      hint: 'Set CODEX_API_KEY. Or sign in with: codex login',
      actions: ['setNativeKey', 'refreshStatus', 'useApi'],
    },
  ],
  [
    'Without trust.',
    {
      code: 'folder_untrusted',
      message: 'This workspace is not trusted, so nothing runs in it.',
      hint: 'Trust the workspace to run Codex. Earlier threads stay readable.',
      actions: ['manageTrust'],
    },
  ],
];

const reroute = {
  kind: 'model_rerouted',
  askedModel: 'gpt-5.5',
  servedModel: 'gpt-5.5-mini',
  reason: 'the endpoint served another model',
} as const;

/** A turn that another model answered, and one of a runtime that does not tell. */
export function servedTurns(log: EventLog): void {
  log.begin('Who are you?');
  log.add(reroute);
  log.text('t1', 'A smaller one.');
  log.complete({ modelServed: 'gpt-5.5-mini' });
  log.begin('And now?');
  log.text('t2', 'I can not say.');
  log.complete({ modelServed: 'unknown' });
}

const planSteps = [
  { text: 'Read the test', status: 'completed' },
  { text: 'Fix the lookup', status: 'in_progress' },
  { text: 'Run the suite', status: 'pending' },
] as const;

const markdownSample = `# What changed

The lookup in \`src/dates.ts:14\` now takes **one-based** months, as [the docs](https://example.com/months) say.

1. Read the test
2. Fix the lookup
   - also \`names\`

| file | lines |
| --- | ---: |
| src/dates.ts | 2 |

\`\`\`ts
export function monthName(month: number) {
  return names[month - 1];
}
\`\`\`

> Callers pass 1–12.

- [x] tests pass
- [ ] release

<b>raw</b> and [bad](javascript:alert(1)) stay text. ![logo](https://example.com/logo.png)
`;
