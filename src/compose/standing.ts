import type { StandingInputs } from '../engine/index.ts';
import { endpointOf, shownBaseUrl } from '../lanes/responses/index.ts';
import type { Environment } from '../node/index.ts';
import type { Settings, Workspace } from '../ports/index.ts';
import { gateFactsOf } from '../routing/index.ts';
import type { PracticeState } from './practice-switch.ts';

/** What the status is computed from beside the findings of its probes. */
export function standingInputs(of: {
  readonly settings: Settings;
  readonly workspace: Workspace;
  readonly env: Environment;
  readonly laneEnv: Environment;
  readonly practice: PracticeState;
  /** Rises with each change of a stored key. */
  readonly keysRevision: number;
}): StandingInputs {
  const { settings, workspace, env, laneEnv, practice, keysRevision } = of;
  const { label, needsKey } = endpointFacts(settings.get().apiBaseUrl);
  const now = settings.get();
  return {
    selected: now.lane.value,
    selectedSource: now.lane.source,
    gates: gateFactsOf({ ...now, trusted: workspace.trusted(), env }),
    api: { endpointLabel: practice.on ? practice.label : label, needsKey },
    nativeKey: JSON.stringify([
      ...[now.codexPath, now.nativeAuth, now.nativeCredentials, now.nativeEnv, now.network],
      ...[laneEnv.CODEX_HOME ?? null, workspace.trusted(), keysRevision],
    ]),
    apiKey: JSON.stringify([now.apiBaseUrl, now.apiHeaders, now.apiOrganization, now.apiProject, keysRevision]),
  };
}

/** A base URL that is none is said by the probe and the turn; here it only must not break the status. */
export function endpointFacts(baseUrl: string): {
  readonly label: string;
  readonly origin: string | null;
  /** Origin and path. */
  readonly base: string | null;
  readonly needsKey: boolean;
} {
  try {
    const { host, origin, base, needsKey } = endpointOf(baseUrl);
    return { label: host, origin, base, needsKey };
  } catch {
    return { label: shownBaseUrl(baseUrl), origin: null, base: null, needsKey: true };
  }
}
