import type { FileChange, ItemStatus, Row, ThreadView, TurnId } from '../model/index.ts';
import type { HistoryAct, HistoryMessage } from '../ports/index.ts';

/**
 * Most that is told of one output, of the diffs of one change and of one call's arguments of an earlier turn, in
 * characters. Each request carries the whole conversation, and what a command printed long ago is rarely read again: the
 * model can have the file or the command once more.
 */
const mostOfOne = 8192;

/**
 * The conversation before a turn, for a lane without memory, oldest first: prompts, answers, and what was done, whichever
 * lane did it. A compaction with a summary stands for all before it.
 */
export function historyOf(view: ThreadView, before: TurnId): readonly HistoryMessage[] {
  let told: HistoryMessage[] = [];
  for (const row of view.rows) {
    if (row.turnId === before) continue;
    if (row.kind === 'notice' && row.summary !== undefined) told = [{ role: 'user', text: summaryText(row.summary) }];
    else told.push(...entriesOf(row));
  }
  return told;
}

function entriesOf(row: Row): readonly HistoryMessage[] {
  switch (row.kind) {
    case 'user': {
      // A compaction says nothing of its own.
      if (row.act?.kind === 'compact') return [];
      const { text, attachments } = row;
      return [{ role: 'user', text, ...(attachments.length === 0 ? {} : { attachments }) }];
    }
    case 'text':
      return row.text === '' ? [] : [{ role: 'assistant', text: row.text }];
    default: {
      const act = actOf(row);
      return act === null ? [] : [{ role: 'tool', act }];
    }
  }
}

/** Null = nothing that a model would go on from. */
function actOf(row: Row): HistoryAct | null {
  switch (row.kind) {
    case 'command': {
      const { command, cwd, exitCode } = row;
      const output = withCutOff(row, cut(row.output));
      return { kind: 'command', command: cut(command), cwd, output, exitCode, status: statusOf(row) };
    }
    case 'file-change': {
      // What nobody announced may as well have been the user.
      if (!row.announced) return null;
      // The diff of a file that went is the file: a model that never read it, as the user was asked first, gets it so neither.
      const patch = row.changes.flatMap(({ kind, diff }) => (kind === 'delete' ? [] : (diff ?? []))).join('\n');
      return { kind: 'change', files: row.changes.map(fileLine), patch: cut(patch), status: statusOf(row) };
    }
    case 'mcp': {
      const { server, tool } = row;
      const result = withCutOff(row, cut(row.error ?? textOf(row.result?.content ?? [])));
      return {
        kind: 'call',
        name: callName(`${server}_${tool}`),
        arguments: cutArguments(row.arguments),
        result,
        status: statusOf(row),
      };
    }
    case 'tool': {
      const [name, result] = [callName(row.name), withCutOff(row, cut(textOf(row.result)))];
      return { kind: 'call', name, arguments: cutArguments(row.arguments), result, status: statusOf(row) };
    }
    default:
      return null;
  }
}

type Item = { readonly status: ItemStatus; readonly cutOff: boolean };

/** What its turn left in the middle goes on no more: told as in progress it would be waited for. */
const statusOf = ({ status, cutOff }: Item): ItemStatus => (cutOff && status === 'in_progress' ? 'failed' : status);

function withCutOff({ cutOff }: Item, told: string): string {
  return cutOff ? `${told}${told === '' ? '' : '\n'}[its turn was stopped before this had ended]` : told;
}

function fileLine({ path, kind, movedFrom }: FileChange): string {
  return movedFrom === undefined ? `${kind} ${path}` : `${kind} ${movedFrom} -> ${path}`;
}

/** What the Responses API takes as a function's name. */
const callName = (name: string): string => name.replace(/[^\w-]/g, '_').slice(0, 64) || 'tool';

function textOf(result: unknown): string {
  if (result === null || result === undefined) return '';
  return typeof result === 'string' ? result : JSON.stringify(result);
}

/** Arguments that are too long to be told are text that says so: JSON can't be cut. */
function cutArguments(given: unknown): unknown {
  const text = JSON.stringify(given ?? {});
  return text.length <= mostOfOne ? (given ?? {}) : { cut: cut(text) };
}

/** Its start and its end: an error stands at the end, what it is about at the start. */
function cut(text: string): string {
  if (text.length <= mostOfOne) return text;
  const half = mostOfOne / 2;
  const left = text.length - mostOfOne;
  return `${text.slice(0, half)}\n[… ${left} characters left out: of an earlier turn ${mostOfOne} are told …]\n${text.slice(-half)}`;
}

const summaryText = (summary: string): string =>
  `The conversation up to here was long and is summed up. This is the summary:\n\n${summary}`;
