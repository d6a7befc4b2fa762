import * as z from 'zod';
import type { RawStream } from '../../ports/index.ts';

/** What a kept stream says of ours before the answer to another request of the same turn. */
export type RoundMark = {
  /** It sums the conversation up, and is no answer to the user. */
  readonly isSummary: boolean;
};

const mark = z.object({ type: z.literal('codex_lanes.round'), summary: z.boolean() });

/** Keeps a mark as an event of its own, whatever an answer that was cut off left before it. */
export function writeMark(raw: RawStream, { isSummary }: RoundMark): void {
  const told: z.infer<typeof mark> = { type: 'codex_lanes.round', summary: isSummary };
  for (const line of ['', `data: ${JSON.stringify(told)}`, '']) raw.line(line);
}

/** Null: the data of an event is no mark. */
export function readMark(data: string): RoundMark | null {
  if (!data.startsWith('{"type":"codex_lanes.round"')) return null;
  try {
    const { summary } = mark.parse(JSON.parse(data));
    return { isSummary: summary };
  } catch {
    return null;
  }
}
