import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LfSplitter } from '../../base/index.ts';
import type { LaneBody } from '../../model/index.ts';
import { nativeThreadId, noUsage, turnErrorCodes, turnId } from '../../model/index.ts';
import type { Outcome } from './finish.ts';
import { finish } from './finish.ts';
import type { Step } from './normalize.ts';
import { endOfStream, normalize, startState } from './normalize.ts';
import { StderrWarnings } from './warnings.ts';
import { readLine } from './wire.ts';

const fixtures = new URL('../../../test/fixtures/codex-0.169/', import.meta.url);
const golden = new URL('../../../test/golden/exec/', import.meta.url);
const at = '2026-01-01T00:00:00.000Z';

type Meta = {
  readonly args?: readonly string[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
};

const names = readdirSync(fixtures)
  .filter((name) => name.endsWith('.meta.json'))
  .map((name) => name.slice(0, -'.meta.json'.length))
  .sort();

const metaOf = (name: string): Meta => JSON.parse(readFileSync(new URL(`${name}.meta.json`, fixtures), 'utf8')) as Meta;

/** The same pipeline as a run, without the process. */
function map(name: string, meta: Meta, chunks: readonly Uint8Array[]): { events: LaneBody[]; end: Outcome } {
  const asked = meta.args?.includes('resume') ? meta.args.find((arg) => /^[0-9a-f-]{36}$/.test(arg)) : undefined;
  let state = startState({
    turnId: turnId('t1'),
    nativeThreadId: asked === undefined ? null : nativeThreadId(asked),
    usageBefore:
      asked === undefined ? null : { ...noUsage, input: 1200, cachedInput: 1000, output: 34, reasoningOutput: 12 },
  });
  const events: LaneBody[] = [];
  const take = (step: Step): void => {
    state = step.state;
    events.push(...step.events);
  };
  const splitter = new LfSplitter({ onLine: (line) => take(normalize(state, readLine(line), at)) });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  take(endOfStream(state));
  const warnings = new StderrWarnings();
  for (const line of meta.stderr.split('\n')) events.push(...warnings.push(line));
  events.push(...(state.end?.kind === 'completed' ? warnings.rest() : warnings.flush()));
  // Captures that were killed because they never ended: there our watchdog steps in.
  const hung = meta.signal === 'SIGKILL' && !name.startsWith('sig-');
  const overdue = hung ? (state.thread === null ? 'first-event' : 'silence') : null;
  return { events, end: finish(state, { ...meta, stopped: name.startsWith('sig-int'), overdue, limitS: 60 }) };
}

describe('captures of the real binary', () => {
  test('are there', () => expect(names.length).toBeGreaterThan(60));

  test.each(names)('%s', async (name) => {
    const result = map(name, metaOf(name), [readFileSync(new URL(`${name}.jsonl`, fixtures))]);
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot(new URL(`${name}.json`, golden).pathname);
  });
});

test('bytes cut anywhere and split anyhow still give one well-formed end', () => {
  const captures = names.map((name) => ({
    name,
    meta: metaOf(name),
    bytes: readFileSync(new URL(`${name}.jsonl`, fixtures)),
  }));
  const codes: readonly string[] = turnErrorCodes;
  fc.assert(
    fc.property(
      fc.constantFrom(...captures),
      fc.nat(),
      fc.array(fc.nat(), { maxLength: 6 }),
      (capture, cut, splits) => {
        const whole = capture.bytes.subarray(0, cut % (capture.bytes.length + 1));
        const at = [0, ...splits.map((s) => s % (whole.length + 1)).sort((a, b) => a - b), whole.length];
        const parts = at.slice(1).map((end, i) => whole.subarray(at[i], end));
        const { events, end } = map(capture.name, capture.meta, parts);
        expect(events).toEqual(map(capture.name, capture.meta, [whole]).events);
        if (end.outcome === 'failed') {
          expect(codes).toContain(end.error.code);
          expect(end.error.message).not.toBe('');
        }
      },
    ),
    { seed: 11, numRuns: 300 },
  );
});
