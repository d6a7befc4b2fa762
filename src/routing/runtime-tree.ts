import type { BackendOption, LiveProcess, StampedStatus } from '../model/index.ts';
import { notRead } from '../model/index.ts';
import type { Copy } from './copy.ts';
import { copy, copyOfText } from './copy.ts';
import { decideLane } from './decide-lane.ts';
import { helpsFor } from './gate-help.ts';
import { laneWords } from './lane-words.ts';
import type { RuntimeNode } from './runtime-node.ts';
import { actionNode, node } from './runtime-node.ts';
import type { StatusFacts } from './status-lines.ts';
import { isUnchecked, labelOf, optionLine, optionOf } from './status-lines.ts';
import type { ToldReadings } from './tree-account.ts';
import { accountSection } from './tree-account.ts';
import { capabilitySection } from './tree-capabilities.ts';
import { cliSection } from './tree-cli.ts';
import { credentialSection } from './tree-credentials.ts';
import { endpointNode } from './tree-endpoint.ts';
import { gateSection } from './tree-gates.ts';
import { modelSection } from './tree-models.ts';
import { processSection } from './tree-processes.ts';

export type { RuntimeNode } from './runtime-node.ts';

/**
 * The Runtime view. How a lane stands comes from the document alone; the inputs add what it does not carry (who pays, the
 * gates, the network). A section is never blank: what is not there says why. `now` in milliseconds since the epoch; `titleOf` names a
 * thread where its title is known. `told`: what Codex's app-server said of itself, shown while the gate `interactive` is open.
 */
export function runtimeTree(
  status: StampedStatus,
  now: number,
  processes: readonly LiveProcess[],
  titleOf: (threadId: string) => string | null = () => null,
  told: ToldReadings | null = null,
): readonly RuntimeNode[] {
  const asked = status.inputs.gates.interactive ? told : null;
  const age = ageOf(status.checkedAt, now);
  return [
    laneSection(status, age),
    cliSection(status.inputs, age),
    credentialSection(status.inputs),
    ...(asked === null ? [] : [accountSection(asked, now)]),
    modelSection(status.document.providers.codex, asked?.readings.models ?? notRead, status.inputs.api.models),
    capabilitySection(status),
    gateSection(status.inputs),
    processSection(processes, now, titleOf),
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

function laneSection(status: StampedStatus, age: Copy): RuntimeNode {
  const { document, inputs, checking } = status;
  const { codex } = document.providers;
  const { selectedBackendId, resolvedBackendId } = codex;
  const selected = optionOf(codex, selectedBackendId);
  const resolved = resolvedBackendId === null ? undefined : optionOf(codex, resolvedBackendId);
  const shown = laneWords(status);
  const endpoint = endpointNode(status);
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
      whyNode(status),
      // A click on a row that opens and closes does nothing else: what helps has rows of its own.
      ...shown.actions.map((action) => actionNode(`lane.help.${action}`, action)),
      ...(endpoint === null ? [] : [endpoint]),
      ...codex.availableBackends.filter((option) => option.id !== 'auto').map((option) => optionNode(status, option)),
    ],
  });
}

/** The status in one line, and behind it each rule that spoke, in its order. */
function whyNode({ document, inputs }: StampedStatus): RuntimeNode {
  const { statusMessage, detailMessage } = document.providers.codex;
  const why = detailMessage ?? statusMessage;
  return node('lane.why', 'tree.lane.why', {
    description: statusMessage === null ? copy('tree.lane.why.nothing') : copyOfText(statusMessage),
    tooltip: why === null ? null : copyOfText(why),
    collapsed: true,
    children: decideLane(inputs).trace.map(({ rule, says }) =>
      node(`lane.why.${rule}`, copyOfText(says), { tooltip: copyOfText(says) }),
    ),
  });
}

function optionNode({ inputs }: StatusFacts, option: BackendOption): RuntimeNode {
  const text = isUnchecked(option) ? null : option.statusMessage;
  const tooltip = option.detailMessage ?? option.statusMessage;
  return node(`lane.option.${option.id}`, copy('line.runtime', optionLine(option).english), {
    description: text === null ? null : copyOfText(text),
    tooltip: tooltip === null ? null : copyOfText(tooltip),
    action: helpsFor(option.id, inputs)[0] ?? null,
  });
}
