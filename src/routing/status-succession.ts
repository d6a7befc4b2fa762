import type { BackendOption, StampedStatus } from '../model/index.ts';
import { words } from './copy.ts';

/** The newer of two statuses, by sequence: an older, slower probe never overwrites a newer one. */
export function newerStatus(current: StampedStatus | null, next: StampedStatus): StampedStatus {
  return current !== null && current.sequence > next.sequence ? current : next;
}

/**
 * The last known status after a probe that failed by itself: what was usable is so with a note, everything else stands.
 * `checkedAt` stays, since that is the check it rests on.
 */
export function withFailedProbe(status: StampedStatus, why: string, sequence: number): StampedStatus {
  const { codex } = status.document.providers;
  const provider = {
    ...codex,
    detailMessage: words('provider.probe-failed', why),
    availableBackends: codex.availableBackends.map(degrade),
  };
  return { ...status, document: { ...status.document, providers: { codex: provider } }, sequence };
}

function degrade(option: BackendOption): BackendOption {
  if (option.state !== 'ready') return option;
  return { ...option, state: 'degraded', statusMessage: words('option.degraded', words('note.probe-failed')) };
}
