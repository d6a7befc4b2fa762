import type { RunnableLaneId, StampedStatus } from '../model/index.ts';
import { actionOf } from './actions.ts';
import { words } from './copy.ts';
import { decideLane } from './decide-lane.ts';
import type { ExplainRow, ShutGate } from './explain.ts';

/** All of it in English Markdown, for a page: why the lane is what it is, then one table a lane. */
export function explainMarkdown(rows: readonly ExplainRow[], status: StampedStatus): string {
  const sections = groups(rows).map(([lane, own]) => [`## ${heading(lane)}`, '', ...table(own)].join('\n'));
  return [`# ${words('explain.title')}`, why(status), ...sections].join('\n\n').concat('\n');
}

/** The short form, for a hover: one line a lane, and what opens the gate that is shut. */
export function explainHover(rows: readonly ExplainRow[]): string {
  return groups(rows)
    .map(([lane, own]) => `**${heading(lane)}**: ${summary(own)}`)
    .join('\n\n');
}

/** The same as plain text, for a terminal. */
export function explainText(rows: readonly ExplainRow[], status: StampedStatus): string {
  const { selected } = status.inputs;
  const trace = decideLane(status.inputs).trace.map(({ says }) => `  ${says}`);
  const lanes = groups(rows).map(([lane, own]) => [words(`lane.${lane}`), ...textLines(own)].join('\n'));
  return [[words('explain.why', words(`lane.${selected}`)), ...trace].join('\n'), ...lanes].join('\n\n');
}

function why({ inputs }: StampedStatus): string {
  const steps = decideLane(inputs).trace.map(({ says }, index) => `${index + 1}. ${escaped(says)}`);
  return [words('explain.why', escaped(words(`lane.${inputs.selected}`))), '', ...steps].join('\n');
}

function groups(rows: readonly ExplainRow[]): readonly (readonly [RunnableLaneId, readonly ExplainRow[]])[] {
  const lanes = [...new Set(rows.map(({ lane }) => lane))];
  return lanes.map((lane) => [lane, rows.filter((row) => row.lane === lane)]);
}

function heading(lane: RunnableLaneId): string {
  return escaped(words(`lane.${lane}`));
}

function table(rows: readonly ExplainRow[]): readonly string[] {
  // What helps stands before what a narrow editor cuts off.
  const heads = (['capability', 'available', 'gate', 'opens', 'source', 'since'] as const).map((column) =>
    words(`explain.column.${column}`),
  );
  return [line(heads), line(heads.map(() => '---')), ...rows.map((row) => line(cells(row).map(escaped)))];
}

function line(parts: readonly string[]): string {
  return `| ${parts.join(' | ')} |`;
}

function cells({ label, gate }: ExplainRow): readonly string[] {
  if (gate === null) return [label, words('explain.yes'), '', '', '', ''];
  const { id, says, source, since, action } = gate;
  const opens = action === null ? words('explain.nothing-opens') : actionOf(action).label.english;
  return [
    label,
    words('explain.no'),
    `${id}: ${says}`,
    opens,
    source,
    minuteOf(since) ?? words('explain.since.unknown'),
  ];
}

/** An ISO time to the minute; text that is none stays. */
function minuteOf(at: string | null): string | undefined {
  return at?.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.]+Z$/, '$1 $2 UTC');
}

/** Of a lane that runs, how much of it is there; of one that does not, why and what helps. */
function summary(rows: readonly ExplainRow[]): string {
  const shut = rows.find(({ capability }) => capability === 'run-turn')?.gate ?? null;
  if (shut === null) {
    const missing = rows.filter(({ available }) => !available).map(({ label }) => escaped(label));
    return missing.length === 0 ? words('explain.runs') : words('explain.runs.without', missing.join('; '));
  }
  const opens = shut.action === null ? '' : `. ${words('explain.opens', actionOf(shut.action).label.english)}`;
  return escaped(`${shut.says}${opens}`);
}

/** Each capability in a line; below, each gate that was named there, once. */
function textLines(rows: readonly ExplainRow[]): readonly string[] {
  const lines = rows.map(({ label, gate }) =>
    gate === null ? `  ${words('explain.yes')}  ${label}` : `  ${words('explain.no')}   ${label} [${gate.id}]`,
  );
  const gates = new Map(
    rows.flatMap(({ gate }) => (gate === null ? [] : [[`${gate.id}: ${gate.says}`, gate] as const])),
  );
  return [...lines, ...[...gates].flatMap(([says, gate]) => [`  ${says}`, `    ${factsOf(gate).join('; ')}`])];
}

function factsOf({ source, since, action }: ShutGate): readonly string[] {
  return [
    words('explain.from', source),
    ...(since === null ? [] : [words('explain.since', minuteOf(since) ?? since)]),
    ...(action === null ? [] : [words('explain.opens', actionOf(action).label.english)]),
  ];
}

/** Text as Markdown shows it literally; a path or a label may hold anything, also line breaks. */
function escaped(text: string): string {
  const line = text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()<>#!|~&]/g, (sign) => `\\${sign}`);
  // These two mean something at the start of a line alone.
  return line.replace(/^[+-]/, (sign) => `\\${sign}`);
}
