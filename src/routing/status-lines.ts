import type { BackendOption, LaneSelection, ProviderStatus, StampedStatus, StatusDocument } from '../model/index.ts';
import type { Copy, CopyCode } from './copy.ts';
import { copy, copyOfText } from './copy.ts';

/** What the surfaces are made from: how a lane stands comes from the document, what helps it from the facts behind. */
export type StatusFacts = Pick<StampedStatus, 'document' | 'inputs'>;

/** The option of a lane in a status document. A document without it (a foreign one) has none. */
export function optionOf(provider: ProviderStatus, id: LaneSelection): BackendOption | undefined {
  return provider.availableBackends.find((option) => option.id === id);
}

/** True for a lane that nobody looked at yet; see `deriveStatus` for how the document writes that. */
export function isUnchecked(option: BackendOption): boolean {
  return option.state === 'degraded' && !option.available;
}

/** The badge of a lane's state; ready has none. */
export function stateBadge(option: BackendOption): Copy | null {
  if (isUnchecked(option)) return copy('badge.not-checked');
  return option.state === 'ready' ? null : copy(`badge.${option.state}`);
}

/** Every badge of an option, in the order they are shown. */
export function badges(option: BackendOption): readonly Copy[] {
  const state = stateBadge(option);
  return [
    ...(option.audience === 'internal' ? [copy('badge.internal')] : []),
    ...(state === null ? [] : [state]),
    ...(option.recommended ? [copy('badge.recommended')] : []),
  ];
}

/** `Codex native - internal - locked`, `OpenAI API - ready`. */
export function optionLine(option: BackendOption): Copy {
  const state: CopyCode = isUnchecked(option) ? 'state.not-checked' : `state.${option.state}`;
  return copy(option.audience === 'internal' ? 'line.internal' : 'line.general', option.label, copy(state).english);
}

/** `Runtime: Codex native - internal - locked`, for the tree and dashboards: the lane that the selection stands for. */
export function runtimeLine({ providers: { codex } }: StatusDocument): Copy {
  const option = optionOf(codex, codex.selectedBackendId);
  return copy('line.runtime', option === undefined ? codex.selectedBackendId : optionLine(option).english);
}

/** A lane's label; `auto` says what it resolves to, where it resolves. */
export function labelOf(provider: ProviderStatus, option: BackendOption): Copy {
  const api = optionOf(provider, 'api');
  if (option.id !== 'auto' || !option.available || api === undefined) return copyOfText(option.label);
  return copy('lane.auto.currently', api.label);
}

/** The chip `Resolved: …`, only where what runs is not what was selected. */
export function resolvedChip({ providers: { codex } }: StatusDocument): Copy | null {
  const { resolvedBackendId: resolved, selectedBackendId: selected } = codex;
  if (resolved === null || resolved === selected) return null;
  return copy('lane.resolved', optionOf(codex, resolved)?.label ?? resolved);
}

/** Why a lane is as it is: detail, else status, else that it can't be selected. */
export function reasonOf(option: BackendOption): Copy {
  const text = option.detailMessage ?? option.statusMessage;
  return text === null ? copy('option.cannot-select') : copyOfText(text);
}

/** True in a workspace that is not trusted: the one thing that switches the API lane off. */
export function isUntrusted(provider: ProviderStatus): boolean {
  return optionOf(provider, 'api')?.state === 'disabled';
}
