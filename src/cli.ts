import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createApp } from './compose.ts';
import { isLanesError, messageOf } from './model/index.ts';
import type { Log, SecretName, Secrets, Settings, SettingsSnapshot, Workspace } from './ports/index.ts';
import { gatePhaseOf, selectLane } from './routing/index.ts';

const usage = `codex-lanes: what Lanes for Codex knows, without an editor

  codex-lanes runtime status [--provider codex] [--json]
      Checks both lanes and prints the status: one JSON document with --json, else in words.

Inputs: CODEX_LANES_BACKEND (auto, api, codex-native), CODEX_LANES_NATIVE_UNLOCK=1, CODEX_CLI_PATH, CODEX_HOME,
CODEX_API_KEY, OPENAI_API_KEY, CODEX_LANES_API_BASE_URL, CODEX_LANES_HOME. The editor's key store can't be reached
from here: keys come from the environment.
`;

/** Bad usage: what is wrong, for stderr; the exit code is 2. */
class UsageError extends Error {}

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parse(argv);
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.version === true) {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const [room, verb, ...rest] = positionals;
  if (room !== 'runtime' || verb !== 'status' || rest.length > 0) {
    throw new UsageError(
      positionals.length === 0 ? 'a command is missing' : `unknown command: ${positionals.join(' ')}`,
    );
  }
  if (values.provider !== undefined && values.provider !== 'codex') {
    throw new UsageError(`unknown provider "${values.provider}"; there is one: codex`);
  }
  return await printStatus(values.json === true);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        provider: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

async function printStatus(json: boolean): Promise<number> {
  const { env } = process;
  const app = createApp({
    env,
    log: stderrLog(env.CODEX_LANES_LOG === 'debug'),
    secrets: noSecrets,
    settings: settingsOf(env),
    workspace: noWindow,
    storedStatus: null,
    storeStatus: () => {},
  });
  try {
    const { document } = await app.status.refresh();
    process.stdout.write(json ? `${JSON.stringify(document)}\n` : `${inWords(document)}\n`);
    return 0;
  } finally {
    await app.close();
  }
}

function inWords(document: Awaited<ReturnType<ReturnType<typeof createApp>['status']['refresh']>>['document']): string {
  const { codex } = document.providers;
  const options = codex.availableBackends.map(
    (option) =>
      `  ${option.label}: ${[option.state, option.statusMessage, option.detailMessage].filter(Boolean).join(' - ')}`,
  );
  const head = [
    `selected: ${codex.selectedBackendId}, resolved: ${codex.resolvedBackendId ?? 'none'}`,
    `status: ${[codex.statusMessage, codex.detailMessage].filter(Boolean).join(' - ')}`,
  ];
  return [...head, ...options].join('\n');
}

/** Settings of an editor do not exist here; the environment says what it may say (contract runtime-status, section 4). */
function settingsOf(env: NodeJS.ProcessEnv): Settings {
  const selection = selectLane(gatePhaseOf(env.CODEX_LANES_GATE_PHASE), [
    { source: 'env', value: env.CODEX_LANES_BACKEND },
  ]);
  if (selection.problem !== null) process.stderr.write(`codex-lanes: ${selection.problem}\n`);
  const snapshot: SettingsSnapshot = {
    lane: { value: selection.selected, source: selection.source },
    nativeUnlock: { value: env.CODEX_LANES_NATIVE_UNLOCK === '1', source: 'CODEX_LANES_NATIVE_UNLOCK' },
    nativeEnabled: { value: true, source: 'default' },
    pluginsUnlock: { value: env.CODEX_LANES_PLUGINS_UNLOCK === '1', source: 'CODEX_LANES_PLUGINS_UNLOCK' },
    network: { proxy: null, noProxy: [], strictSsl: true, systemCertificates: false },
    codexPath: null,
    nativeAuth: 'auto',
    nativeEnv: [],
    nativeModel: null,
    nativeEffort: null,
    nativeSandbox: 'read-only',
    nativeEphemeral: true,
    nativeSkipGitCheck: false,
    nativeFirstEventTimeoutS: 60,
    nativeSilenceTimeoutS: 300,
    apiBaseUrl: env.CODEX_LANES_API_BASE_URL ?? 'https://api.openai.com/v1',
    apiModel: 'gpt-5.5',
    apiEffort: null,
    apiHeaders: {},
    problems: selection.problem === null ? [] : [selection.problem],
  };
  return { get: () => snapshot, onChange: () => () => {} };
}

const noSecrets: Secrets = {
  reachable: false,
  get: (_name: SecretName) => Promise.resolve(undefined),
  set: () => Promise.reject(new Error('the key store of the editor is not reachable from here')),
  delete: () => Promise.reject(new Error('the key store of the editor is not reachable from here')),
};

const noWindow: Workspace = {
  trusted: () => true,
  folders: () => [{ path: process.cwd(), name: process.cwd() }],
  onChange: () => () => {},
};

function stderrLog(verbose: boolean): Log {
  const say = (line: string): void => {
    if (verbose) process.stderr.write(`${line}\n`);
  };
  return {
    debug: say,
    info: say,
    warn: (line) => process.stderr.write(`${line}\n`),
    error: (line, error) => process.stderr.write(`${line}${error === undefined ? '' : `: ${messageOf(error)}`}\n`),
  };
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '?';
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (error instanceof UsageError) {
      process.stderr.write(`codex-lanes: ${error.message}\n\n${usage}`);
      process.exitCode = 2;
      return;
    }
    process.stderr.write(`codex-lanes: ${isLanesError(error) ? error.message : messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
