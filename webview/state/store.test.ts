import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyThread, foldAll, requestId, threadId } from '../../src/model/index.ts';
import type { Reply, ToWebview } from '../../src/protocol/index.ts';
import { EventLog, everyRow, idleComposer, payerQuestion } from '../testing/event-log.ts';
import { Store } from './store.ts';

const welcome = { line: 'Ready', why: false, prompts: [] };

function snapshotOf(log: EventLog, count: number, draft = ''): ToWebview {
  const thread = foldAll(emptyThread(log.threadId), log.events.slice(0, count));
  return { type: 'snapshot', viewId: 'v', thread, draft, composer: idleComposer, welcome };
}

function batchOf(log: EventLog, from: number, to: number): ToWebview {
  return { type: 'events', viewId: 'v', threadId: log.threadId, events: log.events.slice(from, to) };
}

function fullLog(): EventLog {
  const log = new EventLog();
  everyRow(log);
  return log;
}

test('a snapshot and any overlapping batches fold to the whole thread', () => {
  const log = fullLog();
  const whole = foldAll(emptyThread(log.threadId), log.events);
  const end = log.events.length;
  fc.assert(
    fc.property(fc.nat(end), fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 9 }))), (start, steps) => {
      const store = new Store(null);
      store.apply(snapshotOf(log, start));
      let at = start;
      for (const [back, forward] of [...steps, [0, end] as const]) {
        const effects = store.apply(batchOf(log, Math.max(0, at - back), at + forward));
        expect(effects).toEqual([]);
        at = Math.min(end, at + forward);
      }
      expect(store.thread.value).toEqual(whole);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('a gap asks the host once, and its answer heals it', () => {
  const log = fullLog();
  const store = new Store(null);
  store.apply(snapshotOf(log, 5));
  expect(store.apply(batchOf(log, 7, 9))).toEqual([{ kind: 'hello' }]);
  expect(store.apply(batchOf(log, 9, 11))).toEqual([]);
  expect(store.position()).toEqual({ threadId: log.threadId, lastSeq: 5 });
  expect(store.apply(batchOf(log, 5, 11))).toEqual([]);
  expect(store.thread.value?.seq).toBe(11);
  expect(store.apply(batchOf(log, 12, 13))).toEqual([{ kind: 'hello' }]);
});

test('events of another thread change nothing', () => {
  const log = fullLog();
  const store = new Store(null);
  store.apply(snapshotOf(log, 5));
  const before = store.thread.value;
  store.apply({ ...batchOf(log, 5, 6), threadId: threadId('other') } as ToWebview);
  expect(store.thread.value).toBe(before);
});

test('rows that did not change give the same drawing', () => {
  const log = fullLog();
  const store = new Store(null);
  store.apply(snapshotOf(log, 10));
  const before = store.thread.value?.rows[0];
  store.apply(batchOf(log, 10, 12));
  expect(store.thread.value?.rows[0]).toBe(before);
});

test('the local draft is kept, an empty one takes the host’s', () => {
  const log = fullLog();
  const saved = {
    threadId: log.threadId,
    fresh: false,
    scroll: null,
    expansion: {},
    draft: 'mine',
    attachments: [],
    question: null,
  };
  const store = new Store(saved);
  expect(store.position()).toEqual({ threadId: log.threadId, lastSeq: 0 });
  store.apply(snapshotOf(log, 3, 'theirs'));
  expect(store.draft.value).toBe('mine');
  const empty = new Store({ ...saved, draft: '' });
  empty.apply(snapshotOf(log, 3, 'theirs'));
  expect(empty.draft.value).toBe('theirs');
});

test('another thread brings its own draft, and the one that leaves is saved', () => {
  const log = fullLog();
  const store = new Store(null);
  store.apply(snapshotOf(log, 3));
  store.draft.value = 'half a thought';
  const other = { ...snapshotOf(log, 0, 'another'), thread: emptyThread(threadId('other')) } as ToWebview;
  expect(store.apply(other)).toEqual([{ kind: 'leaving', threadId: log.threadId, draft: 'half a thought' }]);
  expect(store.draft.value).toBe('another');
});

test('the draft clears on an ok reply to its own request alone, and keeps what was typed after', () => {
  const log = fullLog();
  const store = new Store(null);
  store.apply(snapshotOf(log, 3));
  store.draft.value = 'go';
  store.pending.value = { requestId: requestId('1'), text: 'go', attachments: [], isDraft: true, confirmed: [] };
  store.apply({ type: 'reply', viewId: 'v', requestId: requestId('0'), reply: { ok: true } });
  expect(store.draft.value).toBe('go');
  store.apply({ type: 'reply', viewId: 'v', requestId: requestId('1'), reply: { ok: false, message: 'no' } });
  expect([store.draft.value, store.refusal.value]).toEqual(['go', 'no']);
  store.pending.value = { requestId: requestId('2'), text: 'go', attachments: [], isDraft: true, confirmed: [] };
  store.draft.value = 'go\nand more';
  store.apply({ type: 'reply', viewId: 'v', requestId: requestId('2'), reply: { ok: true } });
  expect([store.draft.value, store.refusal.value]).toEqual(['and more', null]);
});

test('a click on Stop holds until the turn ended', () => {
  const log = new EventLog();
  log.begin('Run.');
  const store = new Store(null);
  store.apply(snapshotOf(log, log.events.length));
  expect(store.running.value).toBe(true);
  store.stopClicked.value = true;
  expect(store.stopping.value).toBe(true);
  const end = log.add({ kind: 'turn_interrupted', durationMs: 1, by: 'user' });
  store.apply({ type: 'events', viewId: 'v', threadId: log.threadId, events: [end] });
  expect([store.running.value, store.stopping.value, store.stopClicked.value]).toEqual([false, false, false]);
});

test('three finished rows fold, a failed one stays out', () => {
  const log = new EventLog();
  log.begin('Run.');
  for (const [index, exit] of [0, 0, 1, 0, 0, 0].entries()) log.command(`c${index}`, `run ${index}`, 'x', exit, 10);
  const store = new Store(null);
  store.apply(snapshotOf(log, log.events.length));
  expect(store.listing.value.places.map(({ entry }) => (entry.kind === 'row' ? entry.row.kind : entry.kind))).toEqual([
    'user',
    'command',
    'command',
    'command',
    'group',
    'running',
  ]);
});

test('a question waits with what was said yes to before, and any other reply ends it', () => {
  const store = new Store(null);
  const ask = { id: 'folder-trust:/w', kind: 'folder-trust', folder: '/w' } as const;
  const answer = (reply: Reply) => {
    store.pending.value = {
      requestId: requestId('1'),
      text: 'do it',
      attachments: [],
      isDraft: true,
      confirmed: ['payer'],
    };
    store.apply({ type: 'reply', viewId: 'v', requestId: requestId('1'), reply });
  };
  store.draft.value = 'do it';
  answer({ ok: false, message: 'Asked.', ask });
  expect([store.question.value, store.refusal.value, store.draft.value]).toEqual([
    { ask, confirmed: ['payer'], prompt: null, as: null },
    null,
    'do it',
  ]);
  answer({ ok: false, message: 'no' });
  expect([store.question.value, store.refusal.value]).toEqual([null, 'no']);
  answer({ ok: false, message: 'Asked.', ask });
  answer({ ok: true });
  expect([store.question.value, store.refusal.value, store.draft.value]).toEqual([null, null, '']);
});

const image = { kind: 'image', path: '/home/me/a.png', label: 'a.png' } as const;

test('files are attached once each and leave with the prompt that they were sent with', () => {
  const store = new Store(null);
  store.draft.value = 'look';
  store.apply({ type: 'attached', viewId: 'v', attachments: [image] });
  store.apply({ type: 'attached', viewId: 'v', attachments: [{ ...image }] });
  expect(store.attachments.value).toEqual([image]);
  const attachments = store.attachments.value;
  store.pending.value = { requestId: requestId('1'), text: 'look', attachments, isDraft: true, confirmed: [] };
  const later = { ...image, path: '/home/me/b.png' };
  store.apply({ type: 'attached', viewId: 'v', attachments: [later] });
  store.apply({ type: 'reply', viewId: 'v', requestId: requestId('1'), reply: { ok: true } });
  expect([store.draft.value, store.attachments.value]).toEqual(['', [later]]);
});

test('no more files are attached than go with a prompt', () => {
  const store = new Store(null);
  const attachments = Array.from({ length: 20 }, (_, at) => ({ ...image, path: `/${at}.png` }));
  store.apply({ type: 'attached', viewId: 'v', attachments });
  expect(store.attachments.value).toHaveLength(16);
});

test('files wait with the draft of their thread', () => {
  const log = fullLog();
  const store = new Store(null);
  store.apply(snapshotOf(log, 5));
  store.apply({ type: 'attached', viewId: 'v', attachments: [image] });
  const thread = { ...emptyThread(threadId('another')) };
  store.apply({ type: 'snapshot', viewId: 'v', thread, draft: '', composer: idleComposer, welcome });
  expect(store.attachments.value).toEqual([]);
  store.apply(snapshotOf(log, 5));
  expect(store.attachments.value).toEqual([image]);
});

test('a prompt that a button sends leaves the draft alone, and its question is about that prompt', () => {
  const store = new Store(null);
  store.draft.value = 'half a thought';
  const prompt = { text: 'Go on.', attachments: [], isDraft: false, confirmed: [] };
  store.pending.value = { requestId: requestId('1'), ...prompt };
  const reply = { ok: false, message: 'Asked.', ask: payerQuestion } as const;
  store.apply({ type: 'reply', viewId: 'v', requestId: requestId('1'), reply });
  expect(store.question.value?.prompt).toBe('Go on.');
  store.pending.value = { requestId: requestId('2'), ...prompt };
  store.apply({ type: 'reply', viewId: 'v', requestId: requestId('2'), reply: { ok: true } });
  expect([store.draft.value, store.question.value]).toEqual(['half a thought', null]);
});

const locked = {
  text: 'Codex native - Ready but locked',
  actions: ['unlockNative', 'useApi'].map((id) => ({ id, label: id })),
  why: true,
};
const refusal = { code: 'lane_locked', message: 'Locked.', hint: null } as const;

test.each<[string, (log: EventLog) => void, boolean]>([
  ['nothing was sent', () => {}, true],
  [
    'the thread ends with the refusal that offers the same',
    (log) => {
      log.begin('Go.');
      log.refuse({ ...refusal, actions: ['unlockNative', 'useApi'] });
    },
    false,
  ],
  [
    'the refusal was another one',
    (log) => {
      log.begin('Go.');
      log.refuse({ ...refusal, actions: ['liftPin', 'useApi'] });
    },
    true,
  ],
  [
    'an old refusal names nothing',
    (log) => {
      log.begin('Go.');
      log.refuse(refusal);
    },
    true,
  ],
  [
    'another prompt came since',
    (log) => {
      log.begin('Go.');
      log.refuse({ ...refusal, actions: ['unlockNative', 'useApi'] });
      log.begin('Again.');
    },
    true,
  ],
])('why Send would be refused stands above the composer: %s', (_name, story, shown) => {
  const log = new EventLog();
  story(log);
  const store = new Store(null);
  const composer = { ...idleComposer, blocked: locked };
  store.apply({ type: 'snapshot', viewId: 'v', thread: log.view(), draft: '', composer, welcome });
  expect(store.blocked.value).toEqual(shown ? locked : null);
});

test('a question waits through a reload with its draft, and leaves with its thread', () => {
  const log = fullLog();
  const question = { ask: payerQuestion, confirmed: [], prompt: null };
  const saved = {
    threadId: log.threadId,
    fresh: false,
    scroll: null,
    expansion: {},
    draft: 'Go.',
    attachments: [],
    question,
  };
  const same = new Store(saved);
  same.apply(snapshotOf(log, 5));
  expect([same.question.value, same.draft.value]).toEqual([question, 'Go.']);
  const other = new Store({ ...saved, threadId: threadId('another') });
  other.apply(snapshotOf(log, 5));
  expect(other.question.value).toBeNull();
});

/** A page with a thread that has not begun (`a`) or has, whose prompt `go` with one image is on its way. */
function onItsWay(begun = false): Store {
  const store = new Store(null);
  show(store, 'a', begun);
  store.apply({ type: 'attached', viewId: 'v', attachments: [image] });
  store.draft.value = 'go\nand then';
  const attachments = store.attachments.value;
  store.pending.value = { requestId: requestId('1'), text: 'go', attachments, isDraft: true, confirmed: [] };
  return store;
}

function show(store: Store, id: string, begun = false, draft = '') {
  const thread = { ...emptyThread(threadId(id)), seq: begun ? 3 : 0 };
  return store.apply({ type: 'snapshot', viewId: 'v', thread, draft, composer: idleComposer, welcome });
}

const reply = (answer: Reply): ToWebview => ({ type: 'reply', viewId: 'v', requestId: requestId('1'), reply: answer });

test('a prompt on its way is no draft: another thread is not given it, and it is not sent twice', () => {
  const store = onItsWay();
  expect(store.unsent).toBe('and then');
  // Told anew, since an option changed: Send stays shut.
  show(store, 'a');
  expect([store.pending.value?.text, store.draft.value]).toEqual(['go', 'go\nand then']);
  expect(show(store, 'b', false, 'and then')).toEqual([{ kind: 'leaving', threadId: 'a', draft: 'and then' }]);
  expect([store.draft.value, store.attachments.value, store.pending.value]).toEqual(['and then', [], null]);
  expect(store.apply(reply({ ok: true }))).toEqual([]);
  expect(store.draft.value).toBe('and then');
});

test('back at a thread whose prompt is still on its way, it is as it was left', () => {
  const store = onItsWay(true);
  show(store, 'b', true);
  show(store, 'a', true, 'and then');
  expect([store.draft.value, store.attachments.value, store.pending.value?.text]).toEqual([
    'go\nand then',
    [image],
    'go',
  ]);
  store.apply(reply({ ok: true }));
  expect([store.draft.value, store.attachments.value, store.pending.value]).toEqual(['and then', [], null]);
});

test('what is refused behind the back of the reader is a draft of its thread again', () => {
  const store = onItsWay(true);
  show(store, 'b', true);
  expect(store.apply(reply({ ok: false, message: 'no' }))).toEqual([
    { kind: 'leaving', threadId: 'a', draft: 'go\nand then' },
  ]);
  expect([store.draft.value, store.refusal.value]).toEqual(['', null]);
  show(store, 'a', true, 'go\nand then');
  expect([store.draft.value, store.attachments.value]).toEqual(['go\nand then', [image]]);
});

test('a first prompt that is refused comes back in the thread that stands for the one that never began', () => {
  const store = onItsWay();
  show(store, 'b', false, 'and then');
  store.apply(reply({ ok: false, message: 'no' }));
  expect([store.draft.value, store.attachments.value, store.refusal.value]).toEqual(['go\nand then', [image], 'no']);
});

test('text and files of a thread that has not begun go on in the next one, also after a reload', () => {
  const store = new Store(null);
  show(store, 'a');
  store.draft.value = 'half a thought';
  store.apply({ type: 'attached', viewId: 'v', attachments: [image] });
  expect(show(store, 'b')).toEqual([]);
  expect([store.draft.value, store.attachments.value]).toEqual(['half a thought', [image]]);
  const saved = { threadId: threadId('b'), scroll: null, expansion: {}, draft: 'half', question: null };
  const again = new Store({ ...saved, fresh: true, attachments: [image] });
  expect(show(again, 'c')).toEqual([]);
  expect([again.draft.value, again.attachments.value]).toEqual(['half', [image]]);
  const begun = new Store({ ...saved, fresh: false, attachments: [image] });
  expect(show(begun, 'c')).toEqual([{ kind: 'leaving', threadId: 'b', draft: 'half' }]);
  expect([begun.draft.value, begun.attachments.value]).toEqual(['', []]);
});
