import { expect, test } from 'vitest';
import { FakeClock, readyInputs } from '../../test/fakes/engine.ts';
import type { ApiFacts, NativeFacts, StampedStatus } from '../model/index.ts';
import type { StandingInputs } from './status-keeper.ts';
import { StatusKeeper } from './status-keeper.ts';

function keeperOnFakes(stored: StampedStatus | null = null) {
  const native: PromiseWithResolvers<NativeFacts>[] = [];
  const api: PromiseWithResolvers<ApiFacts>[] = [];
  const kept: StampedStatus[] = [];
  const state: { standing: StandingInputs } = {
    standing: {
      selected: 'codex-native',
      selectedSource: 'setting',
      gates: readyInputs.gates,
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
    clock: new FakeClock(),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    standing: () => state.standing,
    probeNative: later(native),
    probeApi: later(api),
    stored,
    store: (status) => kept.push(status),
  });
  return { keeper, native, api, kept, state };
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
  await done;
  expect(t.keeper.current().inputs.native.binary.kind).toBe('unchecked');
});
