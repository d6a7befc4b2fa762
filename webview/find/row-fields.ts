import type { Row, RowOf } from '../../src/model/index.ts';
import { plainTexts } from '../markdown/index.ts';
import { rangeOf, sliceCount, sliceOfText } from '../state/index.ts';
import { plainOutput } from '../terminal/index.ts';

/** A text of a row that can be found, in the order in which the page shows it. */
export type Field = {
  /** As the page shows it; made only when it is looked through. */
  readonly text: () => string;
  /** As it was written: what it lacks, the text lacks, too. */
  readonly source: string;
  /** Where the page shows it in the row's place, the first that is there. */
  readonly within: readonly string[];
  /** Which place of the row shows it. */
  readonly slice: number;
  /** True where the row must be open to show it. */
  readonly folded: boolean;
};

const object = ['.head .object'];
const panes = ['.fact-pane .scroll', '.pane .scroll'];
const anywhere: readonly string[] = [];

/** All that can be found in a row. What the page words itself is not among it. */
export function fieldsOf(row: Row): readonly Field[] {
  switch (row.kind) {
    case 'user':
      return [...slices(row), ...some(row.attachments.map(({ label }) => label).join('\n'), ['.chips'], false)];
    case 'text':
    case 'reasoning':
      return slices(row);
    case 'command':
      return [
        ...some(row.command, ['.whole-command', ...object], true),
        ...some(row.cwd ?? '', ['.note'], true),
        ...(row.output === '' ? [] : [field(row.output, ['.terminal'], true, () => plainOutput(row.output))]),
      ];
    case 'file-change': {
      const diffs = row.changes.map(({ diff = '' }) => linesOf(diff)).join('\n');
      const paths = row.changes.map(({ path }) => path).join('\n');
      return [
        ...some(paths, ['.changed-file .object', ...object], row.changes.length > 1),
        ...some(diffs, ['.diff'], true),
      ];
    }
    case 'mcp':
      return [
        ...some(`${row.server}.${row.tool}`, object, false),
        ...some(dataOf([row.arguments, row.error, row.result?.structuredContent ?? row.result?.content]), panes, true),
      ];
    case 'tool':
      return [...some(row.name, object, false), ...some(dataOf([row.arguments, row.result]), panes, true)];
    case 'subagent':
      return [
        ...(row.prompt === null ? some(row.tool, object, false) : []),
        ...some(dataOf([row.prompt, row.receivers.join('\n'), row.states]), panes, true),
      ];
    case 'web-search':
      return some(row.query, object, false);
    case 'plan':
      return some(row.steps.map(({ text }) => text).join('\n'), anywhere, true);
    case 'approval':
      return some([row.what, row.why ?? ''].join('\n'), anywhere, false);
    case 'warning':
      return some(row.text, anywhere, true);
    case 'notice':
      return [...some(row.args.join('\n'), anywhere, false), ...some(row.summary ?? '', anywhere, true)];
    case 'raw':
      return some(row.payload, panes, true);
    case 'failure':
      return some([row.error.message, row.error.hint ?? ''].join('\n'), anywhere, false);
    case 'interruption':
    case 'receipt':
      return [];
  }
}

function slices(row: RowOf<'user'> | RowOf<'text'> | RowOf<'reasoning'>): readonly Field[] {
  const { text } = row;
  const count = sliceCount(text);
  const ranges = Array.from({ length: count }, (_, index) => rangeOf({ index, count }));
  const isMarkdown = row.kind !== 'user';
  let made: readonly string[] | null = null;
  const textOf = (index: number) => {
    made ??= isMarkdown ? plainTexts(text, ranges) : ranges.map((range) => sliceOfText(text, range));
    return made[index] ?? '';
  };
  return ranges.map((_, slice) => ({
    text: () => textOf(slice),
    source: text,
    within: isMarkdown ? ['.prose'] : ['.ask-text'],
    slice,
    folded: row.kind !== 'text',
  }));
}

const some = (text: string, within: readonly string[], folded: boolean): readonly Field[] =>
  text.trim() === '' ? [] : [field(text, within, folded)];

function field(source: string, within: readonly string[], folded: boolean, text = () => source): Field {
  return { source, text, within, slice: 0, folded };
}

/** The lines of a diff without their marks. */
const linesOf = (diff: string): string => diff.replace(/^[+\- ]/gm, '');

function dataOf(values: readonly unknown[]): string {
  return values
    .filter((value) => value !== null && value !== undefined)
    .map((value) => (typeof value === 'string' ? value : textIn(value)))
    .join('\n');
}

function textIn(value: unknown): string {
  const parts = Array.isArray(value) ? value.map((part: unknown) => textPart(part)) : [null];
  return parts.every((part) => part !== null) ? parts.join('\n') : (JSON.stringify(value, null, 2) ?? '');
}

const textPart = (part: unknown): string | null =>
  typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string' ? part.text : null;
