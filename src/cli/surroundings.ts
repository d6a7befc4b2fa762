import type { AppDeps } from '../compose.ts';
import { messageOf } from '../model/index.ts';
import type { Log, SecretName, Secrets, SettingsSnapshot, Workspace } from '../ports/index.ts';
import { gatePhaseOf, selectLane } from '../routing/index.ts';

/** What the core gets from outside where there is no editor: everything from the environment, nothing stored. */
export function surroundings(env: NodeJS.ProcessEnv): AppDeps {
  const snapshot = settingsOf(env);
  const log = stderrLog(env.CODEX_LANES_LOG === 'debug');
  for (const problem of snapshot.problems) log.warn(`codex-lanes: ${problem}`);
  return {
    label: 'the command line',
    env,
    log,
    secrets: noSecrets,
    settings: { get: () => snapshot, onChange: () => () => {} },
    workspace: noWindow,
    storedStatus: null,
    storeStatus: () => {},
  };
}

/** Settings of an editor do not exist here; the environment says what it may say (contract runtime-status, section 4). */
function settingsOf(env: NodeJS.ProcessEnv): SettingsSnapshot {
  const selection = selectLane(gatePhaseOf(env.CODEX_LANES_GATE_PHASE), [
    { source: 'env', value: env.CODEX_LANES_BACKEND },
  ]);
  return {
    lane: { value: selection.selected, source: selection.source },
    nativeUnlock: { value: env.CODEX_LANES_NATIVE_UNLOCK === '1', source: 'CODEX_LANES_NATIVE_UNLOCK' },
    nativeEnabled: { value: true, source: 'default' },
    pluginsUnlock: { value: env.CODEX_LANES_PLUGINS_UNLOCK === '1', source: 'CODEX_LANES_PLUGINS_UNLOCK' },
    nativeInteractive: { value: false, source: 'codexLanes.native.interactive' },
    nativeTransport: 'auto',
    nativeEditorTools: false,
    network: { proxy: null, noProxy: [], strictSsl: true, systemCertificates: false },
    codexPath: null,
    nativeAuth: 'auto',
    // The vault is the editor's: where it is asked for, the answer says that it can't be reached from here.
    nativeCredentials: env.CODEX_LANES_NATIVE_CREDENTIALS === 'vault-only' ? 'vault-only' : 'direct',
    nativeEnv: [],
    nativeModel: null,
    nativeEffort: null,
    nativeSandbox: 'read-only',
    nativeEphemeral: true,
    nativeProfile: null,
    nativeAddDirs: [],
    keepRawStreams: false,
    nativeSkipGitCheck: false,
    nativeFirstEventTimeoutS: 60,
    nativeSilenceTimeoutS: 300,
    apiBaseUrl: env.CODEX_LANES_API_BASE_URL ?? 'https://api.openai.com/v1',
    apiModel: 'gpt-5.5',
    apiEffort: null,
    apiHeaders: {},
    apiOrganization: null,
    apiProject: null,
    apiVerbosity: null,
    apiServiceTier: null,
    apiTools: false,
    apiPolicy: 'ask',
    apiWebSearch: false,
    apiBuiltinTools: false,
    apiMaxRounds: 100,
    apiMaxTokens: 3_000_000,
    apiMaxMinutes: 60,
    apiCommandTimeoutS: 600,
    apiContextWindow: null,
    apiPrices: {},
    problems: selection.problem === null ? [] : [selection.problem],
  };
}

const unreachable = (): Promise<never> =>
  Promise.reject(new Error('the key store of the editor is not reachable from here'));

const noSecrets: Secrets = {
  reachable: false,
  get: (_name: SecretName) => Promise.resolve(undefined),
  set: unreachable,
  delete: unreachable,
};

const noWindow: Workspace = {
  trusted: () => true,
  folders: () => [{ path: process.cwd(), name: process.cwd() }],
  onChange: () => () => {},
};

/** Stdout is for the answer alone. */
function stderrLog(verbose: boolean): Log {
  const write = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const say = (line: string): void => {
    if (verbose) write(line);
  };
  return {
    debug: say,
    info: say,
    warn: write,
    error: (line, error) => write(`${line}${error === undefined ? '' : `: ${messageOf(error)}`}`),
  };
}
