import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Script } from '../../test/fakes/engine.ts';
import { engineOnFakes, factsOf, readyInputs, untilStopped } from '../../test/fakes/engine.ts';
import type { LaneInputs, Payer, SubmitResult, ThreadId } from '../model/index.ts';
import { defaultThreadOptions, isPaying, isSamePayer, isTerminal, uncheckedNative } from '../model/index.ts';

const keyA: Payer = { kind: 'api-key', label: '…aaaa', source: 'stored key' };
const keyB: Payer = { kind: 'api-key', label: '…bbbb', source: 'stored key' };
const account: Payer = { kind: 'chatgpt', label: 'me (plus)', source: 'Codex login' };
const nobody: Payer = { kind: 'none', label: '127.0.0.1:1', source: 'none' };
const keyless: Payer = { kind: 'provider', label: 'practice (offline)', source: 'none' };

const api = (payer: Payer | null): LaneInputs => ({ ...readyInputs, api: { ...readyInputs.api, payer } });
const native = (payer: Payer): LaneInputs => ({
  ...readyInputs,
  selected: 'codex-native',
  native: { ...readyInputs.native, credential: { kind: 'present', authMethod: 'api_key', payer } },
});
/** A lane that finds `payer` when it starts, as a lane must tell it. */
const paidBy =
  (payer: Payer | null): Script =>
  async (_turn, io, end) => {
    const error = io.mayPay(payer);
    if (error !== null) return { outcome: 'failed', error, facts: end({ payer }).facts };
    return end({ payer });
  };

type Bench = ReturnType<typeof engineOnFakes>;
const idOf = (answer: SubmitResult): string => (answer.ok ? '' : (answer.ask?.id ?? ''));

/** A thread whose last turn was paid by `payer`. */
async function paidThread(t: Bench, payer: Payer): Promise<ThreadId> {
  t.state.inputs = api(payer);
  const id = t.engine.create('/w');
  await t.prompt(id, 'first');
  await t.until(t.idle(id));
  return id;
}

test('another payer stops Send once: it says from what to what, records nothing, runs nothing, and lets the thread go', async () => {
  const t = engineOnFakes({ scripts: [paidBy(keyA), paidBy(keyB), paidBy(keyB)] });
  const id = await paidThread(t, keyA);
  const before = t.stored(id);
  t.state.inputs = api(keyB);
  const asked = await t.prompt(id, 'second');
  expect(asked).toEqual({
    ok: false,
    message: 'Who pays for this thread would change from API key …aaaa (stored key) to API key …bbbb (stored key).',
    ask: {
      id: expect.stringMatching(/^payer-changed:/),
      kind: 'payer-changed',
      from: 'API key …aaaa (stored key)',
      to: 'API key …bbbb (stored key)',
    },
  });
  expect(t.stored(id)).toEqual(before);
  expect(t.turns).toHaveLength(1);
  expect(t.transcript.writers.size).toBe(0);

  expect(await t.prompt(id, 'second', ['something else'])).toEqual(asked);
  expect(await t.prompt(id, 'second', [idOf(asked)])).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(await t.prompt(id, 'third')).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(t.turns.map((turn) => turn.text)).toEqual(['first', 'second', 'third']);
});

test('a second, other change asks again; the way back is a change, too', async () => {
  const t = engineOnFakes({ scripts: [paidBy(keyA), paidBy(keyB)] });
  const id = await paidThread(t, keyA);
  t.state.inputs = api(keyB);
  const toB = idOf(await t.prompt(id, 'x'));
  t.state.inputs = native(account);
  const toAccount = await t.prompt(id, 'x', [toB]);
  expect(toAccount).toMatchObject({ ok: false, ask: { to: 'ChatGPT account me (plus) (Codex login)' } });
  expect(idOf(toAccount)).not.toBe(toB);
  t.state.inputs = api(keyB);
  await t.prompt(id, 'x', [toB]);
  await t.until(t.idle(id));
  t.state.inputs = api(keyA);
  const back = await t.prompt(id, 'y');
  expect(back).toMatchObject({ ok: false, ask: { from: expect.stringContaining('…bbbb') } });
  expect(idOf(back)).not.toBe(toB);
});

