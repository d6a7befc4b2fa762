import { describe, expect, test } from 'vitest';
import type { LaneEvent, TurnError } from '../../model/index.ts';
import { nativeThreadId, noUsage, turnId } from '../../model/index.ts';
import { normalize } from './normalize.ts';
import { answered, withdrawn } from './question-steps.ts';
import { endOfStream, finish } from './turn-end.ts';
import type { TurnState } from './turn-state.ts';
import { startState } from './turn-state.ts';
import { readMessage } from './wire.ts';

const at = '2026-01-01T00:00:00.000Z';
const place = { threadId: 'th', turnId: 'tu' };
const lost: TurnError = { code: 'runtime_crashed', message: 'gone', retryable: true, hint: null };

type Said = readonly [method: string, params: object, id?: number];

/** A turn that says all of it, after each other. */
function ran(...said: readonly Said[]): { readonly events: readonly LaneEvent[]; readonly state: TurnState } {
  let state = startState({ turnId: turnId('t1'), thread: nativeThreadId('th'), usageBefore: noUsage });
  const events: LaneEvent[] = [];
  for (const [method, params, id] of said) {
    const wire = { method, params: { ...place, ...params }, ...(id === undefined ? {} : { id }) };
    const message = readMessage(wire, 'server');
    expect(message.kind, method).not.toBe('unknown');
    const step = normalize(state, message, at);
    state = step.state;
    events.push(...step.events);
  }
  return { events, state };
}

/** Events without what is the same of all. */
function told(...said: readonly Said[]): readonly object[] {
  return ran(...said).events.map(({ nativeThreadId: thread, itemId, ...body }) => {
    expect(thread).toBe('th');
    return itemId === undefined ? body : { ...body, item: itemId.slice('t1:'.length) };
  });
}

const started = (item: object): Said => ['item/started', { item: { id: 'i', ...item } }];
const done = (item: object): Said => ['item/completed', { item: { id: 'i', ...item } }];

