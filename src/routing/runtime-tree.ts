import type { BackendOption, LaneInputs, ProviderStatus, StampedStatus } from '../model/index.ts';
import type { ActionId } from './actions.ts';
import type { Copy, CopyCode } from './copy.ts';
import { copy, copyOfText } from './copy.ts';
import { gatePhases } from './gate-phases.ts';
import { laneWords } from './lane-words.ts';
import { helpIn, isUnchecked, labelOf, optionLine, optionOf } from './status-lines.ts';

/** A node of the Runtime view. `icon` is a codicon's name; `id` is stable, so that a view keeps what was expanded. */
export type RuntimeNode = {
  readonly id: string;
  readonly label: Copy;
  readonly description: Copy | null;
  readonly icon: string | null;
  readonly tooltip: Copy | null;
  readonly action?: ActionId;
  readonly children: readonly RuntimeNode[];
};

type Extras = Partial<Omit<RuntimeNode, 'id' | 'label' | 'action'>> & { readonly action?: ActionId | null };

/**
 * The Runtime view: sections Lane, Codex CLI, Credentials, Gates. How a lane stands comes from the document alone; the
 * inputs add what it does not carry (who pays, the gates). `now` in milliseconds since the epoch.
 */
export function runtimeTree(status: StampedStatus, now: number): readonly RuntimeNode[] {
  const { codex } = status.document.providers;
  const age = ageOf(status.checkedAt, now);
  return [
    laneSection(status, age),
    cliSection(codex, age),
    credentialSection(status.inputs),
    gateSection(status.inputs),
  ];
}

/** How old a check is. A clock that was set back reads as just now. */
export function ageOf(checkedAt: string | null, now: number): Copy {
  const then = checkedAt === null ? Number.NaN : Date.parse(checkedAt);
  if (Number.isNaN(then)) return copy('option.not-checked');
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return copy('age.now');
  if (minutes < 60) return copy('age.minutes', String(minutes));
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? copy('age.hours', String(hours)) : copy('age.days', String(Math.floor(hours / 24)));
}

function laneSection({ document, inputs, checking }: StampedStatus, age: Copy): RuntimeNode {
  const { codex } = document.providers;
  const { selectedBackendId, resolvedBackendId } = codex;
  const selected = optionOf(codex, selectedBackendId);
  const resolved = resolvedBackendId === null ? undefined : optionOf(codex, resolvedBackendId);
  const shown = laneWords(document);
  const why = codex.detailMessage ?? codex.statusMessage;
  const endpoint = codex.backend?.endpointLabel;
  return node('lane', 'tree.lane', {
    description: checking ? copy('age.checking') : age,
    icon: checking ? 'loading' : shown.icon,
    action: shown.action,
    children: [
      node('lane.selected', 'tree.lane.selected', {
        description: selected === undefined ? copy('verbatim', selectedBackendId) : labelOf(codex, selected),
        tooltip: copy('tree.lane.from', inputs.selectedSource),
        action: 'selectLane',
      }),
      node('lane.resolved', 'tree.lane.resolved', {
        description: resolved === undefined ? copy('tree.lane.resolved.none') : copyOfText(resolved.label),
      }),
      node('lane.why', 'tree.lane.why', {
        description: codex.statusMessage === null ? null : copyOfText(codex.statusMessage),
        tooltip: why === null ? null : copyOfText(why),
        action: shown.action,
      }),
      ...(endpoint === null || endpoint === undefined
        ? []
        : [node('lane.endpoint', 'tree.lane.endpoint', { description: copyOfText(endpoint) })]),
      ...codex.availableBackends.filter((option) => option.id !== 'auto').map((option) => optionNode(codex, option)),
    ],
  });
}

function optionNode(provider: ProviderStatus, option: BackendOption): RuntimeNode {
  const text = option.statusMessage;
  const tooltip = option.detailMessage ?? text;
  return withAction(helpIn(provider, option), {
    id: `lane.option.${option.id}`,
    label: optionLine(option),
    description: text === null ? null : copyOfText(text),
    icon: null,
    tooltip: tooltip === null ? null : copyOfText(tooltip),
    children: [],
  });
}

