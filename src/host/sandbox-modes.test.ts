import { expect, test } from 'vitest';
import type { LaneSelection, SandboxMode } from '../model/index.ts';
import { permissionsOf, sandboxChoice } from './sandbox-modes.ts';
import type { Translate } from './translate.ts';

const t: Translate = (message, ...args) => message.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)]));

test.each<[LaneSelection, SandboxMode, string, string | null, boolean]>([
  ['codex-native', 'read-only', 'read only', 'never asks', true],
  ['codex-native', 'workspace-write', 'workspace', 'never asks', true],
  ['codex-native', 'danger-full-access', 'full access', 'never asks', true],
  ['api', 'workspace-write', 'answers in text only', null, false],
  ['auto', 'danger-full-access', 'answers in text only', null, false],
])('%s with %s: %s, %s', (lane, mode, sandbox, approvals, canChange) => {
  const permissions = permissionsOf({ selected: lane, interactive: false, mode, running: false, tools: null }, t);
  expect([permissions.sandbox.label, permissions.approvals?.label ?? null, permissions.sandbox.canChange]).toEqual([
    sandbox,
    approvals,
    canChange,
  ]);
  expect(permissions.sandbox.tooltip).not.toBe('');
});

test('the picker lists the modes, which one holds, and what the lane can not do', () => {
  const choice = sandboxChoice({ selected: 'codex-native', interactive: false, mode: 'read-only', running: false }, t);
  expect(choice?.modes.map(({ mode, description }) => [mode, description])).toEqual([
    ['read-only', 'in effect'],
    ['workspace-write', ''],
    ['danger-full-access', ''],
  ]);
  expect(choice?.approvals.map(({ mode, label, description }) => [mode, label, description])).toEqual([
    [null, 'never asks', 'in effect'],
    [null, 'asks first', 'not on this lane'],
  ]);
});

test('while a turn runs the picker says that the next one is meant', () => {
  const of = (running: boolean) =>
    sandboxChoice({ selected: 'codex-native', interactive: false, mode: 'read-only', running }, t)?.placeholder;
  expect(of(true)).toContain('next turn');
  expect(of(true)).toContain('keeps what it began with');
  expect(of(false)).not.toContain('keeps');
  const shown = (running: boolean) =>
    permissionsOf({ selected: 'codex-native', interactive: false, mode: 'read-only', running, tools: null }, t).sandbox
      .tooltip;
  expect(shown(true)).toContain('next turn');
  expect(shown(false)).not.toContain('next turn');
});

test('a lane without commands has nothing to choose', () => {
  expect(sandboxChoice({ selected: 'api', interactive: false, mode: 'read-only', running: false }, t)).toBeNull();
  expect(sandboxChoice({ selected: 'auto', interactive: false, mode: 'read-only', running: false }, t)).toBeNull();
});

test('with tools the API lane shows its policy, and what each says of a command without a sandbox', () => {
  const of = (selected: LaneSelection, hasCodex: boolean) =>
    permissionsOf(
      { selected, interactive: false, mode: 'read-only', running: false, tools: { policy: 'ask', hasCodex } },
      t,
    );
  expect(of('auto', true).sandbox).toMatchObject({ label: 'asks', canChange: true });
  expect(Object.values(of('api', true).policies ?? {}).map(({ label }) => label)).toEqual([
    'read only',
    'asks',
    'edits unasked',
    'works unasked',
  ]);
  for (const { tooltip } of Object.values(of('api', true).policies ?? {})) expect(tooltip).not.toContain('not found');
  for (const { tooltip } of Object.values(of('api', false).policies ?? {})) expect(tooltip).toContain('not found');
  expect(of('api', false).policies?.ask.tooltip).toContain('each one asks');
  // Without a sandbox no command is even asked about: nothing would keep it from writing.
  expect(of('api', false).policies?.['read-only'].tooltip).toContain('none runs');
  expect(of('codex-native', true).policies).toBeUndefined();
});