test.each([
  ['nobody to a key', nobody, api(keyA), true],
  ['a provider without a key to an account', keyless, native(account), true],
  ['a key to nobody', keyA, api(nobody), true],
  ['one lane to the other with another account', keyA, native(account), true],
  ['one lane to the other on the same key', keyA, native(keyA), false],
  ['nobody to a provider without a key', nobody, native(keyless), false],
  ['a key to what is not known', keyA, api(null), false],
  [
    'a lane that is locked anyway',
    keyA,
    { ...native(account), gates: { ...readyInputs.gates, unlocked: false } },
    false,
  ],
] as const)('from %s', async (_name, from, inputs, asks) => {
  const t = engineOnFakes({ scripts: [paidBy(from)] });
  const id = await paidThread(t, from);
  t.state.inputs = inputs;
  expect((await t.prompt(id, 'next')).ok).toBe(!asks);
});

test('the first turn of a thread, and one whose payer was never told, ask nothing', async () => {
  const t = engineOnFakes({ scripts: [paidBy(null), paidBy(keyB)] });
  t.state.inputs = api(keyA);
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.until(t.idle(id));
  t.state.inputs = api(keyB);
  expect(await t.prompt(id, 'two')).toEqual({ ok: true });
});

test('a thread’s own profile may have a payer of its own: asked about once from what to what, and once on the way back', async () => {
  const payers = { work: account, team: keyB };
  // As the lane does: it finds the payer of the profile that the turn names.
  const byProfile: Script = (turn, io, end) =>
    paidBy(turn.profile === 'work' || turn.profile === 'team' ? payers[turn.profile] : keyA)(turn, io, end);
  const t = engineOnFakes({ scripts: Array.from({ length: 9 }, () => byProfile) });
  t.state.inputs = native(keyA);
  t.state.profilePayers = payers;
  const id = t.engine.create('/w');
  const send = async (text: string, confirmed: readonly string[] = []): Promise<SubmitResult> => {
    const answer = await t.prompt(id, text, confirmed);
    await t.until(t.idle(id));
    return answer;
  };
  const choose = (profile: string | null) => t.engine.setOptions(id, { ...defaultThreadOptions, profile });
  expect(await send('one')).toEqual({ ok: true });
  for (const [profile, to] of [
    ['work', 'ChatGPT account me (plus) (Codex login)'],
    ['team', 'API key …bbbb (stored key)'],
    [null, 'API key …aaaa (stored key)'],
  ] as const) {
    await choose(profile);
    const before = t.stored(id);
    const asked = await send('next');
    expect(asked).toMatchObject({ ok: false, ask: { kind: 'payer-changed', to } });
    expect(t.stored(id)).toEqual(before);
    expect(await send('next', [idOf(asked)])).toEqual({ ok: true });
    expect(await send('and on')).toEqual({ ok: true });
  }
  expect(t.stored(id).filter((event) => event.kind === 'turn_failed')).toEqual([]);
  expect(t.turns.map((turn) => turn.profile)).toEqual([null, 'work', 'work', 'team', 'team', null, null]);
  // The profile is Codex's: the other lane knows nothing of it.
  await choose('work');
  t.state.inputs = api(keyA);
  expect(await send('elsewhere')).toEqual({ ok: true });
});

test('a prompt that waited is judged by the profile that is chosen when its turn comes', async () => {
  const held = Promise.withResolvers<void>();
  const first: Script = async (turn, io, end) => {
    await held.promise;
    return paidBy(keyA)(turn, io, end);
  };
  const t = engineOnFakes({ scripts: [first] });
  t.state.inputs = native(keyA);
  t.state.profilePayers = { work: account };
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.prompt(id, 'two');
  await t.engine.setOptions(id, { ...defaultThreadOptions, profile: 'work' });
  held.resolve();
  await t.until(t.idle(id));
  expect(t.turns.map((turn) => turn.text)).toEqual(['one']);
  expect(t.stored(id).find((event) => event.kind === 'turn_failed')).toMatchObject({ error: { code: 'budget_spent' } });
});