describe('items', () => {
  test('a text is written piece by piece; its whole replaces them', () => {
    const item = { type: 'agentMessage', text: '' };
    expect(
      told(started(item), ['item/agentMessage/delta', { itemId: 'i', delta: 'Hel' }], done({ ...item, text: 'Hello' })),
    ).toEqual([
      { kind: 'assistant_text', text: 'Hel', isDelta: true, item: 'i' },
      { kind: 'assistant_text', text: 'Hello', isDelta: false, item: 'i' },
    ]);
  });

  test('a piece of an item that has ended is dropped', () => {
    const late: Said = ['item/agentMessage/delta', { itemId: 'i', delta: 'late' }];
    expect(told(done({ type: 'agentMessage', text: 'whole' }), late)).toHaveLength(1);
    const command = { type: 'commandExecution', command: 'ls', status: 'completed' };
    expect(told(done(command), ['item/commandExecution/outputDelta', { itemId: 'i', delta: 'late' }])).toHaveLength(1);
    expect(
      told(done({ type: 'reasoning', summary: ['s'], content: [] }), [
        'item/reasoning/summaryTextDelta',
        { itemId: 'i', delta: 'late', summaryIndex: 0 },
      ]),
    ).toHaveLength(1);
  });

  test('a proposed plan is text', () => {
    const item = { type: 'plan', text: '' };
    expect(
      told(started(item), ['item/plan/delta', { itemId: 'i', delta: '1.' }], done({ ...item, text: '1. Go' })),
    ).toEqual([
      { kind: 'assistant_text', text: '1.', isDelta: true, item: 'i' },
      { kind: 'assistant_text', text: '1. Go', isDelta: false, item: 'i' },
    ]);
  });

  test('a reasoning’s summary and its raw text are two texts; pieces join to the whole, part by part', () => {
    const summary = (summaryIndex: number, delta: string): Said => [
      'item/reasoning/summaryTextDelta',
      { itemId: 'i', summaryIndex, delta },
    ];
    const raw = (contentIndex: number, delta: string): Said => [
      'item/reasoning/textDelta',
      { itemId: 'i', contentIndex, delta },
    ];
    const events = told(
      started({ type: 'reasoning', summary: [], content: [] }),
      ['item/reasoning/summaryPartAdded', { itemId: 'i', summaryIndex: 0 }],
      summary(0, 'One'),
      raw(0, 'raw'),
      summary(1, 'Tw'),
      summary(1, 'o'),
      done({ type: 'reasoning', summary: ['One', 'Two'], content: ['raw'] }),
    ) as readonly { readonly item: string; readonly text: string; readonly isDelta: boolean }[];
    for (const id of ['i', 'i:text']) {
      const own = events.filter((event) => event.item === id);
      const pieces = own.filter(({ isDelta }) => isDelta).map(({ text }) => text);
      expect(pieces.join('')).toBe(own.at(-1)?.text);
      expect(own.at(-1)).toMatchObject({ kind: 'reasoning', isDelta: false });
    }
    expect(events.at(-2)).toMatchObject({ item: 'i', text: 'One\n\nTwo' });
  });

  test('a reasoning that says nothing is not shown', () => {
    const item = { type: 'reasoning', summary: [], content: [] };
    expect(told(started(item), done(item))).toEqual([]);
  });

  test('a command: its output, what was typed into it, how it ended', () => {
    const item = { type: 'commandExecution', command: 'cat', cwd: '/w', status: 'inProgress', aggregatedOutput: null };
    expect(
      told(
        started(item),
        ['item/commandExecution/outputDelta', { itemId: 'i', delta: 'a\n' }],
        ['item/commandExecution/terminalInteraction', { itemId: 'i', processId: '1', stdin: '' }],
        ['item/commandExecution/terminalInteraction', { itemId: 'i', processId: '1', stdin: 'yes\n' }],
        done({ ...item, status: 'failed', aggregatedOutput: 'a\nb\n', exitCode: 2, durationMs: 7 }),
      ),
    ).toEqual([
      {
        kind: 'command_execution',
        phase: 'started',
        command: 'cat',
        cwd: '/w',
        exitCode: null,
        durationMs: null,
        status: 'in_progress',
        item: 'i',
      },
      { kind: 'command_execution', phase: 'output', command: '', outputDelta: 'a\n', status: 'in_progress', item: 'i' },
      { kind: 'system_notice', code: 'command_input', text: 'Given to the command: yes\n', item: 'i' },
      {
        kind: 'command_execution',
        phase: 'completed',
        command: 'cat',
        cwd: '/w',
        output: 'a\nb\n',
        exitCode: 2,
        durationMs: 7,
        status: 'failed',
        item: 'i',
      },
    ]);
  });

  test('files: whole texts become hunks, a move says where from, a patch that is still written is shown', () => {
    const changes = [
      { path: '/w/new', kind: { type: 'add' }, diff: 'a\nb\n' },
      { path: '/w/bare', kind: { type: 'add' }, diff: 'no end' },
      { path: '/w/empty', kind: { type: 'add' }, diff: '' },
      { path: '/w/old', kind: { type: 'delete' }, diff: 'x\n' },
      { path: '/w/a', kind: { type: 'update', move_path: '/w/b' }, diff: '@@ -1 +1 @@\n-a\n+b\n\n\nMoved to: /w/b' },
    ];
    const [update, end] = told(
      ['item/fileChange/patchUpdated', { itemId: 'i', changes: changes.slice(0, 1) }],
      done({ type: 'fileChange', changes, status: 'declined' }),
    );
    expect(update).toMatchObject({ kind: 'file_change', phase: 'output', status: 'in_progress', item: 'i' });
    expect(end).toMatchObject({
      ...{ phase: 'completed', status: 'declined', diffSource: 'runtime' },
      changes: [
        { path: '/w/new', kind: 'add', diff: '@@ -0,0 +1,2 @@\n+a\n+b\n' },
        { path: '/w/bare', kind: 'add', diff: '@@ -0,0 +1 @@\n+no end\n\\ No newline at end of file\n' },
        { path: '/w/empty', kind: 'add', diff: '' },
        { path: '/w/old', kind: 'delete', diff: '@@ -1 +0,0 @@\n-x\n' },
        { path: '/w/b', kind: 'move', movedFrom: '/w/a', diff: '@@ -1 +1 @@\n-a\n+b\n' },
      ],
    });
  });

  test('the difference of the turn is told when it changes', () => {
    const diff = (text: string): Said => ['turn/diff/updated', { diff: text }];
    expect(told(diff('a'), diff('a'), diff('b'), diff(''))).toEqual(
      ['a', 'b', ''].map((text) => ({ kind: 'turn_diff_updated', diff: text })),
    );
  });

  test('a plan is one item, with the step that runs', () => {
    const plan = (status: string): Said => [
      'turn/plan/updated',
      { explanation: null, plan: [{ step: 'one', status }] },
    ];
    expect(told(plan('inProgress'), plan('completed'))).toEqual([
      { kind: 'plan_updated', steps: [{ text: 'one', status: 'in_progress' }], item: 'plan' },
      { kind: 'plan_updated', steps: [{ text: 'one', status: 'completed' }], item: 'plan' },
    ]);
  });

  test('an MCP call: what it says of its progress stands where its result will, and goes when there is none', () => {
    const item = {
      type: 'mcpToolCall',
      server: 's',
      tool: 't',
      status: 'inProgress',
      arguments: { a: 1 },
      result: null,
    };
    const events = told(
      started(item),
      ['item/mcpToolCall/progress', { itemId: 'i', message: '3 of 7' }],
      done({ ...item, status: 'failed', error: { message: 'no' } }),
    );
    expect(events[1]).toMatchObject({ phase: 'output', result: { content: [{ type: 'text', text: '3 of 7' }] } });
    expect(events[2]).toMatchObject({ status: 'failed', error: 'no', result: { content: [] } });
    expect(told(started(item), done({ ...item, status: 'failed' })).at(-1)).toMatchObject({ result: null });
    expect(told(['item/mcpToolCall/progress', { itemId: 'unheard', message: 'x' }])).toEqual([]);
  });

  test.each([
    [
      'a tool of the client',
      {
        type: 'dynamicToolCall',
        namespace: 'ide',
        tool: 'diagnostics',
        arguments: {},
        status: 'completed',
        contentItems: [1],
        success: true,
      },
      { kind: 'tool_call', name: 'ide.diagnostics', arguments: {}, result: [1], status: 'completed' },
    ],
    [
      'the output of a function',
      { type: 'functionCallOutput', name: 'f', namespace: null, output: 'x' },
      { kind: 'tool_call', name: 'f', result: 'x', status: 'completed' },
    ],
    [
      'a sub-agent that is started',
      {
        type: 'collabAgentToolCall',
        tool: 'spawnAgent',
        status: 'completed',
        senderThreadId: 'th',
        receiverThreadIds: ['child'],
        prompt: 'Go',
        model: null,
        reasoningEffort: null,
        agentsStates: { child: { status: 'running', message: null } },
      },
      {
        kind: 'subagent',
        tool: 'spawnAgent',
        sender: 'th',
        receivers: ['child'],
        prompt: 'Go',
        states: { child: { status: 'running', message: null } },
        status: 'completed',
      },
    ],
    [
      'a sub-agent that is stopped',
      {
        type: 'collabAgentToolCall',
        tool: 'wait',
        status: 'interrupted',
        senderThreadId: 'th',
        receiverThreadIds: [],
        prompt: null,
        agentsStates: {},
      },
      { kind: 'subagent', tool: 'wait', status: 'failed' },
    ],
    [
      'a search',
      { type: 'webSearch', query: 'q', action: { type: 'search' }, results: null },
      { kind: 'web_search', query: 'q', action: { type: 'search' }, status: 'completed' },
    ],
    [
      'a look at an image',
      { type: 'imageView', path: '/w/a.png' },
      { kind: 'tool_call', name: 'view_image', arguments: { path: '/w/a.png' } },
    ],
    ['a pause', { type: 'sleep', durationMs: 5 }, { kind: 'tool_call', name: 'sleep', arguments: { durationMs: 5 } }],
    [
      'an image that is kept in a file',
      {
        type: 'imageGeneration',
        status: 'completed',
        revisedPrompt: 'a cat',
        failure: null,
        savedPath: '/w/cat.png',
        result: 'iVBO',
        generationId: null,
      },
      {
        kind: 'tool_call',
        name: 'image_generation',
        arguments: { prompt: 'a cat' },
        result: { status: 'completed', savedPath: '/w/cat.png' },
        status: 'completed',
      },
    ],
    [
      'an image that is nowhere else',
      {
        type: 'imageGeneration',
        status: 'completed',
        revisedPrompt: null,
        failure: null,
        result: 'iVBO',
        generationId: null,
      },
      { kind: 'tool_call', arguments: null, result: { status: 'completed', image: 'iVBO' } },
    ],
    [
      'an image that could not be made',
      {
        type: 'imageGeneration',
        status: 'failed',
        revisedPrompt: null,
        failure: { type: 'usageLimitExceeded' },
        result: '',
        generationId: null,
      },
      { kind: 'tool_call', status: 'failed', result: { status: 'failed', failure: { type: 'usageLimitExceeded' } } },
    ],
    [
      'a compaction',
      { type: 'contextCompaction' },
      { kind: 'context_compacted', before: null, after: null, how: 'codex' },
    ],
    [
      'a review that begins',
      { type: 'enteredReviewMode', review: 'changes' },
      { kind: 'review_mode', change: 'entered' },
    ],
    [
      'a prompt of a hook',
      { type: 'hookPrompt', fragments: [{ text: 'be brief', hookRunId: 'r' }] },
      { kind: 'system_notice', code: 'hook_prompt', text: 'be brief' },
    ],
  ])('%s', (_name, item, expected) => {
    expect(told(done(item))).toHaveLength(1);
    expect(told(done(item))[0]).toMatchObject({ ...expected, item: 'i' });
  });

  test('a sub-agent’s run is one item, from its start to its end; called again, it runs again', () => {
    const act = (kind: string): Said =>
      done({ type: 'subAgentActivity', kind, agentThreadId: 'child', agentPath: '/root/t1' });
    const runs = told(act('started'), act('interacted'), act('completed'), act('started'), act('interrupted'));
    expect(runs).toMatchObject([
      { kind: 'subagent', phase: 'started', status: 'in_progress', receivers: ['child'], item: 'agent-child' },
      {
        phase: 'output',
        status: 'in_progress',
        states: { child: { status: 'interacted', path: '/root/t1' } },
        item: 'agent-child',
      },
      { phase: 'completed', status: 'completed', item: 'agent-child' },
      { phase: 'started', item: 'agent-child:2' },
      { phase: 'completed', status: 'failed', item: 'agent-child:2' },
    ]);
  });

  test('a review’s words are told once, as a message: before it, behind it, or at the end where none says them', () => {
    const left = done({ type: 'exitedReviewMode', review: 'All well.' });
    const kinds = (...said: readonly Said[]) => ran(...said).events.map(({ kind }) => kind);
    const message: Said = ['item/completed', { item: { id: 'm', type: 'agentMessage', text: 'All well.' } }];
    const over: Said = ['turn/completed', { turn: { id: 'tu', status: 'completed' } }];
    expect(kinds(message, left, over)).toEqual(['assistant_text', 'review_mode']);
    expect(kinds(left, message, over)).toEqual(['review_mode', 'assistant_text']);
    expect(kinds(left, over)).toEqual(['review_mode', 'assistant_text']);
    expect(endOfStream(ran(left).state).events).toMatchObject([{ kind: 'assistant_text', text: 'All well.' }]);
    expect(kinds(done({ type: 'exitedReviewMode', review: '' }), over)).toEqual(['review_mode']);
  });

  test('a warning that comes again is told once', () => {
    const warning: Said = ['warning', { message: 'mind this' }];
    expect(told(warning, warning, ['warning', { message: 'and this' }])).toHaveLength(2);
  });

  test('a compaction has what the conversation took before it, and what it came to', () => {
    const usage = (total: number, last: object): Said => [
      'thread/tokenUsage/updated',
      { tokenUsage: { total: { inputTokens: total, outputTokens: 0 }, last, modelContextWindow: 1000 } },
    ];
    const begun: Said = ['item/started', { item: { id: 'c', type: 'contextCompaction' } }];
    const done: Said = ['item/completed', { item: { id: 'c', type: 'contextCompaction' } }];
    const request = usage(90, { totalTokens: 90, inputTokens: 80, outputTokens: 10 });
    const summary = usage(200, { totalTokens: 110, inputTokens: 100, outputTokens: 10 });
    const left = usage(200, { totalTokens: 20, inputTokens: 0, outputTokens: 0 });
    const compacted = (...said: readonly Said[]) =>
      ran(...said).events.filter(({ kind }) => kind === 'context_compacted');
    expect(compacted(request, begun, summary, left, done)).toMatchObject([{ before: 90, after: 20 }]);
    expect(compacted(begun, summary, done)).toMatchObject([{ before: null, after: null }]);
    expect(compacted(done)).toMatchObject([{ before: null, after: null }]);
  });

  test('what a review says of itself when it was stopped is no finding', () => {
    const left: Said = ['item/completed', { item: { id: 'r', type: 'exitedReviewMode', review: 'No response.' } }];
    const over = (status: string): Said => ['turn/completed', { turn: { id: 'w1', status, error: null } }];
    expect(ran(left, over('interrupted')).events.map(({ kind }) => kind)).toEqual(['review_mode']);
    expect(ran(left, over('completed')).events.map(({ kind }) => kind)).toEqual(['review_mode', 'assistant_text']);
  });

  test('a compaction that is told in two ways is one', () => {
    expect(told(done({ type: 'contextCompaction' }), ['thread/compacted', {}])).toHaveLength(1);
    expect(told(['thread/compacted', {}])).toHaveLength(1);
  });

  test('what the user wrote is not the lane’s to tell', () => {
    const item = { type: 'userMessage', content: [{ type: 'text', text: 'hi', text_elements: [] }] };
    expect(told(started(item), done(item))).toEqual([]);
  });
});