function cliSection(provider: ProviderStatus, age: Copy): RuntimeNode {
  const diagnostic = provider.externalRuntimeDiagnostics.find(({ id }) => id === 'codex-cli');
  const native = optionOf(provider, 'codex-native');
  const unchecked = diagnostic === undefined || (!diagnostic.detected && native !== undefined && isUnchecked(native));
  if (unchecked) {
    const description = copy('option.not-checked');
    return node('cli', 'tree.cli', { description, icon: 'question', action: 'refreshStatus' });
  }
  const said = diagnostic.statusMessage === null ? null : copyOfText(diagnostic.statusMessage);
  const detail = diagnostic.detailMessage === null ? null : copyOfText(diagnostic.detailMessage);
  if (!diagnostic.detected) {
    // Switched off or not trusted: nobody looked, so nothing is missing either.
    const missing = native?.state === 'runtime-missing';
    return node('cli', 'tree.cli', {
      description: said,
      icon: missing ? 'circle-slash' : 'question',
      tooltip: detail,
      action: missing ? 'openCodexPath' : null,
      children: detail === null ? [] : [node('cli.problem', 'tree.cli.problem', { description: detail })],
    });
  }
  return node('cli', 'tree.cli', {
    description: said,
    icon: 'pass',
    tooltip: age,
    children: [
      node('cli.version', 'tree.cli.version', { description: said }),
      ...(detail === null ? [] : [node('cli.path', 'tree.cli.path', { description: detail, tooltip: detail })]),
    ],
  });
}

function credentialSection({ api, native }: LaneInputs): RuntimeNode {
  return node('credentials', 'tree.credentials', {
    icon: 'key',
    children: [
      node('credentials.api', 'tree.credentials.api', apiCredential(api)),
      node('credentials.native', 'tree.credentials.native', nativeCredential(native)),
    ],
  });
}

function apiCredential({ needsKey, payer, checkedAt, endpointLabel }: LaneInputs['api']): Extras {
  const tooltip = copy('verbatim', endpointLabel);
  if (payer !== null && payer.kind !== 'none') {
    const description = copy('tree.credentials.present', payer.label, payer.source);
    return { description, icon: 'pass', tooltip, action: 'clearApiKey' };
  }
  if (!needsKey) return { description: copy('tree.credentials.keyless'), icon: 'pass', tooltip };
  const description = copy(checkedAt === null ? 'option.not-checked' : 'tree.credentials.none');
  return { description, icon: checkedAt === null ? 'question' : 'key', tooltip, action: 'setApiKey' };
}

function nativeCredential({ credential }: LaneInputs['native']): Extras {
  switch (credential.kind) {
    case 'unchecked':
      return { description: copy('option.not-checked'), icon: 'question', action: 'refreshStatus' };
    case 'none': {
      const tooltip = copy('detail.set-key-or-sign-in');
      return { description: copy('tree.credentials.none'), icon: 'key', tooltip, action: 'refreshStatus' };
    }
    case 'issue': {
      const description = copy('verbatim', credential.issue);
      return { description, icon: 'warning', tooltip: description, action: 'refreshStatus' };
    }
    case 'present': {
      const { label, source } = credential.payer;
      return { description: copy('tree.credentials.present', label, source), icon: 'pass' };
    }
  }
}

function gateSection({ gates }: LaneInputs): RuntimeNode {
  const { phase, unlocked, unlockSource, trusted } = gates;
  const { name, needsUnlock } = gatePhases[phase];
  const shut = needsUnlock && !unlocked;
  const unlock = unlocked
    ? copy('tree.gates.unlock.open', unlockSource)
    : needsUnlock
      ? copy('tree.gates.unlock.shut', unlockSource)
      : copy('tree.gates.unlock.unneeded');
  return node('gates', 'tree.gates', {
    icon: shut || !trusted ? 'lock' : 'pass',
    children: [
      node('gates.phase', 'tree.gates.phase', {
        description: copy('tree.gates.phase.value', String(phase), copy(name).english),
      }),
      node('gates.unlock', 'tree.gates.unlock', {
        description: unlock,
        icon: shut ? 'lock' : 'pass',
        action: shut ? 'unlockNative' : null,
      }),
      node('gates.trust', 'tree.gates.trust', {
        description: copy(trusted ? 'tree.gates.trust.open' : 'tree.gates.trust.shut'),
        icon: trusted ? 'pass' : 'shield',
        action: trusted ? null : 'manageTrust',
      }),
    ],
  });
}

function node(id: string, label: CopyCode, { action, ...rest }: Extras): RuntimeNode {
  const empty = { description: null, icon: null, tooltip: null, children: [] };
  return withAction(action ?? null, { id, label: copy(label), ...empty, ...rest });
}

function withAction(action: ActionId | null, rest: RuntimeNode): RuntimeNode {
  return action === null ? rest : { ...rest, action };
}
