import type { ApprovalPolicy, SandboxMode } from '../../model/index.ts';
import type { ReplayedSettings } from '../../ports/index.ts';
import { field, textOf } from './wire.ts';

export const noSettings: ReplayedSettings = {
  model: null,
  effort: null,
  cwd: null,
  sandbox: null,
  approvalPolicy: null,
};

/**
 * How a thread's turns run, from whatever names it: an answer to `thread/start`, a thread's settings, the parameters of
 * `turn/start`. What is not named stays as it was.
 */
export function settingsFrom(before: ReplayedSettings, named: unknown): ReplayedSettings {
  const policy = field(named, 'approvalPolicy');
  return {
    model: textOf(field(named, 'model')) ?? before.model,
    effort: textOf(field(named, 'effort') ?? field(named, 'reasoningEffort')) ?? before.effort,
    cwd: textOf(field(named, 'cwd')) ?? before.cwd,
    sandbox: sandboxOf(field(named, 'sandboxPolicy') ?? field(named, 'sandbox')) ?? before.sandbox,
    approvalPolicy: policy === undefined || policy === null ? before.approvalPolicy : policyOf(policy),
  };
}

/** A word in what the client asks, an object in what the server tells. */
function sandboxOf(wire: unknown): SandboxMode | null {
  switch (field(wire, 'type') ?? wire) {
    case 'read-only':
    case 'readOnly':
      return 'read-only';
    case 'workspace-write':
    case 'workspaceWrite':
      return 'workspace-write';
    case 'danger-full-access':
    case 'dangerFullAccess':
      return 'danger-full-access';
    default:
      return null;
  }
}

/** Null: a policy that has no name of ours. */
function policyOf(wire: unknown): ApprovalPolicy | null {
  return wire === 'never' || wire === 'on-request' || wire === 'untrusted' ? wire : null;
}
