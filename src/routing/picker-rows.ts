import type { BackendOption, LaneSelection, ProviderStatus } from '../model/index.ts';
import type { ActionId } from './actions.ts';
import type { Copy } from './copy.ts';
import { copyOfText } from './copy.ts';
import { helpsFor } from './gate-help.ts';
import type { StatusFacts } from './status-lines.ts';
import { badges, isUnchecked, isUntrusted, labelOf, reasonOf } from './status-lines.ts';

/** One row of the lane picker. `icon` is a codicon's name. */
export type PickerRow = {
  readonly id: LaneSelection;
  readonly icon: string;
  readonly label: Copy;
  /** Badges, shown beside the label. */
  readonly badges: readonly Copy[];
  /** How the lane stands. */
  readonly description: Copy | null;
  /** What the lane is. */
  readonly detail: Copy;
  readonly current: boolean;
  readonly disabled: boolean;
  /** Why it is disabled or in what way it is limited; null when there is nothing to say. */
  readonly tooltip: Copy | null;
  /** What to offer instead when a disabled row is picked. */
  readonly action: ActionId | null;
  /** All that helps, the most helpful first. */
  readonly actions: readonly ActionId[];
};

export function pickerRows({ document, inputs }: StatusFacts): readonly PickerRow[] {
  const { codex } = document.providers;
  return codex.availableBackends.map((option) => rowOf(codex, option, helpsFor(option.id, inputs)));
}

function rowOf(provider: ProviderStatus, option: BackendOption, helps: readonly ActionId[]): PickerRow {
  const current = option.id === provider.selectedBackendId;
  const shut = !option.available || !option.selectable;
  return {
    id: option.id,
    icon: iconOf(provider, option),
    label: labelOf(provider, option),
    badges: badges(option),
    description: option.statusMessage === null ? null : copyOfText(option.statusMessage),
    detail: copyOfText(option.description),
    current,
    // The current lane stays enabled, so that a user never sees a choice that seems to be no choice.
    disabled: shut && !current,
    tooltip: shut || option.state !== 'ready' ? reasonOf(option) : null,
    action: helps[0] ?? null,
    actions: helps,
  };
}

function iconOf(provider: ProviderStatus, option: BackendOption): string {
  if (isUntrusted(provider)) return 'shield';
  if (isUnchecked(option)) return 'question';
  switch (option.state) {
    case 'ready':
      return option.id === 'codex-native' ? 'terminal' : 'cloud';
    case 'locked':
      return 'lock';
    case 'authentication-required':
      return 'key';
    case 'runtime-missing':
    case 'disabled':
      return 'circle-slash';
    case 'degraded':
      return 'warning';
  }
}
