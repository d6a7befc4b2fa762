import type { LaneCapabilities, LaneSelection, SandboxMode, ToolPolicy } from '../model/index.ts';
import { transportCapabilities } from '../model/index.ts';
import { shownPolicies } from './tool-policies.ts';
import type { Translate } from './translate.ts';

/** `icon` is a codicon's name. */
type Words = { readonly icon: string; readonly label: string; readonly tooltip: string };

/** The strictest first. */
const sandboxModes: readonly SandboxMode[] = ['read-only', 'workspace-write', 'danger-full-access'];

/** What the lane behind a selection can do. `interactive`: native turns run over the app-server. */
export function capabilitiesOf(selected: LaneSelection, interactive: boolean): LaneCapabilities {
  if (selected !== 'codex-native') return transportCapabilities.responses;
  return transportCapabilities[interactive ? 'app-server' : 'exec'];
}

/** What a turn would be allowed: how things stand when it is looked at. */
type Standing = {
  readonly selected: LaneSelection;
  /** As the status document has it. */
  readonly interactive: boolean;
  readonly mode: SandboxMode;
  readonly running: boolean;
  /** What the API lane's tools may do as configured; null = it has none. */
  readonly tools: { readonly policy: ToolPolicy; readonly hasCodex: boolean } | null;
};

type Permissions = {
  readonly sandbox: Words & { readonly canChange: boolean };
  readonly approvals: Words | null;
  /** What the policies of this lane's tools say, for a thread that has its own; left out where it has none. */
  readonly policies?: Readonly<Record<ToolPolicy, Words>>;
};

/** What is in effect for the next turn: its sandbox and who is asked, or the policy of its tools. A lane that does nothing has none. */
export function permissionsOf({ selected, interactive, mode, running, tools }: Standing, t: Translate): Permissions {
  const lane = capabilitiesOf(selected, interactive);
  if (selected !== 'codex-native' && tools !== null) {
    const policies = shownPolicies(tools.hasCodex, t);
    return { sandbox: { ...policies[tools.policy], canChange: true }, approvals: null, policies };
  }
  if (!lane.commands || selected !== 'codex-native')
    return { sandbox: { ...textOnly(t), canChange: false }, approvals: null };
  const sandbox = sandboxWords(mode, t);
  const tooltip = running ? `${sandbox.tooltip}\n${nextTurn(t)}` : sandbox.tooltip;
  return { sandbox: { ...sandbox, tooltip, canChange: true }, approvals: approvalWords(lane, t) };
}

const nextTurn = (t: Translate): string =>
  t('A change takes effect at the next turn; the one that runs keeps what it began with.');

function textOnly(t: Translate): Words {
  return {
    icon: 'comment',
    label: t('answers in text only'),
    tooltip: t('This lane runs no commands and changes no files: there is nothing to sandbox or to approve.'),
  };
}

function sandboxWords(mode: SandboxMode, t: Translate): Words {
  switch (mode) {
    case 'read-only':
      return {
        icon: 'lock',
        label: t('read only'),
        tooltip: t('Commands may read; they change nothing and have no network.'),
      };
    case 'workspace-write':
      return {
        icon: 'shield',
        label: t('workspace'),
        // Codex's own configuration may give it network.
        tooltip: t('Commands may write in the folder of the thread and the temporary one; no network by default.'),
      };
    case 'danger-full-access':
      return {
        icon: 'warning',
        label: t('full access'),
        tooltip: t('No sandbox: commands may do all that you may do.'),
      };
  }
}

function approvalWords({ approvals }: LaneCapabilities, t: Translate): Words {
  switch (approvals) {
    case 'none':
      return {
        icon: 'circle-slash',
        label: t('never asks'),
        tooltip: t('codex exec never asks: what the sandbox forbids is refused.'),
      };
    case 'policy':
      return {
        icon: 'checklist',
        label: t('by policy'),
        tooltip: t('A policy decides; nobody is asked.'),
      };
    case 'interactive':
      return {
        icon: 'question',
        label: t('asks'),
        tooltip: t('You are asked before a command leaves the sandbox.'),
      };
  }
}

/** One row of the picker. `mode`: choosing it puts it into effect; null = it explains and changes nothing. */
export type SandboxRow = Words & { readonly mode: SandboxMode | null; readonly description: string };

export type SandboxChoice = {
  readonly placeholder: string;
  readonly modes: readonly SandboxRow[];
  /** What becomes of a command that the sandbox forbids: what holds, and what this lane can't do. */
  readonly approvals: readonly SandboxRow[];
};

/** What the picker offers; null on a lane without a sandbox. */
export function sandboxChoice(
  { selected, interactive, mode: current, running }: Omit<Standing, 'tools'>,
  t: Translate,
): SandboxChoice | null {
  const lane = capabilitiesOf(selected, interactive);
  if (!lane.commands || selected !== 'codex-native') return null;
  const asksInEffect = lane.approvals === 'interactive';
  return {
    placeholder: running ? nextTurn(t) : t('What commands of the next turn may do'),
    modes: sandboxModes.map((mode) => ({
      ...sandboxWords(mode, t),
      mode,
      description: mode === current ? t('in effect') : '',
    })),
    approvals: [
      { ...approvalWords(lane, t), mode: null, description: t('in effect') },
      ...(asksInEffect ? [] : [cannotAsk(t)]),
    ],
  };
}

function cannotAsk(t: Translate): SandboxRow {
  return {
    mode: null,
    icon: 'question',
    label: t('asks first'),
    description: t('not on this lane'),
    tooltip: t('codex exec can not ask. What limits a turn is its sandbox: choose a stricter one.'),
  };
}