test('a restart knows who paid: the lane is checked before anything is recorded, and the change is asked about', async () => {
  const first = engineOnFakes({ scripts: [paidBy(keyA)] });
  const id = await paidThread(first, keyA);
  const second = engineOnFakes({ transcript: first.transcript });
  second.state.inputs = { ...native(account), native: uncheckedNative };
  second.state.onProbe = () => {
    second.state.inputs = native(account);
  };
  const before = second.stored(id);
  const asked = await second.prompt(id, 'two');
  expect(asked).toMatchObject({ ok: false, ask: { kind: 'payer-changed' } });
  expect(second.state.probes).toBe(1);
  expect(second.stored(id)).toEqual(before);
});

test('an endpoint that takes no key and that nobody looked at is looked at, too, where somebody paid before', async () => {
  const t = engineOnFakes({ scripts: [paidBy(keyA)] });
  const id = await paidThread(t, keyA);
  t.state.inputs = { ...readyInputs, api: { ...readyInputs.api, checkedAt: null } };
  t.state.onProbe = () => {
    t.state.inputs = api(keyB);
  };
  expect(await t.prompt(id, 'two')).toMatchObject({ ok: false, ask: { kind: 'payer-changed' } });
  const fresh = t.engine.create('/w');
  t.state.inputs = { ...readyInputs, api: { ...readyInputs.api, checkedAt: null } };
  expect(await t.prompt(fresh, 'one')).toEqual({ ok: true });
  expect(t.state.probes).toBe(1);
});

test('a payer that changed while a prompt waited: the turn fails with from and to, nothing runs, Send then asks', async () => {
  let release = (): void => {};
  const t = engineOnFakes({
    scripts: [
      paidBy(keyA),
      async (_turn, _io, end) => {
        await new Promise<void>((done) => {
          release = done;
        });
        return end({ payer: keyA });
      },
    ],
  });
  const id = await paidThread(t, keyA);
  await t.prompt(id, 'running');
  await t.until(() => t.turns.length === 2);
  expect(await t.prompt(id, 'waiting')).toEqual({ ok: true });
  t.state.inputs = api(keyB);
  release();
  await t.until(t.idle(id));
  expect(t.turns.map((turn) => turn.text)).toEqual(['first', 'running']);
  expect(t.stored(id).findLast(isTerminal)).toMatchObject({
    kind: 'turn_failed',
    error: {
      code: 'budget_spent',
      retryable: true,
      message:
        'Who pays for this thread would change from API key …aaaa (stored key) to API key …bbbb (stored key). Nothing was sent.',
    },
  });
  expect(t.stored(id).at(-1)).toMatchObject({ receipt: { payer: null, resolved: null } });
  const asked = await t.prompt(id, 'waiting');
  expect(asked).toMatchObject({ ok: false, ask: { kind: 'payer-changed' } });
  expect(await t.prompt(id, 'waiting', [idOf(asked)])).toEqual({ ok: true });
});

test('a yes covers what is sent behind that prompt until its receipt says who paid', async () => {
  const t = engineOnFakes({ scripts: [paidBy(keyA), untilStopped] });
  const id = await paidThread(t, keyA);
  t.state.inputs = api(keyB);
  await t.prompt(id, 'two', [idOf(await t.prompt(id, 'two'))]);
  expect(await t.prompt(id, 'three')).toEqual({ ok: true });
  await t.engine.stop(id, 'user');
});

test('a payer that only the lane finds (the last check is old) fails the turn, is looked up, and is asked about then', async () => {
  const t = engineOnFakes({ scripts: [paidBy(keyA), paidBy(keyB), paidBy(keyB)] });
  const id = await paidThread(t, keyA);
  t.state.onProbe = () => {
    t.state.inputs = api(keyB);
  };
  expect(await t.prompt(id, 'two')).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(t.stored(id).findLast(isTerminal)).toMatchObject({ kind: 'turn_failed', error: { code: 'budget_spent' } });
  expect(t.stored(id).at(-1)).toMatchObject({ receipt: { payer: null } });
  expect(t.state.probes).toBe(1);
  const asked = await t.prompt(id, 'two');
  expect(await t.prompt(id, 'two', [idOf(asked)])).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(t.folded(id).turns.map((turn) => turn.state)).toEqual(['completed', 'failed', 'completed']);
});

const payers = [keyA, keyB, account, nobody, keyless, null] as const;

