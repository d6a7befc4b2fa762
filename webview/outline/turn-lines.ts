import type { TurnState } from '../../src/model/index.ts';
import type { Place } from '../state/index.ts';

/** One turn in the outline. */
export type TurnLine = {
  readonly key: string;
  /** Number of its first place in the list. */
  readonly index: number;
  readonly number: number;
  /** First line of its prompt that says something. */
  readonly line: string;
  /** Null = not known (a prompt that was put into a running turn has that turn's). */
  readonly state: TurnState | null;
  readonly startedAt: string;
};

/** Longest line, in characters. */
const maxLine = 160;

/** The turns of a thread, by their prompts. */
export function turnLines(places: readonly Place[]): readonly TurnLine[] {
  const lines: TurnLine[] = [];
  for (const [index, { key, entry, part }] of places.entries()) {
    if (entry.kind !== 'row' || entry.row.kind !== 'user' || entry.promptNumber === null) continue;
    if (part.kind === 'slice' && part.index > 0) continue;
    const line = /\S[^\n]*/.exec(entry.row.text)?.[0].slice(0, maxLine).trimEnd() ?? '';
    const { startedAt } = entry.row;
    lines.push({ key, index, number: entry.promptNumber, line, state: entry.turn?.state ?? null, startedAt });
  }
  return lines;
}

/** The turn that a place of the list belongs to; -1 = it stands before the first. */
export const turnAt = (lines: readonly TurnLine[], index: number): number =>
  lines.findLastIndex((line) => line.index <= index);

/** The turn that typed letters mean: the next whose line begins with them, else the next that holds them; -1 = none. */
export function typedTurn(lines: readonly TurnLine[], typed: string, from: number): number {
  const words = typed.toLowerCase();
  const order = [...lines.keys()].map((step) => (from + step) % lines.length);
  const text = (index: number) => lines[index]?.line.toLowerCase() ?? '';
  return (
    order.find((index) => text(index).startsWith(words)) ?? order.find((index) => text(index).includes(words)) ?? -1
  );
}
