import { expect, test, vi } from 'vitest';
import { FakeClock, readyInputs } from '../../test/fakes/engine.ts';
import type { ApiFacts, LaneInputs, NativeFacts, StampedStatus } from '../model/index.ts';
import type { StandingInputs } from './status-keeper.ts';
import { StatusKeeper } from './status-keeper.ts';

function keeperOnFakes(stored: StampedStatus | null = null, gates: Partial<LaneInputs['gates']> = {}) {
  const clock = new FakeClock();
  const native: PromiseWithResolvers<NativeFacts>[] = [];
  const api: PromiseWithResolvers<ApiFacts>[] = [];
  const kept: StampedStatus[] = [];
  const logged: string[] = [];
  const state: { standing: StandingInputs } = {
    standing: {
      selected: 'codex-native',
      selectedSource: 'setting',
      gates: { ...readyInputs.gates, ...gates },
      api: { endpointLabel: 'practice (offline)', needsKey: false },
      nativeKey: 'n',
      apiKey: 'a',
    },
  };
  const later = <T>(list: PromiseWithResolvers<T>[]): (() => Promise<T>) => {
    return () => {
      const next = Promise.withResolvers<T>();
      list.push(next);
      return next.promise;
    };
  };
  const keeper = new StatusKeeper({
    clock,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: (line, error) => logged.push(`${line}: ${error}`) },
    standing: () => state.standing,
    probeNative: later(native),
    probeApi: later(api),
    stored,
    store: (status) => kept.push(status),
  });
  return { keeper, clock, native, api, kept, logged, state };
}

const found = (version: string): NativeFacts => ({
  ...readyInputs.native,
  binary: { kind: 'found', identity: { path: '/bin/codex', source: 'setting', version } },
});
const versionOf = (status: StampedStatus): string | null =>
  status.inputs.native.binary.kind === 'found' ? status.inputs.native.binary.identity.version : null;

test('before any probe nothing is claimed; a probe’s findings are published, with a higher sequence, and kept', async () => {
  const t = keeperOnFakes();
  const first = t.keeper.current();
  expect(first).toMatchObject({ checkedAt: null, inputs: { native: { binary: { kind: 'unchecked' } } } });
  const seen: StampedStatus[] = [];
  t.keeper.onChange((status) => seen.push(status));
  const done = t.keeper.refresh();
  expect(t.keeper.current().checking).toBe(true);
  t.native[0]?.resolve(found('1'));
  t.api[0]?.resolve(readyInputs.api);
  const status = await done;
  expect(versionOf(status)).toBe('1');
  expect(status).toMatchObject({ checking: false, checkedAt: readyInputs.native.checkedAt });
  expect(seen.at(-1)).toBe(status);
  expect(status.sequence).toBeGreaterThan(first.sequence);
  expect(t.kept).toEqual([status]);
});

test('an older, slower probe never overwrites a newer one', async () => {
  const t = keeperOnFakes();
  const slow = t.keeper.refresh(['codex-native']);
  const quick = t.keeper.refresh(['codex-native']);
  t.native[1]?.resolve(found('new'));
  await quick;
  t.native[0]?.resolve(found('old'));
  await slow;
  expect(versionOf(t.keeper.current())).toBe('new');
});

test('a probe that fails keeps the last truth and says so as a note', async () => {
  const t = keeperOnFakes();
  const first = t.keeper.refresh(['codex-native']);
  t.native[0]?.resolve(found('1'));
  await first;
  const second = t.keeper.refresh(['codex-native']);
  t.native[1]?.reject(new Error('no answer'));
  await second;
  expect(versionOf(t.keeper.current())).toBe('1');
  expect(t.keeper.current().inputs.native.notes).toHaveLength(1);
});

test('what an earlier session found is shown, but decides nothing', async () => {
  const before = keeperOnFakes();
  const done = before.keeper.refresh();
  before.native[0]?.resolve(found('1'));
  before.api[0]?.resolve(readyInputs.api);
  const t = keeperOnFakes(await done);
  expect(versionOf(t.keeper.current())).toBe('1');
  expect(t.keeper.inputs().native.binary.kind).toBe('unchecked');
});

test('another program makes the old findings void, also those of a probe under way', async () => {
  const t = keeperOnFakes();
  const done = t.keeper.refresh(['codex-native']);
  t.state.standing = { ...t.state.standing, nativeKey: 'other' };
  t.keeper.reconsider();
  t.native[0]?.resolve(found('of the old program'));
  await vi.waitFor(() => expect(t.native).toHaveLength(2));
  expect(t.keeper.current()).toMatchObject({ checking: true, inputs: { native: { binary: { kind: 'unchecked' } } } });
  // Whoever asked gets an answer about what holds now.
  t.native[1]?.resolve(found('of the new program'));
  expect(versionOf(await done)).toBe('of the new program');
});

