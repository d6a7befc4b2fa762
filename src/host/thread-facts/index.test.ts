import { expect, test } from 'vitest';
import type { App } from '../../compose.ts';
import type { ActRefusals, LogEvent, ThreadView } from '../../model/index.ts';
import { emptyThread, nativeThreadId, threadId } from '../../model/index.ts';
import { createCore } from '../core/index.ts';
import type { Session, SessionThread } from '../session/index.ts';
import type { StatusSource } from '../status/index.ts';
import { createThreadFacts } from './index.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const settled = () => new Promise((done) => setImmediate(done));
const worktree = { path: '/w/tree', origin: '/w', base: 'abc' };

async function shown() {
  const views = new Map<string, ThreadView>();
  let thread: SessionThread | null = null;
  let changed: () => void = () => {};
  let events: (batch: readonly LogEvent[]) => void = () => {};
  let reads = 0;
  let acts: ActRefusals = { compact: null, review: 'The gate is shut.' };
  const core = createCore(
    async () =>
      ({
        threads: {
          view: async (id: ReturnType<typeof threadId>) => {
            reads += 1;
            return views.get(id) ?? emptyThread(id);
          },
          acts: () => acts,
        },
      }) as unknown as App,
  );
  const session = {
    thread: () => thread,
    onChange: (call: () => void) => {
      changed = call;
      return () => {};
    },
    onEvents: (call: typeof events) => {
      events = call;
      return () => {};
    },
  } as unknown as Session;
  let lane = 'codex-native';
  let laneChanged: () => void = () => {};
  const status = {
    current: () => ({ document: { providers: { codex: { selectedBackendId: lane } } } }),
    onChange: (call: () => void) => {
      laneChanged = call;
      return () => {};
    },
  } as unknown as StatusSource;
  const facts = createThreadFacts(core, session, status, log);
  await core.get();
  return {
    facts,
    views,
    reads: () => reads,
    show: (id: string) => {
      thread = { threadId: threadId(id), cwd: '/w', begun: true };
      changed();
    },
    refuse: (next: ActRefusals) => {
      acts = next;
    },
    choose: (other: string) => {
      lane = other;
      laneChanged();
    },
    changed: () => changed(),
    event: (kind: string) => events([{ kind } as LogEvent]),
  };
}

test('the facts are those of the thread that is shown', async () => {
  const { facts, views, show } = await shown();
  views.set('a', { ...emptyThread(threadId('a')), worktree });
  show('a');
  await settled();
  expect(facts.current().hasWorktree).toBe(true);
  show('b');
  show('a');
  show('b');
  await settled();
  expect(facts.current().hasWorktree).toBe(false);
});

test('an event that may change them has the thread read anew, and no other does', async () => {
  const { facts, views, show, event, changed, reads } = await shown();
  show('a');
  await settled();
  views.set('a', { ...emptyThread(threadId('a')), worktree });
  event('assistant_text');
  changed();
  await settled();
  expect([reads(), facts.current().hasWorktree]).toEqual([1, false]);
  event('worktree_created');
  await settled();
  expect([reads(), facts.current().hasWorktree]).toEqual([2, true]);
});

test('Continue is offered while the lane that resumes is selected, and no longer', async () => {
  const { facts, views, show, choose } = await shown();
  const turns = [{ state: 'interrupted', resolved: 'codex-native' }] as unknown as ThreadView['turns'];
  views.set('a', { ...emptyThread(threadId('a')), nativeThreadId: nativeThreadId('n'), turns });
  show('a');
  await settled();
  const told: boolean[] = [];
  facts.onChange(() => told.push(facts.current().canContinue));
  expect(facts.current().canContinue).toBe(true);
  choose('api');
  choose('codex-native');
  expect(told).toEqual([false, true]);
});

test('what the next turn can do beside answering is as the engine says now', async () => {
  const { facts, show, refuse } = await shown();
  expect(facts.current()).toMatchObject({ canCompact: false, canReview: false });
  show('a');
  await settled();
  expect(facts.current()).toMatchObject({ canCompact: true, canReview: false });
  refuse({ compact: 'Nothing to compact.', review: null });
  expect(facts.current()).toMatchObject({ canCompact: false, canReview: true });
});