test.each(['constructor', '__proto__', 'toString'])('an id may be the name %s', (id) => {
  const item = { type: 'mcpToolCall', server: 's', tool: 't', status: 'inProgress', arguments: {} };
  const said: readonly Said[] = [
    ['item/mcpToolCall/progress', { itemId: id, message: 'x' }],
    ['item/reasoning/summaryTextDelta', { itemId: id, summaryIndex: 1, delta: 'x' }],
    ['item/started', { item: { ...item, id } }],
    ['item/mcpToolCall/progress', { itemId: id, message: 'x' }],
    ['item/completed', { item: { ...item, id } }],
    ['item/completed', { item: { type: 'subAgentActivity', id, kind: 'started', agentThreadId: id } }],
    ['serverRequest/resolved', { requestId: id }],
  ];
  expect(ran(...said).events.map(({ kind }) => kind)).toEqual([
    'reasoning',
    'mcp_call',
    'mcp_call',
    'mcp_call',
    'subagent',
  ]);
  const { state } = ran();
  expect(answered(state, id, {}, false).events).toEqual([]);
});

describe('beside items', () => {
  const run = (more: object) => ({
    run: { id: 'r', eventName: 'preToolUse', status: 'completed', statusMessage: null, entries: [], ...more },
  });

  test.each<readonly [string, Said, readonly object[]]>([
    [
      'a reroute',
      ['model/rerouted', { fromModel: 'a', toModel: 'b', reason: 'r' }],
      [{ kind: 'model_rerouted', askedModel: 'a', servedModel: 'b', reason: 'r' }],
    ],
    [
      'a verification',
      ['model/verification', { verifications: ['trustedAccessForCyber'] }],
      [{ kind: 'system_notice', code: 'model_verification' }],
    ],
    [
      'an answer that is held back',
      ['model/safetyBuffering/updated', { model: 'm', showBufferingUi: true }],
      [{ kind: 'system_notice', code: 'safety_buffering' }],
    ],
    ['one that is not', ['model/safetyBuffering/updated', { model: 'm', showBufferingUi: false }], []],
    [
      'a login that is renewed',
      ['modelProvider/authRecoveryStarted', { provider: 'p', message: 'once more' }],
      [{ kind: 'system_notice', code: 'auth_recovery', text: 'once more' }],
    ],
    ['a hook that has nothing to say', ['hook/completed', run({})], []],
    [
      'a hook that speaks',
      ['hook/completed', run({ entries: [{ kind: 'feedback', text: 'mind the gap' }] })],
      [{ kind: 'system_notice', code: 'hook', text: 'Hook preToolUse: completed\nmind the gap' }],
    ],
    [
      'a hook that fails',
      ['hook/completed', run({ status: 'failed', statusMessage: 'exit 1' })],
      [{ kind: 'warning', source: 'process', code: 'hook', text: 'Hook preToolUse: failed\nexit 1' }],
    ],
    ['a warning', ['warning', { message: 'Heads up: a long thread' }], [{ kind: 'warning', source: 'thread' }]],
    [
      'a warning of the guardian',
      ['guardianWarning', { message: 'risky' }],
      [{ kind: 'warning', source: 'process', code: 'guardian' }],
    ],
    [
      'a setting that is wrong',
      ['configWarning', { summary: 'Unknown key', details: 'x = 1', path: '/h/config.toml' }],
      [{ kind: 'warning', source: 'config', text: 'Unknown key\nx = 1 (/h/config.toml)' }],
    ],
    [
      'what is deprecated',
      ['deprecationNotice', { summary: 'x is deprecated', details: null }],
      [{ kind: 'warning', source: 'config', code: 'deprecated', text: 'x is deprecated' }],
    ],
    [
      'a state',
      ['thread/status/changed', { status: { type: 'active', activeFlags: ['waitingOnApproval'] } }],
      [{ kind: 'thread_status_changed', status: { type: 'active', flags: ['waitingOnApproval'] } }],
    ],
    [
      'a system error',
      ['thread/status/changed', { status: { type: 'systemError' } }],
      [{ kind: 'thread_status_changed', status: { type: 'system_error' } }],
    ],
    [
      'a thread that is put away',
      ['thread/closed', {}],
      [{ kind: 'thread_status_changed', status: { type: 'not_loaded' } }],
    ],
    [
      'a Windows sandbox that fails',
      ['windowsSandbox/setupCompleted', { mode: 'x', success: false, error: 'denied' }],
      [{ kind: 'warning', source: 'provisioning' }],
    ],
    [
      'folders that anyone may write in',
      ['windows/worldWritableWarning', { samplePaths: ['C:\\x'] }],
      [{ kind: 'warning', source: 'provisioning' }],
    ],
  ])('%s', (_name, said, expected) => {
    expect(told(said)).toMatchObject(expected);
    expect(told(said)).toHaveLength(expected.length);
  });

  test('tokens: the turn’s own by subtraction, with the window; a total that stands still says nothing of the turn', () => {
    const usage = (inputTokens: number): Said => [
      'thread/tokenUsage/updated',
      { tokenUsage: { total: { inputTokens, outputTokens: 0 }, last: {}, modelContextWindow: 1000 } },
    ];
    const before = startState({
      turnId: turnId('t1'),
      thread: nativeThreadId('th'),
      usageBefore: { ...noUsage, input: 100 },
    });
    const own = (state: TurnState, said: Said) => {
      const step = normalize(state, readMessage({ method: said[0], params: { ...place, ...said[1] } }, 'server'), at);
      return { state: step.state, event: step.events[0] };
    };
    const first = own(before, usage(100));
    expect(first.event).toMatchObject({ usage: null, threadTotal: { input: 100, contextWindow: 1000 } });
    const second = own(first.state, usage(130));
    expect(second.event).toMatchObject({ usage: { input: 30, contextWindow: 1000 }, threadTotal: { input: 130 } });
    expect(own({ ...before, usageBefore: null }, usage(130)).event).toMatchObject({ usage: null });
  });

  test('what nobody knows is kept', () => {
    const message = readMessage({ method: 'item/dance', params: place }, 'server');
    const state = startState({ turnId: turnId('t1'), thread: nativeThreadId('th'), usageBefore: null });
    expect(normalize(state, message, at).events).toMatchObject([
      {
        kind: 'unsupported_raw_event',
        rawType: 'item/dance',
        payload: '{"method":"item/dance","params":{"threadId":"th","turnId":"tu"}}',
      },
    ]);
  });
});

