import { readdirSync, readFileSync } from 'node:fs';
import { LfSplitter } from '../../../base/index.ts';
import type { LaneEvent } from '../../../model/index.ts';
import { nativeThreadId, noUsage, turnId } from '../../../model/index.ts';
import { StderrWarnings } from '../../../runtime/index.ts';
import type { Outcome } from '../finish.ts';
import { finish } from '../finish.ts';
import type { ExecState, Step } from '../normalize.ts';
import { endOfStream, longLine, normalize, startState } from '../normalize.ts';
import type { WireLine } from '../wire.ts';
import { readLine } from '../wire.ts';

const fixtures = new URL('../../../../test/fixtures/codex-0.169/', import.meta.url);

/** What was noted beside a capture of `codex exec --json`. */
export type Meta = {
  readonly args?: readonly string[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
};

/** All captures of the real binary, by name. */
export const captureNames: readonly string[] = readdirSync(fixtures)
  .filter((name) => name.endsWith('.meta.json'))
  .map((name) => name.slice(0, -'.meta.json'.length))
  .sort();

export const metaOf = (name: string): Meta =>
  JSON.parse(readFileSync(new URL(`${name}.meta.json`, fixtures), 'utf8')) as Meta;

export const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`${name}.jsonl`, fixtures));

export type RanCapture = {
  readonly events: readonly LaneEvent[];
  readonly end: Outcome;
  readonly state: ExecState;
  /** Each line as it was read, with what it led to. */
  readonly lines: readonly { readonly read: WireLine; readonly events: readonly LaneEvent[] }[];
};

/** The same pipeline as a run, without the process. */
export function runCapture(name: string, meta: Meta, chunks: readonly Uint8Array[]): RanCapture {
  const asked = meta.args?.includes('resume') ? meta.args.find((arg) => /^[0-9a-f-]{36}$/.test(arg)) : undefined;
  let state = startState({
    turnId: turnId('t1'),
    nativeThreadId: asked === undefined ? null : nativeThreadId(asked),
    usageBefore:
      asked === undefined ? null : { ...noUsage, input: 1200, cachedInput: 1000, output: 34, reasoningOutput: 12 },
  });
  const events: LaneEvent[] = [];
  const lines: { read: WireLine; events: readonly LaneEvent[] }[] = [];
  const take = (step: Step): void => {
    state = step.state;
    events.push(...step.events);
  };
  const splitter = new LfSplitter({
    onLine: (line) => {
      const read = readLine(line);
      const step = normalize(state, read, '2026-01-01T00:00:00.000Z');
      lines.push({ read, events: step.events });
      take(step);
    },
    onLongLine: (line) => events.push(...longLine(line)),
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  take(endOfStream(state));
  const warnings = new StderrWarnings();
  for (const line of meta.stderr.split('\n')) events.push(...warnings.push(line));
  events.push(...(state.end?.kind === 'completed' ? warnings.rest() : warnings.flush()), ...warnings.untold());
  // Captures that were killed because they never ended: there our watchdog steps in.
  const hung = meta.signal === 'SIGKILL' && !name.startsWith('sig-');
  const overdue = hung ? (state.thread === null ? 'first-event' : 'silence') : null;
  const end = finish(state, { ...meta, stopped: name.startsWith('sig-int'), overdue, limitS: 60 });
  return { events, end, state, lines };
}
