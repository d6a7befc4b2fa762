import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ApprovalSubject, LaneEvent, TurnError } from '../../model/index.ts';
import { itemId, nativeThreadId } from '../../model/index.ts';
import type { ApprovalRequest, Steer } from '../../ports/index.ts';

/**
 * The lane port must be able to express the app-server before its lane is written. This is a sketch of that mapping, held
 * against recorded conversations: events up, approvals as questions, steering from the inbox, one end a turn.
 */
type Message = {
  readonly dir: string;
  readonly msg: Record<string, unknown> & { readonly params?: Record<string, unknown> };
};
type Mapped = {
  readonly events: readonly LaneEvent[];
  readonly asked: readonly ApprovalRequest[];
  readonly steers: readonly Steer[];
  readonly ends: readonly (string | TurnError)[];
};

const subjects: Readonly<Record<string, ApprovalSubject>> = {
  'item/commandExecution/requestApproval': 'command',
  'item/fileChange/requestApproval': 'file_change',
  'item/permissions/requestApproval': 'permissions',
  'mcpServer/elicitation/request': 'mcp',
  'item/tool/requestUserInput': 'user_input',
};

function mapCapture(name: string): Mapped {
  const file = new URL(`../../../test/fixtures/codex-0.169/${name}.jsonl`, import.meta.url);
  const messages = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Message);
  const events: LaneEvent[] = [];
  const asked: ApprovalRequest[] = [];
  const steers: Steer[] = [];
  const ends: (string | TurnError)[] = [];
  for (const { msg } of messages) {
    const { method, params = {} } = msg;
    if (typeof method !== 'string') continue;
    const subject = subjects[method];
    const where = {
      ...(typeof params.itemId === 'string' ? { itemId: itemId(params.itemId) } : {}),
      ...(typeof params.threadId === 'string' ? { nativeThreadId: nativeThreadId(params.threadId) } : {}),
    };
    if (subject !== undefined) {
      const decisions = [
        { id: 'accept', label: 'Allow' },
        { id: 'cancel', label: 'Stop' },
      ];
      asked.push({
        subject,
        what: String(params.command ?? params.message ?? ''),
        why: textOrNull(params.reason),
        decisions,
      });
    } else if (method === 'turn/steer') {
      const [first] = params.input as readonly { readonly text: string }[];
      steers.push({ text: first?.text ?? '', attachments: [], settle: () => {} });
    } else if (method === 'item/agentMessage/delta') {
      events.push({ kind: 'assistant_text', text: String(params.delta), isDelta: true, ...where });
    } else if (method === 'item/reasoning/summaryTextDelta') {
      events.push({ kind: 'reasoning', text: String(params.delta), isDelta: true, ...where });
    } else if (method === 'turn/diff/updated') {
      events.push({ kind: 'turn_diff_updated', diff: String(params.diff), ...where });
    } else if (method === 'turn/completed') {
      ends.push((params.turn as { readonly status: string }).status);
    } else if (method === 'item/completed') {
      const item = params.item as Record<string, unknown>;
      if (item.type === 'agentMessage') {
        events.push({
          kind: 'assistant_text',
          text: String(item.text),
          isDelta: false,
          itemId: itemId(String(item.id)),
        });
      } else if (item.type === 'commandExecution') {
        events.push({
          kind: 'command_execution',
          phase: 'completed',
          command: String(item.command),
          output: String(item.aggregatedOutput ?? ''),
          exitCode: typeof item.exitCode === 'number' ? item.exitCode : null,
          status: item.status === 'declined' ? 'declined' : item.status === 'failed' ? 'failed' : 'completed',
          itemId: itemId(String(item.id)),
        });
      }
    }
  }
  return { events, asked, steers, ends };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

test('a streamed turn: deltas and their whole text are one item', () => {
  const { events, ends } = mapCapture('as-handshake-turn');
  const texts = events.filter((event) => event.kind === 'assistant_text');
  const whole = texts.find((event) => !event.isDelta);
  const deltas = texts.filter((event) => event.isDelta && event.itemId === whole?.itemId);
  expect(deltas.length).toBeGreaterThan(1);
  expect(deltas.map((event) => event.text).join('')).toBe(whole?.text);
  expect(ends).toContain('completed');
});

test('approvals are questions with a subject; a declined command says so', () => {
  const { asked, events } = mapCapture('as-approvals');
  const subjectsAsked = new Set(asked.map((request) => request.subject));
  for (const subject of ['command', 'file_change', 'mcp'] as const) expect(subjectsAsked).toContain(subject);
  expect(asked.find((request) => request.subject === 'command')?.what).not.toBe('');
  expect(events.filter((event) => event.kind === 'command_execution').map((event) => event.status)).toContain(
    'declined',
  );
});

test('steering and interruption', () => {
  const { steers, ends } = mapCapture('as-steer-interrupt');
  expect(steers.length).toBeGreaterThan(0);
  expect(steers[0]?.text).not.toBe('');
  expect(ends).toContain('interrupted');
});