describe('how a turn ends', () => {
  const failure = (message: string, codexErrorInfo: unknown = null) => ({
    message,
    codexErrorInfo,
    additionalDetails: null,
  });
  const error = (message: string, willRetry: boolean, info?: unknown): Said => [
    'error',
    { error: failure(message, info), willRetry },
  ];
  const completed = (status: string, more: object = {}): Said => [
    'turn/completed',
    { turn: { id: 'tu', status, error: null, durationMs: 5, ...more } },
  ];
  const ended = (...said: readonly Said[]) => finish(ran(...said).state, false, lost);

  test('completed, interrupted, failed as Codex says; the first word holds', () => {
    expect(ended(completed('completed'))).toEqual({ outcome: 'completed' });
    expect(ended(completed('interrupted'))).toEqual({ outcome: 'interrupted' });
    expect(ended(completed('failed', { error: failure('no', 'serverOverloaded') }))).toMatchObject({
      error: { code: 'overloaded' },
    });
    expect(ended(completed('completed'), completed('failed'))).toEqual({ outcome: 'completed' });
    expect(ran(completed('completed')).state.end?.durationMs).toBe(5);
  });

  test('a state that is unknown ends nothing', () => {
    expect(told(completed('paused'))).toMatchObject([{ kind: 'unsupported_raw_event' }]);
    expect(ended(completed('paused'))).toEqual({ outcome: 'failed', error: lost });
  });

  test('a stream that stops: what Codex said last, a stop, or how the process was lost', () => {
    expect(ended()).toEqual({ outcome: 'failed', error: lost });
    expect(finish(ran().state, true, lost)).toEqual({ outcome: 'interrupted' });
    expect(ended(error('Quota exceeded', false))).toMatchObject({ error: { code: 'quota_exceeded' } });
  });

  test('what is tried again is told once a series as a stall, and each of its words once', () => {
    const delta: Said = ['item/agentMessage/delta', { itemId: 'i', delta: 'x' }];
    const events = told(
      error('Reconnecting 1/5', true),
      error('Reconnecting 2/5', true),
      delta,
      error('Reconnecting 1/5', true),
    );
    expect(events).toMatchObject([
      { kind: 'stalled', hop: 'reconnecting', since: at },
      { kind: 'warning', source: 'process', text: 'Reconnecting 1/5', code: 'reconnecting' },
      { kind: 'warning', text: 'Reconnecting 2/5' },
      { kind: 'assistant_text' },
      { kind: 'stalled' },
    ]);
  });

  test('a failure is told once, where the turn ends; one that did not end it is a warning', () => {
    const failed = completed('failed', { error: failure('boom') });
    expect(told(error('boom', false), failed)).toEqual([]);
    expect(ended(error('boom', false), failed)).toMatchObject({ error: { detail: 'boom' } });
    expect(told(error('boom', false), completed('completed'))).toMatchObject([{ kind: 'warning', text: 'boom' }]);
    expect(told(error('one', false), error('two', false), completed('failed'))).toMatchObject([
      { kind: 'warning', text: 'one' },
    ]);
    expect(ended(error('one', false), completed('failed'))).toMatchObject({ error: { detail: 'one' } });
  });
});

