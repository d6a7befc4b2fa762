import type { ItemBody } from '../../model/index.ts';
import { bodiesOfItem } from './items.ts';
import { briefly } from './sight.ts';
import type { WireMessage } from './wire.ts';
import { field, nameOf } from './wire.ts';
import type { WireItem } from './wire-item.ts';

/** What a sub-agent does now, for the row of its run in its parent's turn. */
export type AgentStep = { readonly threadId: string; readonly body: ItemBody; readonly paths: readonly string[] };

/**
 * The threads that work for a turn. Nothing tells that they begin (measured with 0.169: no `thread/started`) but what their
 * parent says of them, and a turn of theirs that names its root.
 */
export class Family {
  readonly #threads = new Map<string, { path: string | null; told: string | null }>();

  get threads(): readonly string[] {
    return [...this.#threads.keys()];
  }

  has(threadId: string): boolean {
    return this.#threads.has(threadId);
  }

  /** Of the turn itself, or of one that works for it. */
  look(item: WireItem): void {
    if (item.type === 'subAgentActivity') this.#adopt(item.agentThreadId, nameOf(item.agentPath));
    if (item.type === 'collabAgentToolCall') for (const id of item.receiverThreadIds) this.#adopt(id, null);
  }

  /** A turn in another thread whose root is one of `ids`. */
  lookAtTurn(threadId: string, turn: unknown, ids: ReadonlySet<string>): void {
    const root = nameOf(field(turn, 'rootTurnId'));
    if (root !== null && ids.has(root)) this.#adopt(threadId, null);
  }

  /** What a message of such a thread says of its way; null = nothing new. */
  step(threadId: string, message: WireMessage): AgentStep | null {
    const agent = this.#threads.get(threadId);
    if (agent === undefined || message.kind !== 'notification' || message.method !== 'item/started') return null;
    const { item } = message.params;
    this.look(item);
    const doing = wordsOf(item);
    if (doing === null || doing === agent.told) return null;
    agent.told = doing;
    const state = { status: 'running', message: doing, ...(agent.path === null ? {} : { path: agent.path }) };
    return {
      threadId,
      body: {
        kind: 'subagent',
        phase: 'output',
        tool: agent.path ?? 'agent',
        sender: null,
        receivers: [threadId],
        prompt: null,
        states: { [threadId]: state },
        status: 'in_progress',
      },
      paths: item.type === 'fileChange' ? item.changes.map(({ path }) => path) : [],
    };
  }

  #adopt(threadId: string, path: string | null): void {
    const known = this.#threads.get(threadId);
    if (known === undefined) this.#threads.set(threadId, { path, told: null });
    else known.path ??= path;
  }
}

/** Null: it is nothing that is done. */
function wordsOf(item: WireItem): string | null {
  switch (item.type) {
    case 'agentMessage':
    case 'plan':
    case 'reasoning':
    case 'userMessage':
    case 'subAgentActivity':
    case 'contextCompaction':
      return null;
    default: {
      const [body] = bodiesOfItem(item, 'started');
      if (body === undefined) return null;
      if (body.kind === 'command_execution') return briefly(body.command);
      if (body.kind === 'file_change') return briefly(body.changes.map(({ path }) => path).join(', '));
      if (body.kind === 'mcp_call') return briefly(`${body.server}/${body.tool}`);
      return body.kind === 'tool_call' ? briefly(body.name) : null;
    }
  }
}