test('a key that changes under a probe: the check that follows is the only one', async () => {
  const t = keeperOnFakes();
  const first = t.keeper.refresh(['api']);
  t.state.standing = { ...t.state.standing, apiKey: 'b' };
  t.keeper.reconsider();
  const second = t.keeper.refresh(['api']);
  t.api[0]?.resolve({ ...readyInputs.api, detail: 'old key' });
  await first;
  expect(t.keeper.current().inputs.api.detail).toBeNull();
  t.api[1]?.resolve({ ...readyInputs.api, detail: 'new key' });
  expect((await second).inputs.api.detail).toBe('new key');
  expect(t.api).toHaveLength(2);
});

test('a lane that answers is shown while the other one is still asked', async () => {
  const t = keeperOnFakes();
  const done = t.keeper.refresh();
  t.native[0]?.resolve(found('1'));
  await vi.waitFor(() => expect(versionOf(t.keeper.current())).toBe('1'));
  expect(t.keeper.current()).toMatchObject({ checking: true, inputs: { api: { reach: 'unknown' } } });
  t.api[0]?.resolve(readyInputs.api);
  expect(await done).toMatchObject({ checking: false, inputs: { api: readyInputs.api } });
});

test('a probe that never answers is a failed one in the end, and so is one that throws at once', async () => {
  const t = keeperOnFakes();
  const done = t.keeper.refresh(['codex-native']);
  t.clock.advance(60_000);
  expect(await done).toMatchObject({ checking: false, inputs: { native: { notes: ['status check failed'] } } });
  expect(t.logged).toEqual(['a probe failed: Error: no answer within 60 s']);
  const keeper = new StatusKeeper({
    clock: t.clock,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    standing: () => t.state.standing,
    probeNative: () => {
      throw new Error('no data home');
    },
    probeApi: async () => readyInputs.api,
    stored: null,
    store: () => undefined,
  });
  expect(await keeper.refresh()).toMatchObject({
    checking: false,
    inputs: { api: readyInputs.api, native: { notes: ['status check failed'] } },
  });
});

test('a probe that ends after close changes and keeps nothing', async () => {
  const t = keeperOnFakes();
  const done = t.keeper.refresh();
  const seen: StampedStatus[] = [];
  t.keeper.onChange((status) => seen.push(status));
  t.keeper.close();
  t.native[0]?.resolve({ ...found('1'), binary: { kind: 'missing', detail: 'cancelled', problem: 'no-answer' } });
  t.api[0]?.resolve(readyInputs.api);
  const status = await done;
  t.keeper.reconsider();
  expect(await t.keeper.refresh()).toBe(status);
  expect(status.inputs.native.binary.kind).toBe('unchecked');
  expect([seen, t.kept]).toEqual([[], []]);
});

test('a probe of the endpoint that fails keeps the last truth, marked; the next one that answers clears the mark', async () => {
  const t = keeperOnFakes();
  t.state.standing = { ...t.state.standing, selected: 'api' };
  const first = t.keeper.refresh(['api']);
  t.api[0]?.resolve({ ...readyInputs.api, models: [{ id: 'm', label: 'm', description: '' }] });
  await first;
  const second = t.keeper.refresh(['api']);
  t.api[1]?.reject(new Error('the vault is locked'));
  const failed = await second;
  expect(failed.inputs.api).toMatchObject({
    reach: 'reachable',
    models: [{ id: 'm' }],
    notes: ['status check failed'],
  });
  const option = failed.document.providers.codex.availableBackends.find(({ id }) => id === 'api');
  expect(option).toMatchObject({ state: 'degraded', available: true, selectable: true });
  const third = t.keeper.refresh(['api']);
  t.api[2]?.resolve(readyInputs.api);
  expect((await third).inputs.api).toEqual(readyInputs.api);
});