describe('questions', () => {
  const command: Said = [
    'item/commandExecution/requestApproval',
    { itemId: 'i', command: 'rm -r x', reason: 'tidy', availableDecisions: null },
    4,
  ];

  test('an answer resolves it, once; an error is a refusal', () => {
    const { state } = ran(command);
    const first = answered(state, 4, { decision: 'acceptForSession' }, false);
    expect(first.events).toMatchObject([
      {
        kind: 'approval_resolved',
        approvalId: 't1:question-4',
        decision: 'acceptForSession',
        decidedBy: 'user',
        itemId: 't1:i',
      },
    ]);
    expect(answered(first.state, 4, { decision: 'cancel' }, false).events).toEqual([]);
    expect(withdrawn(first.state, 4, 'withdrawn').events).toEqual([]);
    expect(answered(state, 4, undefined, true).events).toMatchObject([{ decision: 'decline' }]);
    expect(answered(state, 5, { decision: 'accept' }, false).events).toEqual([]);
  });

  test('one that the server takes back, or that a turn or a stream ends over, is withdrawn', () => {
    const { state } = ran(command);
    const withdrawnEvent = {
      kind: 'approval_resolved',
      approvalId: 't1:question-4',
      decision: 'withdrawn',
      decidedBy: 'lifecycle',
    };
    expect(withdrawn(state, 4, 'withdrawn').events).toMatchObject([withdrawnEvent]);
    expect(endOfStream(state).events).toMatchObject([withdrawnEvent]);
    expect(ran(command, ['serverRequest/resolved', { requestId: 4 }]).events.at(-1)).toMatchObject(withdrawnEvent);
    const ended = ran(command, ['turn/completed', { turn: { id: 'tu', status: 'interrupted' } }]);
    expect(ended.events.at(-1)).toMatchObject(withdrawnEvent);
    expect(endOfStream(ended.state).events).toEqual([]);
  });

  test('a change is asked about by its files, which its item named', () => {
    const changes = [{ path: '/o/a', kind: { type: 'add' }, diff: 'x\n' }];
    const asked: Said = ['item/fileChange/requestApproval', { itemId: 'i', reason: null, grantRoot: '/o' }, 1];
    expect(told(started({ type: 'fileChange', changes, status: 'inProgress' }), asked).at(-1)).toMatchObject({
      what: '/o/a',
      why: null,
    });
    expect(told(asked)).toMatchObject([{ subject: 'file_change', what: '/o' }]);
  });

  test('a tool of the client is called, not asked about', () => {
    const call: Said = [
      'item/tool/call',
      { callId: 'i', namespace: null, tool: 'open_editors', arguments: { a: 1 } },
      2,
    ];
    const { state, events } = ran(call);
    expect(events).toMatchObject([
      { kind: 'tool_call', phase: 'started', name: 'open_editors', status: 'in_progress', itemId: 't1:i' },
    ]);
    const result = { contentItems: [], success: true };
    expect(answered(state, 2, result, false).events).toMatchObject([{ kind: 'tool_call', phase: 'output', result }]);
    expect(withdrawn(state, 2, 'withdrawn').events).toEqual([]);
  });

  test('Codex’s own reviewer decides by policy', () => {
    const review = (phase: string, status: string): Said => [
      `item/autoApprovalReview/${phase}`,
      {
        reviewId: 'r',
        targetItemId: 'i',
        review: { status, rationale: 'safe' },
        action: { type: 'command', command: 'ls', cwd: '/' },
      },
    ];
    expect(told(review('started', 'inProgress'), review('completed', 'denied'))).toEqual([
      {
        kind: 'approval_requested',
        approvalId: 't1:review-r',
        subject: 'command',
        what: 'ls',
        why: 'safe',
        decisions: [],
        item: 'i',
      },
      { kind: 'approval_resolved', approvalId: 't1:review-r', decision: 'denied', decidedBy: 'policy', item: 'i' },
    ]);
  });
});
