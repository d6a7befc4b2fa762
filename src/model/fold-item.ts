import type { Envelope, ItemBody, ItemStatus, Phase } from './events.ts';
import type { Row } from './view.ts';

type FoldedBody = Exclude<ItemBody, { kind: 'review_mode' }>;
type Base = Pick<Row, 'key' | 'turnId' | 'itemId' | 'startedAt' | 'endedAt' | 'open' | 'cutOff'>;

/** Most of a command's output that a view keeps, in characters: its tail, since that is where an error stands. */
const outputTail = 256 * 1024;

/** The row that an item's first event opens. */
export function rowOfItem(base: Base, event: Envelope & FoldedBody): Row {
  return updateRow(emptyRow(base, event), event);
}

/**
 * An item's next event. A closed item does not reopen: a late output or a second completion of a closed item only
 * replaces what it carries whole.
 */
export function updateRow(row: Row, event: Envelope & FoldedBody): Row {
  switch (event.kind) {
    case 'assistant_text':
      return row.kind === 'text' ? withText(row, event) : row;
    case 'reasoning':
      return row.kind === 'reasoning' ? withText(row, event) : row;
    case 'command_execution': {
      if (row.kind !== 'command') return row;
      const output =
        event.output !== undefined
          ? tail(event.output)
          : event.outputDelta !== undefined && row.open
            ? tail(row.output + event.outputDelta)
            : row.output;
      return {
        ...ended(row, event),
        command: event.command || row.command,
        cwd: event.cwd ?? row.cwd,
        output,
        exitCode: event.exitCode ?? row.exitCode,
        durationMs: event.durationMs ?? row.durationMs,
        sandbox: event.sandbox ?? row.sandbox,
      };
    }
    case 'file_change':
      if (row.kind !== 'file-change') return row;
      return { ...ended(row, event), changes: event.changes, diffSource: event.diffSource ?? row.diffSource };
    case 'mcp_call':
      if (row.kind !== 'mcp') return row;
      return {
        ...ended(row, event),
        arguments: event.arguments ?? row.arguments,
        result: event.result ?? row.result,
        error: event.error ?? row.error,
      };
    case 'tool_call':
      if (row.kind !== 'tool') return row;
      return { ...ended(row, event), arguments: event.arguments ?? row.arguments, result: event.result ?? row.result };
    case 'web_search':
      return row.kind === 'web-search' ? { ...ended(row, event), query: event.query || row.query } : row;
    case 'subagent':
      if (row.kind !== 'subagent') return row;
      return {
        ...ended(row, event),
        prompt: event.prompt ?? row.prompt,
        receivers: event.receivers.length > 0 ? event.receivers : row.receivers,
        states: event.states ?? row.states,
      };
    case 'plan_updated':
      return row.kind === 'plan' ? { ...row, steps: event.steps, endedAt: event.at } : row;
  }
}

function emptyRow(base: Base, event: FoldedBody): Row {
  const open = { ...base, open: true, endedAt: null };
  switch (event.kind) {
    case 'assistant_text':
      return { ...open, kind: 'text', text: '' };
    case 'reasoning':
      return { ...open, kind: 'reasoning', text: '' };
    case 'command_execution':
      return {
        ...open,
        kind: 'command',
        command: event.command,
        cwd: null,
        output: '',
        exitCode: null,
        durationMs: null,
        sandbox: null,
        status: 'in_progress',
      };
    case 'file_change':
      return {
        ...open,
        kind: 'file-change',
        changes: [],
        status: 'in_progress',
        diffSource: null,
        baselines: [],
        announced: true,
      };
    case 'mcp_call':
      return {
        ...open,
        kind: 'mcp',
        server: event.server,
        tool: event.tool,
        arguments: null,
        result: null,
        error: null,
        status: 'in_progress',
      };
    case 'tool_call':
      return { ...open, kind: 'tool', name: event.name, arguments: null, result: null, status: 'in_progress' };
    case 'web_search':
      return { ...open, kind: 'web-search', query: event.query, status: 'in_progress' };
    case 'subagent':
      return {
        ...open,
        kind: 'subagent',
        tool: event.tool,
        prompt: null,
        receivers: [],
        states: null,
        status: 'in_progress',
      };
    case 'plan_updated':
      return { ...base, kind: 'plan', steps: event.steps };
  }
}

function withText<R extends Row & { readonly text: string }>(
  row: R,
  event: { readonly at: string; readonly text: string; readonly isDelta: boolean },
): R {
  if (event.isDelta) return row.open ? { ...row, text: row.text + event.text } : row;
  return { ...row, text: event.text, open: false, endedAt: event.at };
}

/** An item is over when it completes, or when its status says so whatever the phase. */
function ended<R extends Row & { readonly status: ItemStatus }>(
  row: R,
  event: { readonly at: string; readonly phase: Phase; readonly status: ItemStatus },
): R {
  const over = event.phase === 'completed' || event.status !== 'in_progress';
  if (!row.open && !over) return row;
  return {
    ...row,
    status: event.status,
    open: row.open && !over,
    endedAt: over ? event.at : row.endedAt,
    cutOff: over ? false : row.cutOff,
  };
}

const tail = (text: string): string => (text.length > outputTail ? text.slice(text.length - outputTail) : text);
