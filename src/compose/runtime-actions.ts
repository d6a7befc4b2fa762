import type { BinaryCandidate, DoctorReport, InstallOutcome, InstallProgress } from '../model/index.ts';
import { codexPackage, managedFolder, testedVersion } from '../runtime/index.ts';

/** What Install would do, for the question before it. */
export type InstallPlan = {
  readonly packageName: string;
  readonly version: string;
  readonly folder: string;
  /** On disk, about. */
  readonly megabytes: number;
};

export type RuntimeActions = {
  readonly installPlan: () => InstallPlan;
  readonly doctor: () => Promise<DoctorReport>;
  readonly candidates: () => Promise<readonly BinaryCandidate[]>;
  readonly install: (onProgress: (progress: InstallProgress) => void, signal: AbortSignal) => Promise<InstallOutcome>;
};

const absent = { kind: 'failed', why: 'This build has no such command.', hint: 'Update the extension.' } as const;

/** Of 0.169.0 on Linux x64: the npm launcher and the platform package. */
const installedMegabytes = 400;

export function runtimeActions(deps: { readonly dataHome: () => string }): RuntimeActions {
  return {
    installPlan: () => ({
      packageName: codexPackage,
      version: testedVersion,
      folder: managedFolder(deps.dataHome()),
      megabytes: installedMegabytes,
    }),
    doctor: () => Promise.resolve(absent),
    candidates: () => Promise.resolve([]),
    install: () => Promise.resolve(absent),
  };
}