test('whatever changes and whatever is confirmed: nobody new pays without a yes to exactly that change', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ known: fc.nat(5), found: fc.nat(5), yes: fc.boolean() }), { minLength: 1, maxLength: 8 }),
      async (steps) => {
        let found: Payer | null = null;
        const script: Script = (turn, io, end) => paidBy(found)(turn, io, end);
        const t = engineOnFakes({ scripts: steps.map(() => script) });
        const id = t.engine.create('/w');
        let last: Payer | null = null;
        // A yes stands until a receipt names who paid.
        let agreed: Payer | null = null;
        for (const [i, step] of steps.entries()) {
          const known = payers[step.known] ?? null;
          found = payers[step.found] ?? null;
          t.state.inputs = api(known);
          const ran = t.turns.length;
          let answer = await t.prompt(id, `p${i}`);
          const said: Payer | null = agreed;
          const isNew = (payer: Payer): boolean =>
            last !== null && !isSamePayer(last, payer) && !(said !== null && isSamePayer(said, payer));
          const change = known !== null && isNew(known);
          expect(answer.ok).toBe(!change);
          if (!answer.ok) expect(t.turns).toHaveLength(ran);
          if (change && step.yes) {
            agreed = known;
            answer = await t.prompt(id, `p${i}`, [idOf(answer)]);
          }
          await t.until(t.idle(id));
          const end = t.stored(id).at(-1);
          if (!answer.ok || end?.kind !== 'receipt') continue;
          const { payer } = end.receipt;
          const free = payer === null || last === null || isSamePayer(last, payer);
          expect(free || (agreed !== null && isSamePayer(agreed, payer))).toBe(true);
          if (payer !== null) expect(isPaying(payer)).toBe(found !== null && isPaying(found));
          if (payer === null) continue;
          last = payer;
          agreed = null;
        }
      },
    ),
    { seed: 11, numRuns: 200 },
  );
});

test('facts of a lane without a payer keep the payer of the turn before', async () => {
  const t = engineOnFakes({
    scripts: [paidBy(keyA), async () => ({ outcome: 'interrupted', facts: factsOf('api', { payer: null }) })],
  });
  const id = await paidThread(t, keyA);
  await t.prompt(id, 'two');
  await t.until(t.idle(id));
  t.state.inputs = api(keyB);
  expect(await t.prompt(id, 'three')).toMatchObject({ ask: { from: expect.stringContaining('…aaaa') } });
});

test('prompts that are asked about and prompts that are not, all at once: what was taken runs, and nothing is lost', async () => {
  const t = engineOnFakes({ scripts: [paidBy(keyA), ...Array.from({ length: 60 }, () => paidBy(keyB))] });
  const id = await paidThread(t, keyA);
  t.state.inputs = api(keyB);
  const yes = idOf(await t.prompt(id, 'x'));
  const answers: Promise<SubmitResult>[] = [];
  for (let i = 0; i < 60; i += 1) {
    answers.push(t.prompt(id, `p${i}`, i % 7 === 6 ? [yes] : []));
    for (let step = 0; step < i % 4; step += 1) await Promise.resolve();
  }
  const taken = (await Promise.all(answers)).filter((answer) => answer.ok).length;
  await t.until(t.idle(id));
  expect(taken).toBeGreaterThan(8);
  expect(taken).toBeLessThan(60);
  expect(t.turns).toHaveLength(1 + taken);
  expect(t.folded(id).turns.filter((turn) => turn.state === 'completed')).toHaveLength(1 + taken);
  expect(t.engine.activity(id)).toMatchObject({ running: false, queued: 0, problem: null });
  expect(t.transcript.writers.size).toBe(0);
});

test('a window that closes while the payer is looked up takes no prompt', async () => {
  const first = engineOnFakes({ scripts: [paidBy(keyA)] });
  const id = await paidThread(first, keyA);
  const t = engineOnFakes({ transcript: first.transcript });
  t.state.inputs = { ...native(keyA), native: uncheckedNative };
  let closed: Promise<void> | null = null;
  t.state.onProbe = () => {
    t.state.inputs = native(keyA);
    closed = t.engine.close();
  };
  expect(await t.prompt(id, 'two')).toEqual({ ok: false, message: 'The window is closing.' });
  await closed;
  expect(t.turns).toEqual([]);
  expect(t.transcript.writers.size).toBe(0);
});
