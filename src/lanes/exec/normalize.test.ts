import { expect, test } from 'vitest';
import { nativeThreadId, turnId } from '../../model/index.ts';
import { execArguments } from './args.ts';
import { finish } from './finish.ts';
import type { ExecState } from './normalize.ts';
import { endOfStream, normalize, startState } from './normalize.ts';
import { readLine } from './wire.ts';

function feed(lines: readonly object[], asked: string | null = null) {
  let state: ExecState = startState({
    turnId: turnId('t'),
    nativeThreadId: asked === null ? null : nativeThreadId(asked),
    usageBefore: null,
  });
  const events = lines.flatMap((line) => {
    const step = normalize(state, readLine(JSON.stringify(line)), '2026-01-01T00:00:00.000Z');
    state = step.state;
    return step.events;
  });
  const last = endOfStream(state);
  return { state: last.state, events: [...events, ...last.events] };
}

const message = (id: string, text: string) => ({ type: 'item.completed', item: { id, type: 'agent_message', text } });
const lost = { type: 'error', message: 'Reconnecting... 1/5 (stream disconnected)' };
const quiet = { exitCode: 1, signal: null, stderr: '', stopped: false, overdue: null };

test('a partial text that comes again after a lost connection stays one item, in its longest form', () => {
  const { events } = feed([message('item_0', 'Hel'), lost, message('item_1', 'Hello'), lost, message('item_2', 'He')]);
  const texts = events.filter((event) => event.kind === 'assistant_text');
  expect(texts.map((event) => [event.itemId, event.text])).toEqual([
    ['t:item_0', 'Hel'],
    ['t:item_0', 'Hello'],
    ['t:item_0', 'Hello'],
  ]);
});

test('equal texts without a lost connection are two messages', () => {
  const { events } = feed([message('item_0', 'ok'), message('item_1', 'ok')]);
  expect(events.map((event) => event.itemId)).toEqual(['t:item_0', 't:item_1']);
});

test('an error that is repeated by turn.failed is shown once, another one is not lost', () => {
  const failed = { type: 'turn.failed', error: { message: 'b' } };
  expect(feed([{ type: 'error', message: 'b' }, failed]).events).toEqual([]);
  expect(feed([{ type: 'error', message: 'a' }, failed]).events).toMatchObject([{ kind: 'warning', text: 'a' }]);
  expect(feed([{ type: 'error', message: 'a' }]).events).toMatchObject([{ kind: 'warning', text: 'a' }]);
});

test('another thread than the one asked for is a failure, even when it completed', () => {
  const lines = [
    { type: 'thread.started', thread_id: 'other' },
    { type: 'turn.completed', usage: {} },
  ];
  expect(finish(feed(lines, 'mine').state, quiet)).toMatchObject({ error: { code: 'resume_mismatch' } });
});

test('the thread is named with turn.started, from where on it can be resumed, and not before', () => {
  const begun = { type: 'thread.started', thread_id: 'native' };
  expect(feed([begun]).events).toEqual([]);
  expect(feed([begun, { type: 'turn.started' }]).events).toEqual([
    { kind: 'thread_status_changed', status: { type: 'active', flags: [] }, nativeThreadId: 'native' },
  ]);
  const ended = { type: 'turn.completed', usage: {} };
  expect(feed([begun, { type: 'turn.started' }, ended]).events.at(-1)).toEqual({
    kind: 'thread_status_changed',
    status: { type: 'idle' },
    nativeThreadId: 'native',
  });
  // Another thread than the one asked for, and a run without a thread, say nothing of ours.
  expect(feed([begun, { type: 'turn.started' }], 'mine').events).toEqual([]);
  expect(feed([{ type: 'turn.started' }]).events).toEqual([]);
});

test('what Codex reported wins over how its process was ended', () => {
  const { state } = feed([{ type: 'turn.completed', usage: { input_tokens: 5 } }]);
  expect(finish(state, { ...quiet, stopped: true, signal: 'SIGKILL' })).toEqual({ outcome: 'completed' });
  expect(finish(feed([]).state, { ...quiet, stopped: true })).toEqual({ outcome: 'interrupted' });
});

test('the arguments hold neither prompt nor key; resume comes after the options', () => {
  const turn = {
    nativeThreadId: nativeThreadId('01a1fbda-0000-7000-8000-000000000000'),
    attachments: [{ kind: 'image', path: '/a.png', label: 'a' }],
    model: 'gpt-5.5',
    effort: 'high',
    sandbox: 'read-only',
    ephemeral: true,
    allowNonGit: true,
    forkOf: null,
    profile: null,
    addDirs: [],
    outputSchema: null,
    newWorktree: false,
  } as const;
  expect(execArguments({ turn, cwd: '/w', forcedLogin: 'api', ownKeys: ['CODEX_API_KEY'] })).toEqual([
    ...['exec', '--json', '-s', 'read-only', '-C', '/w', '--skip-git-repo-check', '--ephemeral', '-m', 'gpt-5.5'],
    ...['-c', 'features.unbounded_connection_retries=false', '-c', 'analytics.enabled=false'],
    ...['-c', 'model_reasoning_effort="high"', '-c', 'forced_login_method="api"'],
    ...['-c', 'shell_environment_policy.set.CODEX_API_KEY=""', '--image=/a.png'],
    ...['resume', '01a1fbda-0000-7000-8000-000000000000', '-'],
  ]);
});
