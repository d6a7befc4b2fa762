import { readdirSync, readFileSync } from 'node:fs';
import { LfSplitter } from '../../../base/index.ts';
import type { LogEvent } from '../../../model/index.ts';
import type { ReplayedEnd, ReplayedEvent, ReplayedPlace, ReplayedSettings } from '../../../ports/index.ts';
import { AppServerReplay } from '../replay.ts';

const fixtures = new URL('../../../../test/fixtures/codex-0.169/', import.meta.url);

/** All captures of the real app-server, by name. */
export const captureNames: readonly string[] = readdirSync(fixtures)
  .filter((name) => /^as-.*\.jsonl$/.test(name))
  .map((name) => name.slice(0, -'.jsonl'.length))
  .sort();

export const linesOf = (name: string): readonly string[] =>
  readFileSync(new URL(`${name}.jsonl`, fixtures), 'utf8')
    .trimEnd()
    .split('\n');

/** The same as it went over the wire, of both sides or of the server alone. */
export function rawLinesOf(name: string, sides: 'both' | 'server'): readonly string[] {
  return linesOf(name).flatMap((line) => {
    const { dir, msg } = JSON.parse(line) as { readonly dir: string; readonly msg: unknown };
    return sides === 'both' || dir === '<' ? [JSON.stringify(msg)] : [];
  });
}

/** What a replay told, in order. */
export type ToldCall =
  | { readonly call: 'thread'; readonly thread: unknown; readonly threadId: string }
  | { readonly call: 'begin'; readonly place: ReplayedPlace; readonly settings: ReplayedSettings }
  | { readonly call: 'event'; readonly place: ReplayedPlace; readonly event: ReplayedEvent }
  | {
      readonly call: 'end';
      readonly place: ReplayedPlace;
      readonly end: ReplayedEnd;
      readonly durationMs: number | null;
    };

export function replayed(lines: readonly string[]): readonly ToldCall[] {
  const calls: ToldCall[] = [];
  const replay = new AppServerReplay({
    thread: (thread) => calls.push({ call: 'thread', threadId: thread.threadId, thread }),
    begin: (place, settings) => calls.push({ call: 'begin', place, settings }),
    event: (place, event) => calls.push({ call: 'event', place, event }),
    end: (place, end, durationMs) => calls.push({ call: 'end', place, end, durationMs }),
  });
  const splitter = new LfSplitter({
    onLine: (line) => replay.push(line, '2026-01-01T00:00:00.000Z'),
    onLongLine: (line) => replay.pushLong(line),
  });
  splitter.push(new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')));
  splitter.end();
  replay.end();
  return calls;
}

export const threadIdOf = (call: ToldCall): string => (call.call === 'thread' ? call.threadId : call.place.threadId);

/** Each thread's log as it would be written. */
export function logsOf(calls: readonly ToldCall[]): ReadonlyMap<string, readonly LogEvent[]> {
  const logs = new Map<string, LogEvent[]>();
  for (const call of calls) {
    const log = logs.get(threadIdOf(call)) ?? [];
    logs.set(threadIdOf(call), log);
    const where =
      call.call === 'thread' ? {} : { turnId: call.place.turnId ?? undefined, aboutTurnId: call.place.aboutTurnId };
    const event = {
      ...{ v: 1, seq: log.length + 1, at: '2026-01-01T00:00:00.000Z', threadId: threadIdOf(call) },
      ...{ provider: 'codex', laneId: 'codex-native', transport: 'app-server' },
      ...where,
      ...bodyOf(call),
    };
    // As it is stored: what is undefined is not there.
    log.push(JSON.parse(JSON.stringify(event)) as LogEvent);
  }
  return logs;
}

function bodyOf(call: ToldCall): object {
  switch (call.call) {
    case 'thread':
      return { kind: 'thread_started', cwd: null };
    case 'begin':
      return { kind: 'turn_started', ...call.settings };
    case 'event':
      return call.event;
    case 'end':
      switch (call.end.outcome) {
        case 'completed':
          return { kind: 'turn_completed', durationMs: 1 };
        case 'failed':
          return { kind: 'turn_failed', durationMs: 1, error: call.end.error };
        case 'interrupted':
          return { kind: 'turn_interrupted', durationMs: 1, by: 'user' };
      }
  }
}
