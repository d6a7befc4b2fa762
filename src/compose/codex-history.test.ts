import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { engineOnFakes } from '../../test/fakes/engine.ts';
import { historyOf } from '../lanes/app-server/index.ts';
import type { LogEvent } from '../model/index.ts';
import { emptyThread, foldAll, nativeThreadId, threadId } from '../model/index.ts';
import { parseLogLine } from '../model/schema/index.ts';
import type { KeptTurn } from '../runtime/index.ts';
import { transcriptRows } from '../transcript/index.ts';

const kept = JSON.parse(readFileSync(new URL('../../test/fixtures/kept-thread.json', import.meta.url), 'utf8')) as {
  readonly thread: { readonly id: string; readonly preview: string };
  readonly turns: readonly (KeptTurn & { readonly startedAt: number; readonly completedAt: number })[];
};
const turns = kept.turns.map((turn) => ({
  ...turn,
  startedAt: turn.startedAt * 1000,
  completedAt: turn.completedAt * 1000,
}));

async function imported(isNamed: boolean): Promise<readonly LogEvent[]> {
  const t = engineOnFakes();
  t.clock.advance(Date.UTC(2026, 11, 1) - t.clock.now());
  const thread = {
    id: nativeThreadId(kept.thread.id),
    title: isNamed ? 'A name' : kept.thread.preview,
    isNamed,
    ...{ cwd: '/home/me/work', branch: null, source: 'exec', cliVersion: '0.150.0' },
    ...{ createdAt: 1_795_288_240_000, updatedAt: 1_795_288_241_000 },
  };
  return t.stored(await t.engine.import(historyOf({ thread, turns, shortened: false }), '/home/me/work'));
}

test('a thread that the real Codex kept, as it stands in our log', async () => {
  const events = await imported(false);
  const golden = new URL('../../test/golden/import/kept-thread.jsonl', import.meta.url);
  await expect(events.map((event) => `${JSON.stringify(event)}\n`).join('')).toMatchFileSnapshot(golden.pathname);
  for (const event of events) expect(parseLogLine(JSON.stringify(event)).ok).toBe(true);
  expect(new Set(events.map(({ transport }) => transport))).toEqual(new Set(['import']));
  const times = events.map(({ at }) => at);
  expect(times).toEqual(times.toSorted());
  // Neither who paid nor what was used is told anywhere.
  expect(
    events.filter(({ kind }) => kind === 'receipt' || kind === 'usage_updated' || kind === 'lane_decided'),
  ).toEqual([]);
});

test('a name that it has is its title; its next turn goes on with it, and its total is not known', async () => {
  const view = foldAll(emptyThread(threadId('x')), await imported(true));
  expect(view.title).toBe('A name');
  expect(view.native).toMatchObject({ lane: 'codex-native', id: kept.thread.id, forkOf: null, usageTotal: null });
});

test('as rows for other readers: prompts and answers in Codex’s thread, and no summary of a run that nobody saw', async () => {
  const rows = transcriptRows(await imported(false), '0.0.0');
  const status = 'codex_native_thread_status';
  expect(rows.map(({ type, subtype }) => subtype ?? type)).toEqual([
    ...['user', status, 'assistant', status],
    ...['user', status, 'assistant', status],
  ]);
  expect(rows[0]).toMatchObject({ timestamp: '2026-11-21T19:10:40.577Z', cwd: '/home/me/work' });
});
