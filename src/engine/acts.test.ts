import { expect, test } from 'vitest';
import type { Script } from '../../test/fakes/engine.ts';
import { engineOnFakes, readyInputs } from '../../test/fakes/engine.ts';
import type { LaneInputs, ThreadOptions, TurnAct } from '../model/index.ts';
import { defaultThreadOptions, nativeThreadId, requestId } from '../model/index.ts';

const interactive: LaneInputs = {
  ...readyInputs,
  selected: 'codex-native',
  gates: { ...readyInputs.gates, interactive: true },
  native: {
    ...readyInputs.native,
    abilities: { missingExecFlags: [], missingTurnOptions: [], plugin: true, appServer: true },
  },
};
const n1 = nativeThreadId('n1');
const compact: TurnAct = { kind: 'compact' };
const review: TurnAct = { kind: 'review', target: { kind: 'base_branch', branch: 'main' } };

/** Names its thread, and says something. */
const ran: Script = async (_turn, io, end) => {
  io.emit({ kind: 'assistant_text', text: 'x', isDelta: false, nativeThreadId: n1 });
  return end({ nativeThreadId: n1, completionPolicy: 'persistent' });
};

function room(...scripts: readonly Script[]) {
  const fakes = engineOnFakes({ scripts });
  fakes.state.inputs = interactive;
  const id = fakes.engine.create('/w');
  const doing = (act: TurnAct, text = `please ${act.kind}`) =>
    fakes.engine.submit(id, { requestId: requestId(`a-${text}`), text, act });
  const idle = () => fakes.until(fakes.idle(id));
  const turn = async (text: string): Promise<void> => {
    await fakes.prompt(id, text);
    await idle();
  };
  return { ...fakes, id, doing, idle, turn };
}

test('a review is an ordinary turn whose record says that nobody typed it; what is not asked of Codex is not on it', async () => {
  const t = room(ran);
  t.state.settings = { ...t.state.settings, nativeEffort: 'high' };
  expect(await t.doing(review)).toEqual({ ok: true });
  await t.idle();
  expect(t.stored(t.id).map(({ kind }) => kind)).toEqual([
    'thread_started',
    'lane_decided',
    'user_message',
    'turn_started',
    'assistant_text',
    'turn_completed',
    'receipt',
  ]);
  expect(t.stored(t.id).find(({ kind }) => kind === 'user_message')).toMatchObject({
    text: 'please review',
    act: review,
    delivery: 'start',
  });
  expect(t.turns).toMatchObject([{ act: review, effort: null, outputSchema: null }]);
  expect(t.folded(t.id)).toMatchObject({
    title: 'please review',
    turns: [{ effort: null, transport: 'app-server', approvalPolicy: 'never' }],
  });
});

test('while a turn runs it waits like a prompt, also when it was meant for that turn', async () => {
  const first = Promise.withResolvers<void>();
  const t = room(async (turn, io, end) => {
    await first.promise;
    return await ran(turn, io, end);
  });
  await t.prompt(t.id, 'one');
  await t.until(() => t.turns.length === 1);
  expect(await t.engine.steer(t.id, { requestId: requestId('s'), text: 'please review', act: review })).toEqual({
    ok: true,
  });
  expect(t.engine.activity(t.id).queued).toBe(1);
  first.resolve();
  await t.idle();
  expect(t.turns.map(({ act }) => act)).toEqual([undefined, review]);
  expect(t.stored(t.id).find((event) => event.kind === 'user_message' && event.act !== undefined)).toMatchObject({
    delivery: 'queued',
  });
});

const settled = (inputs: Partial<LaneInputs['gates']>): LaneInputs => {
  return { ...interactive, gates: { ...interactive.gates, ...inputs } };
};
const noAppServer: LaneInputs = {
  ...interactive,
  native: {
    ...interactive.native,
    abilities: { missingExecFlags: [], missingTurnOptions: [], plugin: true, appServer: false },
  },
};

test.each<readonly [string, LaneInputs, Partial<ThreadOptions>, string]>([
  ['the gate is shut', settled({ interactive: false }), {}, 'the gate interactive is shut'],
  ['exec is asked for', settled({ transport: 'exec' }), {}, 'codexLanes.native.transport asks for it'],
  ['the build has no app-server', noAppServer, {}, 'this build has no app-server'],
  ['a profile needs exec', interactive, { profile: 'p' }, 'takes no configuration profile'],
  ['the lane is locked', settled({ unlocked: false }), {}, 'ock'],
])(
  'refused where it can’t be done, with the reason, and nothing is recorded: %s',
  async (_name, inputs, options, why) => {
    const t = room(ran, ran);
    await t.turn('one');
    await t.engine.setOptions(t.id, { ...defaultThreadOptions, ...options });
    t.state.inputs = inputs;
    const before = t.stored(t.id).length;
    for (const act of [compact, review]) {
      expect(t.engine.acts(t.id)[act.kind]).toContain(why);
      expect(await t.doing(act)).toMatchObject({ ok: false, message: t.engine.acts(t.id)[act.kind] });
    }
    expect(t.stored(t.id)).toHaveLength(before);
    expect(t.turns).toHaveLength(1);
    t.state.inputs = interactive;
    await t.engine.setOptions(t.id, defaultThreadOptions);
    expect(t.engine.acts(t.id)).toEqual({ compact: null, review: null });
  },
);