test.each(['api', 'codex-native'] as const)(
  '%s: an older, slower probe never overwrites, however the newer one ended',
  async (lane) => {
    const t = keeperOnFakes();
    const answer = (index: number, version: string) => {
      t.native[index]?.resolve(found(version));
      t.api[index]?.resolve({ ...readyInputs.api, detail: version });
    };
    const said = () => (lane === 'api' ? t.keeper.current().inputs.api.detail : versionOf(t.keeper.current()));
    const first = t.keeper.refresh([lane]);
    answer(0, 'first');
    await first;
    const slow = t.keeper.refresh([lane]);
    const quick = t.keeper.refresh([lane]);
    const { sequence } = t.keeper.current();
    t.native[2]?.reject(new Error('no answer'));
    t.api[2]?.reject(new Error('no answer'));
    await quick;
    expect(t.keeper.current().checking).toBe(true);
    answer(1, 'slow');
    await slow;
    expect(said()).toBe('first');
    expect(t.keeper.current()).toMatchObject({ checking: false });
    expect(t.keeper.current().sequence).toBeGreaterThan(sequence);
  },
);

const gates = { unlock: 'codex-native.unlock', binary: 'codex-native.binary', trust: 'api.trust' } as const;
const times = ({ since }: StampedStatus) => [since[gates.unlock], since[gates.binary], since[gates.trust]];
const day = 86_400_000;
const [d0, d1, d2, d3] = [0, 1, 2, 3].map((days) => new Date(Date.UTC(2026, 0, 1) + days * day).toISOString());

test('a gate has the time of its last change; a check that finds the same changes nothing', async () => {
  const t = keeperOnFakes();
  expect(times(t.keeper.current())).toEqual([d0, undefined, d0]);
  t.clock.advance(day);
  const first = t.keeper.refresh();
  t.native[0]?.resolve(found('1'));
  t.api[0]?.resolve(readyInputs.api);
  expect(times(await first)).toEqual([d0, d1, d0]);
  t.clock.advance(day);
  t.state.standing = { ...t.state.standing, gates: { ...readyInputs.gates, unlocked: false }, nativeKey: 'other' };
  t.keeper.reconsider();
  expect(times(t.keeper.current())).toEqual([d2, d1, d0]);
  // The old findings are void meanwhile; the new ones say the same of the gate.
  t.clock.advance(day);
  const second = t.keeper.refresh();
  t.native[1]?.resolve(found('2'));
  t.api[1]?.resolve(readyInputs.api);
  expect(times(await second)).toEqual([d2, d1, d0]);
  const third = t.keeper.refresh();
  t.native[2]?.resolve({ ...found('2'), binary: { kind: 'missing', detail: '', problem: 'not-found' } });
  t.api[2]?.resolve(readyInputs.api);
  expect(times(await third)).toEqual([d2, d3, d0]);
});

test('the times survive in the stored status, also of a change that no probe followed', async () => {
  const before = keeperOnFakes();
  const done = before.keeper.refresh();
  before.native[0]?.resolve(found('1'));
  before.api[0]?.resolve(readyInputs.api);
  await done;
  before.clock.advance(day);
  before.state.standing = { ...before.state.standing, gates: { ...readyInputs.gates, unlocked: false } };
  before.keeper.reconsider();
  const stored = structuredClone(before.kept.at(-1)) ?? null;
  const t = keeperOnFakes(stored, { unlocked: false, trusted: false });
  // This session's clock stands at its start again; only trust differs from what was stored.
  expect(times(t.keeper.current())).toEqual([d1, d0, d0]);
  expect(t.keeper.current().since['api.credential']).toBe(stored?.since['api.credential']);
  t.clock.advance(3 * day);
  t.state.standing = { ...t.state.standing, gates: { ...readyInputs.gates, trusted: true } };
  t.keeper.reconsider();
  expect(times(t.keeper.current())).toEqual([d3, d0, d3]);
});

test('a key that was missing in an earlier session is looked up before it refuses a turn', async () => {
  const before = keeperOnFakes();
  const done = before.keeper.refresh();
  before.native[0]?.resolve(found('1'));
  before.api[0]?.resolve({ ...readyInputs.api, needsKey: true, payer: null });
  const t = keeperOnFakes(await done);
  expect(t.keeper.current().inputs.api.checkedAt).not.toBeNull();
  expect(t.keeper.inputs().api).toMatchObject({ needsKey: true, checkedAt: null });
});

test('what an earlier session found about another endpoint counts for nothing', async () => {
  const before = keeperOnFakes();
  const done = before.keeper.refresh();
  before.native[0]?.resolve(found('1'));
  before.api[0]?.resolve({ ...readyInputs.api, endpointLabel: '127.0.0.1:4000', needsKey: false });
  const t = keeperOnFakes(await done);
  expect(t.keeper.current().inputs.api).toMatchObject({ endpointLabel: 'practice (offline)', checkedAt: null });
  expect(t.keeper.current().inputs.api.reach).toBe('unknown');
});
