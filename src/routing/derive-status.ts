import type {
  BackendInfo,
  BinaryProblem,
  Capabilities,
  LaneInputs,
  NativeFacts,
  ProviderStatus,
  RunnableLaneId,
  RuntimeDiagnostic,
  StatusDocument,
  VerificationState,
} from '../model/index.ts';
import { backendOptions, uncheckedMessages } from './backend-options.ts';
import { words } from './copy.ts';
import { gatePhases, signInCopy } from './gate-phases.ts';
import { nativeTransport } from './native-transport.ts';
import { pluginCapability } from './plugin-capability.ts';
import type { Standing } from './standing.ts';
import { disabledBy, laneOf, resolves, standingOf } from './standing.ts';

/** How the native lane's endpoint is named: by its transport. */
const nativeEndpoints = { exec: 'codex exec --json', 'app-server': 'codex app-server' } as const;

/**
 * The status document of contract runtime-status, section 2. Every surface reads it, none recomputes it.
 *
 * A lane that nobody checked yet has no state of its own in the contract: it is written as `degraded` (a check is
 * missing) that is not available, with the message `Not checked yet`. A checked lane that is `degraded` is available.
 */
export function deriveStatus(inputs: LaneInputs): StatusDocument {
  return { schemaVersion: 1, providers: { codex: providerOf(inputs) } };
}

function providerOf(inputs: LaneInputs): ProviderStatus {
  const lane = laneOf(inputs.selected);
  const standing = standingOf(lane, inputs);
  const resolved = resolves(standing) ? lane : null;
  const status: ProviderStatus = {
    supported: true,
    ...credentialFacts(lane, inputs),
    canLoginFromUi: lane === 'api' && inputs.api.needsKey,
    ...messages(lane, standing, inputs),
    selectedBackendId: inputs.selected,
    resolvedBackendId: resolved,
    availableBackends: backendOptions(inputs),
    externalRuntimeDiagnostics: [diagnosticOf(inputs.native)],
    models: resolved === null ? [] : modelsOf(resolved, inputs),
    capabilities: capabilitiesOf(resolved, inputs),
    backend: resolved === null ? null : backendOf(resolved, inputs),
  };
  const issue = credentialIssue(lane, inputs);
  // What is wrong with a credential is said about the connection only: selected, resolved and the options stay.
  return issue === null || !inputs.gates.trusted
    ? status
    : {
        ...status,
        authenticated: false,
        authMethod: null,
        verificationState: 'error',
        statusMessage: issue,
        backend: null,
      };
}

function messages(
  lane: RunnableLaneId,
  standing: Standing,
  inputs: LaneInputs,
): Pick<ProviderStatus, 'statusMessage' | 'detailMessage'> {
  if (standing === 'untrusted') return { statusMessage: words('provider.untrusted'), detailMessage: null };
  if (standing === 'unchecked') return uncheckedMessages(lane, inputs);
  if (lane === 'api') return { statusMessage: apiMessage(standing, inputs), detailMessage: inputs.api.detail };
  const { notReadyMessage } = gatePhases[inputs.gates.phase];
  return {
    statusMessage: words(resolves(standing) ? 'provider.native.ready' : notReadyMessage),
    detailMessage: nativeProviderDetail(standing, inputs),
  };
}

function apiMessage(standing: Standing, { selected }: LaneInputs): string {
  if (!resolves(standing)) return words('provider.api.needs-key');
  return selected === 'auto' ? words('provider.auto.resolved', words('lane.api')) : words('provider.api.ready');
}

function nativeProviderDetail(standing: Standing, inputs: LaneInputs): string | null {
  switch (standing) {
    case 'runtime-missing':
      return words('provider.native.needs-binary');
    case 'authentication-required':
      return words(signInCopy(inputs));
    case 'locked':
      return words('detail.gate-shut', inputs.gates.unlockSource);
    case 'disabled':
      return disabledBy(inputs)?.reason ?? null;
    default:
      return null;
  }
}

