import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { liveProcesses } from '../../node/index.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../../ports/index.ts';
import { practiceCodexConfig } from '../../practice/index.ts';
import type { Run } from './testing/lane-room.ts';
import { LaneRoom, realCodex } from './testing/lane-room.ts';
import type { ToolEndpoint } from './testing/tool-endpoint.ts';
import { startToolEndpoint } from './testing/tool-endpoint.ts';

// What the real program asks on behalf of an MCP server, and of the model itself.

const patience = { timeout: 30_000, interval: 10 };
const mcpProgram = join(import.meta.dirname, 'testing/mcp-program.ts');

let endpoint: ToolEndpoint;
let room: LaneRoom;

beforeEach(async () => {
  endpoint = await startToolEndpoint();
  room = await LaneRoom.open({ config: () => configOf(endpoint.url) });
});
afterEach(async () => {
  await room.close();
  await endpoint.close();
  expect(liveProcesses.list()).toEqual([]);
});

/** Outside of Plan mode the model may ask only where this feature of Codex is on. */
const configOf = (url: string): string =>
  `${practiceCodexConfig(url).replace('[features]', '[features]\ndefault_mode_request_user_input = true')}
[mcp_servers.tiny]
command = ${JSON.stringify(process.execPath)}
args = [${JSON.stringify(mcpProgram)}]
`;

const real = test.skipIf(realCodex === null);

/** The turn at the end of which `answers` were given, one to each question. */
async function turnOf(
  text: string,
  ...answers: readonly (string | ApprovalAnswer)[]
): Promise<{ readonly turn: Run; readonly asked: readonly ApprovalRequest[]; readonly outcome: string }> {
  const asked: ApprovalRequest[] = [];
  const turn = room.lane().run(text, {
    onAsk: (request) => {
      asked.push(request);
      return answers[asked.length - 1] ?? null;
    },
  });
  const { outcome } = await turn.end;
  expect(room.logged).toEqual([]);
  return { turn, asked, outcome };
}

const calls = ({ events }: Run) =>
  events.flatMap((event) => (event.kind === 'mcp_call' ? [[event.phase, event.status] as const] : []));
const flags = ({ events }: Run) =>
  events.flatMap((event) =>
    event.kind === 'thread_status_changed' && event.status.type === 'active' ? event.status.flags : [],
  );

real(
  'an MCP server asks for values: each field as it is declared, and the server gets them in their types',
  async () => {
    const answers = { name: ['Ada'], copies: ['2'], paper: ['a5'], colour: ['true'] };
    const { turn, asked, outcome } = await turnOf('call mcp__tiny/form {}', { decision: 'accept', answers });
    expect(outcome).toBe('completed');
    expect(asked).toMatchObject([{ subject: 'mcp', what: 'Where to?' }]);
    expect(asked[0]?.decisions).toEqual([
      { id: 'accept', label: 'Allow', takesAnswers: true },
      { id: 'decline', label: 'Don’t allow' },
      { id: 'cancel', label: 'Close without an answer' },
    ]);
    // Codex puts them in the order of their names.
    expect(
      asked[0]?.fields?.map(({ id, input, isRequired, options }) => [id, input, isRequired, options.length]),
    ).toEqual([
      ['colour', 'none', false, 2],
      ['copies', 'integer', true, 0],
      ['name', 'text', true, 0],
      ['paper', 'none', false, 2],
    ]);
    const told = { action: 'accept', content: { name: 'Ada', copies: 2, paper: 'a5', colour: true } };
    expect(toldTo(turn)).toEqual(told);
    expect(calls(turn)).toEqual([
      ['started', 'in_progress'],
      ['completed', 'completed'],
    ]);
    expect(flags(turn)).toContain('waitingOnApproval');
  },
);

