import type { BinaryCandidate, DoctorCheck, DoctorReport, InstallOutcome, InstallProgress } from '../model/index.ts';
import type { NativeCredential, NativeRuntimeInputs, Network } from '../runtime/index.ts';
import {
  codexPackage,
  discoveryInputs,
  installCodex,
  listCandidates,
  listProfiles,
  managedFolder,
  nativeNetwork,
  resolveNativeRuntime,
  runDoctor,
  testedVersion,
} from '../runtime/index.ts';

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
  readonly profiles: () => Promise<readonly string[]>;
  readonly install: (onProgress: (progress: InstallProgress) => void, signal: AbortSignal) => Promise<InstallOutcome>;
};

export type RuntimeActionsDeps = {
  readonly dataHome: () => string;
  /** What a native turn would start from now. */
  readonly native: () => NativeRuntimeInputs;
  readonly trusted: () => boolean;
  /** Another Codex lies in the data home now. */
  readonly onInstalled: () => Promise<void>;
};

/** An untrusted workspace starts nothing, whoever asks. */
const untrusted = {
  kind: 'failed',
  why: 'The workspace is not trusted, so nothing is started in it',
  hint: 'Trust the workspace to run Codex.',
} as const;

/** Of 0.169.0 on Linux x64: the npm launcher and the platform package. */
const installedMegabytes = 400;

/** What the user asks of Codex on this machine, outside of any turn. */
export function runtimeActions({ dataHome, native, trusted, onInstalled }: RuntimeActionsDeps): RuntimeActions {
  return {
    installPlan: () => ({
      packageName: codexPackage,
      version: testedVersion,
      folder: managedFolder(dataHome()),
      megabytes: installedMegabytes,
    }),
    doctor: async () => {
      if (!trusted()) return untrusted;
      const inputs = native();
      const { binary, env, secrets, credential } = await resolveNativeRuntime(inputs);
      if (binary.kind !== 'found') {
        const why = binary.kind === 'missing' ? binary.detail : 'Codex CLI not found';
        return { kind: 'failed', why, hint: 'Install Codex, or set its path.' };
      }
      const { signal = new AbortController().signal } = inputs;
      const report = await runDoctor({ file: binary.identity.path, env, secrets }, signal);
      if (report.kind === 'failed' || credential.vaultOnly !== true) return report;
      return { ...report, checks: [vaultCheck(credential), ...report.checks] };
    },
    candidates: async () => (trusted() ? listCandidates(discoveryInputs(native())) : []),
    profiles: () => listProfiles(native().env),
    install: async (onProgress, signal) => {
      if (!trusted()) return untrusted;
      const inputs = native();
      const outcome = await installCodex({
        dataHome: dataHome(),
        env: { ...inputs.env, ...npmNetwork(await nativeNetwork(inputs)) },
        clock: inputs.clock,
        onProgress,
        signal: inputs.signal === undefined ? signal : AbortSignal.any([signal, inputs.signal]),
      });
      if (outcome.kind === 'installed') await onInstalled();
      return outcome;
    },
  };
}

/** Said beside what Codex says of itself: it can't know of a key that it never holds. */
function vaultCheck({ fact, inputs, vault }: NativeCredential): DoctorCheck {
  const login = inputs.find(({ name, state }) => name === 'Codex login' && state === 'present');
  const noKey = 'vault-only: no key is stored for Codex native';
  const why =
    fact.kind === 'issue'
      ? fact.issue
      : fact.kind === 'none' && fact.login !== undefined
        ? 'vault-only: a ChatGPT login is refused, since only Codex itself can use it'
        : noKey;
  return {
    id: 'lanes.credentials',
    status: vault === null ? 'fail' : 'ok',
    summary: vault === null ? why : 'vault-only: the stored key pays, and Codex never holds it',
    details: [
      'The doctor of Codex gets no key either, so what it says of its login is about its own alone.',
      ...(login === undefined
        ? []
        : [`Codex keeps a login of its own (${login.tail ?? 'unnamed'}), which is not used.`]),
    ],
    remediation: vault === null ? 'Store a key with Set Key for Codex Native.' : null,
  };
}

/** npm takes the proxy as Codex does, and certificates as Node.js does. The file holds those of NODE_EXTRA_CA_CERTS too. */
function npmNetwork({ env }: Network): Readonly<Record<string, string>> {
  const { CODEX_CA_CERTIFICATE: certificates, ...proxy } = env;
  return certificates === undefined ? proxy : { ...proxy, NODE_EXTRA_CA_CERTS: certificates };
}
