import type { FileChange, ItemBody, ItemStatus, LaneBody, Phase } from '../../model/index.ts';
import type { WireChange, WireItem, WireItemOf } from './wire-item.ts';

/** What becomes of a sub-agent, told in points; its whole run is one item. */
export type AgentActivity = WireItemOf<'subAgentActivity'>;

export function agentRun(item: AgentActivity): ItemBody {
  const { kind, agentThreadId, agentPath } = item;
  const isOver = kind === 'completed' || kind === 'interrupted';
  return {
    kind: 'subagent',
    phase: isOver ? 'completed' : kind === 'started' ? 'started' : 'output',
    tool: agentPath ?? 'agent',
    sender: null,
    receivers: [agentThreadId],
    prompt: null,
    states: { [agentThreadId]: { status: kind, ...(agentPath == null ? {} : { path: agentPath }) } },
    status: kind === 'completed' ? 'completed' : kind === 'interrupted' ? 'failed' : 'in_progress',
  };
}

/** Items that are written as they come, piece by piece. */
export type TextItem = Extract<WireItem, { readonly type: 'agentMessage' | 'plan' | 'reasoning' }>;

/** What an item says beside texts and what the user wrote, as far as it is. */
export function bodiesOfItem(
  item: Exclude<WireItem, TextItem | AgentActivity | { readonly type: 'userMessage' | 'contextCompaction' }>,
  phase: Phase,
): readonly LaneBody[] {
  switch (item.type) {
    case 'enteredReviewMode':
    case 'exitedReviewMode':
      if (phase !== 'completed') return [];
      return [{ kind: 'review_mode', change: item.type === 'enteredReviewMode' ? 'entered' : 'left' }];
    case 'hookPrompt': {
      const text = item.fragments.map((fragment) => fragment.text).join('\n');
      return phase === 'completed' && text !== '' ? [{ kind: 'system_notice', code: 'hook_prompt', text }] : [];
    }
    default:
      return [workOf(item, phase)];
  }
}

/** Something with a beginning and an end. */
type Work = Exclude<
  WireItem,
  | TextItem
  | AgentActivity
  | { readonly type: 'userMessage' | 'enteredReviewMode' | 'exitedReviewMode' | 'contextCompaction' | 'hookPrompt' }
>;

function workOf(item: Work, phase: Phase): ItemBody {
  const byPhase: ItemStatus = phase === 'completed' ? 'completed' : 'in_progress';
  const tool = (name: string, args: unknown, result: unknown, status: ItemStatus = byPhase): ItemBody => {
    return {
      kind: 'tool_call',
      phase,
      name,
      arguments: args ?? null,
      ...(result === undefined ? {} : { result }),
      status,
    };
  };
  switch (item.type) {
    case 'commandExecution':
      return {
        kind: 'command_execution',
        phase,
        command: item.command,
        ...(item.cwd == null ? {} : { cwd: item.cwd }),
        ...(item.aggregatedOutput == null ? {} : { output: item.aggregatedOutput }),
        exitCode: item.exitCode ?? null,
        durationMs: item.durationMs ?? null,
        status: statusOf(item.status),
      };
    case 'fileChange':
      return fileChange(item.changes, phase, statusOf(item.status));
    case 'mcpToolCall':
      return {
        kind: 'mcp_call',
        phase,
        server: item.server,
        tool: item.tool,
        arguments: item.arguments ?? null,
        result: item.result
          ? { content: item.result.content, structuredContent: item.result.structuredContent ?? null }
          : null,
        error: item.error?.message ?? null,
        status: statusOf(item.status),
      };
    case 'dynamicToolCall':
      return tool(toolName(item), item.arguments, item.contentItems ?? undefined, statusOf(item.status));
    case 'functionCallOutput':
      return tool(toolName({ namespace: item.namespace, tool: item.name }), null, item.output);
    case 'collabAgentToolCall':
      return {
        kind: 'subagent',
        phase,
        tool: item.tool,
        sender: item.senderThreadId ?? null,
        receivers: item.receiverThreadIds,
        prompt: item.prompt ?? null,
        states: item.agentsStates ?? null,
        status: item.status === 'interrupted' ? 'failed' : statusOf(item.status),
      };
    case 'webSearch':
      return { kind: 'web_search', phase, query: item.query, action: item.action ?? null, status: byPhase };
    case 'imageView':
      return tool('view_image', { path: item.path }, undefined);
    case 'sleep':
      return tool('sleep', { durationMs: item.durationMs }, undefined);
    case 'imageGeneration': {
      const { savedPath, fileId, result, failure } = item;
      const failed = failure != null || item.status === 'failed';
      // The image itself only where nothing says where it is kept.
      const image = savedPath == null && fileId == null && result ? { image: result } : {};
      const made = {
        status: item.status,
        ...(savedPath == null ? {} : { savedPath }),
        ...(fileId == null ? {} : { fileId }),
        ...(failure == null ? {} : { failure }),
        ...image,
      };
      const args = item.revisedPrompt == null ? null : { prompt: item.revisedPrompt };
      const done = phase === 'completed';
      return tool('image_generation', args, done ? made : undefined, done && failed ? 'failed' : byPhase);
    }
  }
}

/** A tool of a namespace bears its name, too. */
export function toolName(tool: { readonly namespace?: string | null | undefined; readonly tool: string }): string {
  return tool.namespace == null || tool.namespace === '' ? tool.tool : `${tool.namespace}.${tool.tool}`;
}

export function fileChange(changes: readonly WireChange[], phase: Phase, status: ItemStatus): ItemBody {
  return { kind: 'file_change', phase, changes: changes.map(changeOf), status, diffSource: 'runtime' };
}

function changeOf({ path, kind, diff }: WireChange): FileChange {
  switch (kind.type) {
    case 'add':
      return { path, kind: 'add', diff: wholeFile(diff, '+') };
    case 'delete':
      return { path, kind: 'delete', diff: wholeFile(diff, '-') };
    case 'update':
      if (kind.move_path == null) return { path, kind: 'update', diff };
      // Codex writes the new place below the hunks.
      return { path: kind.move_path, kind: 'move', movedFrom: path, diff: diff.replace(/\n*Moved to: [^\n]*$/, '\n') };
  }
}

/** Of a new or deleted file Codex gives the whole text: as the one hunk of a unified diff. */
function wholeFile(text: string, sign: '+' | '-'): string {
  if (text === '') return '';
  const ends = text.endsWith('\n');
  const lines = (ends ? text.slice(0, -1) : text).split('\n');
  const range = lines.length === 1 ? '1' : `1,${lines.length}`;
  const head = sign === '+' ? `@@ -0,0 +${range} @@` : `@@ -${range} +0,0 @@`;
  return [head, ...lines.map((line) => `${sign}${line}`), ...(ends ? [] : ['\\ No newline at end of file']), ''].join(
    '\n',
  );
}

function statusOf(status: 'inProgress' | 'completed' | 'failed' | 'declined'): ItemStatus {
  return status === 'inProgress' ? 'in_progress' : status;
}