/** What the MCP server was told, by its own account. */
function toldTo({ events }: Run): unknown {
  const text = JSON.stringify(events.findLast((event) => event.kind === 'mcp_call'));
  const told = /told: ((?:[^"\\]|\\.)*)/.exec(text)?.[1];
  return told === undefined ? undefined : JSON.parse(JSON.parse(`"${told}"`));
}

real.each(['decline', 'cancel'] as const)('a form that is not filled in: the server is told "%s"', async (decision) => {
  const { turn, outcome } = await turnOf('call mcp__tiny/form {}', decision);
  expect(outcome).toBe('completed');
  expect(toldTo(turn)).toEqual({ action: decision });
});

real('an MCP server asks for a visit to a page: its address is part of the question', async () => {
  const { turn, asked, outcome } = await turnOf('call mcp__tiny/page {}', 'accept');
  expect(outcome).toBe('completed');
  expect(asked).toMatchObject([
    { subject: 'mcp', what: 'Agree there\nhttps://example.org/agree', url: 'https://example.org/agree' },
  ]);
  expect(toldTo(turn)).toMatchObject({ action: 'accept' });
});

real('a tool that changes something runs with the yes; a yes for the session ends with the turn', async () => {
  const { run } = room.lane();
  const asked: ApprovalRequest[] = [];
  const onAsk = (request: ApprovalRequest) => {
    asked.push(request);
    return 'acceptForSession';
  };
  const first = run('call mcp__tiny/write {}', { onAsk });
  const { nativeThreadId } = (await first.end).facts;
  expect(asked).toMatchObject([{ subject: 'mcp', why: 'changes something' }]);
  expect(asked[0]?.decisions.map(({ id, label }) => [id, label])).toEqual([
    ['accept', 'Allow'],
    ['acceptForSession', 'Allow until this turn ends'],
    ['acceptAlways', 'Always allow'],
    ['decline', 'Don’t allow'],
    ['cancel', 'Close without an answer'],
  ]);
  expect(calls(first).at(-1)).toEqual(['completed', 'completed']);
  expect(first.text()).toContain('written');
  // Codex's session is the thread as it is loaded.
  const second = run('call mcp__tiny/write {}', { onAsk, turn: { nativeThreadId } });
  expect(await second.end).toMatchObject({ outcome: 'completed' });
  expect(asked).toHaveLength(2);
});

real.each(['decline', 'cancel'])(
  'a tool that changes something does not run with "%s"; the turn goes on',
  async (no) => {
    const { turn, outcome } = await turnOf('call mcp__tiny/write {}', no);
    expect(outcome).toBe('completed');
    expect(calls(turn).at(-1)).toEqual(['completed', 'failed']);
    expect(turn.text()).not.toContain('written');
  },
);

const question = {
  id: 'q1',
  header: 'Paper',
  question: 'Which one?',
  options: [{ label: 'A4', description: 'large' }],
};
const ask = `call request_user_input ${JSON.stringify({ questions: [question] })}`;

real('the model asks: its options, and words of the user’s own', async () => {
  const answers = { q1: ['A4', 'but thick'] };
  const { turn, asked, outcome } = await turnOf(ask, { decision: 'answer', answers });
  expect(outcome).toBe('completed');
  expect(asked).toMatchObject([
    {
      subject: 'user_input',
      what: 'Paper: Which one?',
      fields: [{ id: 'q1', header: 'Paper', question: 'Which one?', input: 'text', isSecret: false }],
    },
  ]);
  expect(asked[0]?.fields?.[0]?.options).toEqual([{ value: 'A4', label: 'A4', description: 'large' }]);
  expect(JSON.parse(turn.text())).toEqual({ answers: { q1: { answers: ['A4', 'but thick'] } } });
  expect(flags(turn)).toContain('waitingOnUserInput');
});

real('the model asks, and is not answered: it hears that, and the turn goes on', async () => {
  const { turn, outcome } = await turnOf(ask, 'decline');
  expect(outcome).toBe('completed');
  expect(JSON.parse(turn.text())).toEqual({ answers: {} });
});

real.each([
  ['an MCP server', 'call mcp__tiny/form {}'],
  ['the model', ask],
])('Stop while %s asks: the question is withdrawn, the turn interrupted, the next one works', async (_who, text) => {
  const { run } = room.lane();
  const signals: AbortSignal[] = [];
  const turn = run(text, {
    onAsk: (_request, signal) => {
      signals.push(signal);
      return null;
    },
  });
  await vi.waitFor(() => expect(signals).toHaveLength(1), patience);
  expect(signals[0]?.aborted).toBe(false);
  turn.stop();
  const end = await turn.end;
  expect(end).toMatchObject({ outcome: 'interrupted', facts: { killStep: 'none' } });
  expect(signals[0]?.aborted).toBe(true);
  const next = run('call mcp__tiny/form {}', {
    turn: { nativeThreadId: end.facts.nativeThreadId },
    onAsk: () => 'decline',
  });
  expect(await next.end).toMatchObject({ outcome: 'completed' });
  expect(toldTo(next)).toEqual({ action: 'decline' });
});
