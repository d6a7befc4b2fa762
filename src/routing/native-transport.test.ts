import { expect, test } from 'vitest';
import type { GateFacts } from '../model/index.ts';
import { decideLane } from './decide-lane.ts';
import { deriveStatus } from './derive-status.ts';
import { explain } from './explain.ts';
import { nativeTransport } from './native-transport.ts';
import { able, everyInput, locked, ready, withNative } from './testing/inputs.ts';

const gated = (gates: Partial<GateFacts>, inputs = withNative(ready, { abilities: able })) => ({
  ...inputs,
  gates: { ...inputs.gates, ...gates },
});
const open = { interactive: true } as const;
const old = withNative(ready, { abilities: { ...able, appServer: false } });

test('while the gate is shut every native turn runs on exec, whatever else is set', () => {
  for (const inputs of everyInput()) {
    for (const transport of ['auto', 'exec', 'app-server'] as const) {
      const decided = nativeTransport({ ...inputs, gates: { ...inputs.gates, transport } });
      expect(decided).toMatchObject({
        transport: 'exec',
        step: {
          rule: 'transport',
          says: 'codex exec runs the turn: the gate interactive is shut, codexLanes.native.interactive opens it',
        },
      });
    }
  }
});

test.each([
  ['auto', gated({ ...open }), 'app-server', 'codex app-server runs the turn: this build has it'],
  [
    'exec',
    gated({ ...open, transport: 'exec' }),
    'exec',
    'codex exec runs the turn: codexLanes.native.transport asks for it',
  ],
  [
    'app-server',
    gated({ ...open, transport: 'app-server' }),
    'app-server',
    'codex app-server runs the turn: codexLanes.native.transport asks for it',
  ],
  ['auto, old build', gated(open, old), 'exec', 'codex exec runs the turn: this build has no app-server'],
  // It was asked for by name: nothing runs elsewhere.
  [
    'app-server, old build',
    gated({ ...open, transport: 'app-server' }, old),
    'app-server',
    'codex app-server runs the turn: codexLanes.native.transport asks for it',
  ],
  [
    'auto, not asked yet',
    gated(open, ready),
    'exec',
    'codex exec runs the turn: it is not known whether this build has an app-server',
  ],
] as const)('the gate is open: %s', (_name, inputs, transport, says) => {
  expect(nativeTransport(inputs)).toMatchObject({ transport, step: { rule: 'transport', says } });
});

test.each([
  [{ profile: true, newWorktree: false }, 'codex exec runs the turn: codex app-server takes no configuration profile'],
  [{ profile: false, newWorktree: true }, 'codex exec runs the turn: codex app-server makes no worktree'],
] as const)('what the app-server lacks runs on exec: %o', (needs, says) => {
  for (const transport of ['auto', 'app-server'] as const) {
    const decided = nativeTransport(gated({ ...open, transport }), needs);
    expect(decided).toMatchObject({ transport: 'exec', step: { rule: 'transport', says } });
  }
});

test('the status names the transport and its profile', () => {
  const codex = (inputs: Parameters<typeof deriveStatus>[0]) => deriveStatus(inputs).providers.codex;
  expect(codex(gated({}))).toMatchObject({
    backend: { endpointLabel: 'codex exec --json' },
    capabilities: { interactive: false },
  });
  expect(codex(gated(open))).toMatchObject({
    backend: { endpointLabel: 'codex app-server' },
    capabilities: { interactive: true },
  });
  // The gate is no unlock: a locked lane runs nothing.
  expect(codex(gated(open, locked)).availableBackends[2]).toMatchObject({ state: 'locked' });
  expect(codex({ ...gated(open), selected: 'api' }).capabilities.interactive).toBe(false);
});

test('a transport that is asked for by name and is not there disables the lane, and says so before a turn', () => {
  const inputs = gated({ ...open, transport: 'app-server' }, old);
  const reason = 'codex-cli 0.169.0 has no app-server, which codexLanes.native.transport asks for';
  const { availableBackends, resolvedBackendId } = deriveStatus(inputs).providers.codex;
  expect(resolvedBackendId).toBeNull();
  expect(availableBackends[2]).toMatchObject({ state: 'disabled', statusMessage: `Disabled: ${reason}` });
  expect(decideLane(inputs)).toMatchObject({
    kind: 'refuse',
    error: { code: 'lane_disabled', message: `Codex native is disabled: ${reason}` },
    actions: ['chooseTransport', 'installCodex', 'useBinary', 'useApi'],
  });
  // The same build runs turns wherever the transport is not named, or the gate is shut.
  expect(decideLane(gated(open, old)).kind).toBe('run');
  expect(decideLane(gated({ transport: 'app-server' }, old)).kind).toBe('run');
});

test('what streams is explained by the transport', () => {
  const streams = (inputs: Parameters<typeof explain>[0]) =>
    explain(inputs, {}).find(({ lane, capability }) => lane === 'codex-native' && capability === 'streaming');
  const source = 'codexLanes.native.interactive';
  expect(streams(gated({}))).toMatchObject({ available: false, gate: { id: 'interactive', source } });
  expect(streams(gated(open))).toMatchObject({ available: true, gate: null });
});
