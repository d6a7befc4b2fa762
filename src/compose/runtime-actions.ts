import type { BinaryCandidate, DoctorReport, InstallOutcome, InstallProgress } from '../model/index.ts';

export type RuntimeActions = {
  readonly doctor: () => Promise<DoctorReport>;
  readonly candidates: () => Promise<readonly BinaryCandidate[]>;
  readonly install: (onProgress: (progress: InstallProgress) => void, signal: AbortSignal) => Promise<InstallOutcome>;
};

const absent = { kind: 'failed', why: 'This build has no such command.', hint: 'Update the extension.' } as const;

export function runtimeActions(): RuntimeActions {
  return {
    doctor: () => Promise.resolve(absent),
    candidates: () => Promise.resolve([]),
    install: () => Promise.resolve(absent),
  };
}