test('the API lane compacts what was said in the thread, whoever answered it, and reviews nothing', async () => {
  const t = room(ran, ran);
  t.state.inputs = { ...interactive, selected: 'api' };
  const review = expect.stringContaining('Choose the Codex native lane');
  expect(t.engine.acts(t.id)).toEqual({ compact: expect.stringContaining('nothing was said yet'), review });
  expect(await t.doing(compact)).toMatchObject({ ok: false });
  t.state.inputs = interactive;
  await t.turn('one');
  t.state.inputs = { ...interactive, selected: 'api' };
  expect(t.engine.acts(t.id)).toEqual({ compact: null, review });
  expect(await t.doing(compact)).toEqual({ ok: true });
  await t.idle();
  expect(t.turns.at(-1)).toMatchObject({ act: compact, history: [{ text: 'one' }, { text: 'x' }] });
});

test('there must be something to compact that Codex keeps', async () => {
  const t = room(ran, ran);
  expect(t.engine.acts(t.id)).toEqual({ compact: expect.stringContaining('nothing to compact'), review: null });
  expect(await t.doing(compact)).toMatchObject({ ok: false });
  expect(t.stored(t.id)).toEqual([]);
  await t.turn('one');
  expect(t.engine.acts(t.id).compact).toBeNull();
  await t.engine.setOptions(t.id, { ...defaultThreadOptions, ephemeral: true });
  expect(t.engine.acts(t.id)).toEqual({ compact: expect.stringContaining('keeps nothing'), review: null });
  await t.engine.setOptions(t.id, defaultThreadOptions);
  expect(await t.doing(compact)).toEqual({ ok: true });
  await t.idle();
  expect(t.turns.at(-1)).toMatchObject({ act: compact, nativeThreadId: n1 });
});

test('what could be done when it was asked for, and can’t when its turn comes, is a failed turn that says why', async () => {
  const first = Promise.withResolvers<void>();
  const t = room(async (turn, io, end) => {
    await first.promise;
    return await ran(turn, io, end);
  });
  await t.prompt(t.id, 'one');
  await t.until(() => t.turns.length === 1);
  expect(await t.doing(review)).toEqual({ ok: true });
  t.state.inputs = settled({ interactive: false });
  first.resolve();
  await t.idle();
  expect(t.turns).toHaveLength(1);
  expect(t.stored(t.id).find(({ kind }) => kind === 'turn_failed')).toMatchObject({
    error: {
      code: 'bad_request',
      message: expect.stringContaining('review'),
      hint: expect.stringContaining('interactive'),
    },
  });
});

test('while it runs, a message waits behind it', async () => {
  const first = Promise.withResolvers<void>();
  const t = room(async (turn, io, end) => {
    await first.promise;
    return await ran(turn, io, end);
  });
  await t.doing(review);
  await t.until(() => t.turns.length === 1);
  expect(t.engine.activity(t.id).steers).toBe(false);
  expect(await t.engine.steer(t.id, { requestId: requestId('s'), text: 'and this' })).toEqual({ ok: true });
  first.resolve();
  await t.idle();
  expect(t.turns.map(({ text }) => text)).toEqual(['please review', 'and this']);
});

test('Stop ends it like any turn', async () => {
  const t = room(async (_turn, io, end) => {
    await new Promise((stop) => io.signal.addEventListener('abort', stop, { once: true }));
    return { outcome: 'interrupted', facts: end().facts };
  });
  await t.doing(review);
  await t.until(() => t.turns.length === 1);
  await t.engine.stop(t.id, 'user');
  expect(t.folded(t.id).turns).toMatchObject([{ state: 'interrupted' }]);
});

test('a lane without memory is told of a review, and nothing of a compaction', async () => {
  const t = room(ran, ran, ran);
  await t.turn('one');
  await t.doing(compact);
  await t.idle();
  await t.doing(review);
  await t.idle();
  t.state.inputs = { ...interactive, selected: 'api' };
  await t.prompt(t.id, 'two', ['payer']);
  await t.idle();
  expect(t.turns.at(-1)?.history.map((said) => ('text' in said ? said.text : said.act.kind))).not.toContain(
    'please compact',
  );
  expect(t.turns.at(-1)?.history.map((said) => ('text' in said ? said.text : said.act.kind))).toContain(
    'please review',
  );
});