/** About the lane that the selection stands for, whether it runs or not: being paid and being ready are two facts. */
function credentialFacts(
  lane: RunnableLaneId,
  { native, api }: LaneInputs,
): Pick<ProviderStatus, 'authenticated' | 'authMethod' | 'verificationState'> {
  if (lane === 'api') {
    const payer = api.payer?.kind === 'none' ? null : api.payer;
    const authMethod = payer === null ? null : payer.kind === 'api-key' ? 'api_key' : payer.kind;
    return {
      authenticated: !api.needsKey || payer !== null,
      authMethod,
      verificationState: apiVerification[api.reach],
    };
  }
  const { credential } = native;
  if (credential.kind !== 'present') return { authenticated: false, authMethod: null, verificationState: 'unknown' };
  const { authMethod } = credential;
  // A ChatGPT login was read from Codex itself; that a key works is known only after a request with it.
  const verified = credential.verified ?? authMethod === 'chatgpt';
  return { authenticated: true, authMethod, verificationState: verified ? 'verified' : 'unknown' };
}

const apiVerification: Readonly<Record<LaneInputs['api']['reach'], VerificationState>> = {
  unknown: 'unknown',
  reachable: 'verified',
  offline: 'offline',
  refused: 'error',
};

function credentialIssue(lane: RunnableLaneId, { native, api }: LaneInputs): string | null {
  if (lane === 'codex-native') return native.credential.kind === 'issue' ? native.credential.issue : null;
  return api.reach === 'refused' ? (api.detail ?? words('provider.api.refused')) : null;
}

function diagnosticOf({ binary }: NativeFacts): RuntimeDiagnostic {
  const base = { id: 'codex-cli', label: 'Codex CLI' } as const;
  switch (binary.kind) {
    case 'unchecked':
      return { ...base, detected: false, statusMessage: words('option.not-checked'), detailMessage: null };
    case 'missing':
      return { ...base, detected: false, statusMessage: missingText(binary.problem), detailMessage: binary.detail };
    case 'found': {
      const { version, path, source } = binary.identity;
      return { ...base, detected: true, statusMessage: version, detailMessage: `${path} (${source})` };
    }
  }
}

/** A program that is there and no use is not `not found`. */
function missingText(problem: BinaryProblem): string {
  return problem === 'not-found'
    ? words('option.runtime-missing')
    : words('diagnostic.unusable', words(`binary.${problem}`));
}

function backendOf(lane: RunnableLaneId, inputs: LaneInputs): BackendInfo {
  const { native, api } = inputs;
  const base = { kind: lane, label: words(`lane.${lane}`), projectId: null };
  const authMethodDetail = credentialFacts(lane, inputs).authMethod;
  if (lane === 'api') return { ...base, endpointLabel: api.endpointLabel, authMethodDetail };
  // Whoever answers instead of OpenAI is named wherever the lane is.
  const nativeEndpoint = nativeEndpoints[nativeTransport(inputs).transport];
  const endpointLabel = native.providerLabel === null ? nativeEndpoint : `${nativeEndpoint} · ${native.providerLabel}`;
  return { ...base, endpointLabel, authMethodDetail };
}

function modelsOf(lane: RunnableLaneId, { native, api }: LaneInputs): ProviderStatus['models'] {
  // The document names them, and no more.
  return (lane === 'api' ? api : native).models.map(({ id, label, description }) => ({ id, label, description }));
}

function capabilitiesOf(resolved: RunnableLaneId | null, inputs: LaneInputs): Capabilities {
  const native = resolved === 'codex-native';
  // Codex reads its own configuration in a turn; nothing here changes it.
  const ofCodex = native
    ? ({ status: 'read-only', ownership: 'provider-scoped', reason: words('capability.native-config') } as const)
    : ({ status: 'unsupported', ownership: 'provider-scoped', reason: words('capability.native-only') } as const);
  return {
    oneShot: true,
    interactive: native && nativeTransport(inputs).transport === 'app-server',
    extensions: {
      plugins: pluginCapability(inputs),
      mcp: ofCodex,
      skills: ofCodex,
      apiKeys: { status: 'supported', ownership: 'provider-scoped', reason: null },
    },
  };
}

/** Time of the newest check behind these inputs; null = none yet. ISO times of one form sort as text. */
export function checkedAtOf({ native, api }: LaneInputs): string | null {
  const times = [native.checkedAt, api.checkedAt].filter((time) => time !== null);
  return times.sort().at(-1) ?? null;
}
