// Phase 1, internal unlock prepared: the status document in every case of the contract's table.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentIn, lanes } from './programs.mjs';
import { plantedKey } from './room.mjs';

const title = 'Sign-off: phase 1';
const about =
  'What `codex-lanes runtime status --provider codex --json` prints in each case of runtime-status.md, section 3, with the real Codex program. The `api` lane is pointed at the practice endpoint, which needs no key, where nothing else is said. Cases that only an editor can bring about (an untrusted workspace, a lane that is switched off) are not reachable from a command line; table tests hold them.';

const status = ['runtime', 'status', '--provider', 'codex', '--json'];

/** What the rows of the table speak of. */
function observedIn(ran) {
  const { exitCode, stdout, stderr } = ran;
  const documents = stdout.split('\n').filter((line) => line !== '');
  const { schemaVersion, providers } = documentIn(ran);
  const { availableBackends, models, capabilities, ...head } = providers.codex;
  const option = (id) => {
    const { label, description, ...standing } = availableBackends.find((one) => one.id === id);
    return standing;
  };
  return {
    exitCode,
    stderr,
    documents: documents.length,
    schemaVersion,
    provider: head,
    options: {
      order: availableBackends.map(({ id }) => id),
      api: option('api'),
      'codex-native': option('codex-native'),
    },
  };
}

const native = (state, { selectable, available, statusMessage, ...more }) => ({
  id: 'codex-native',
  selectable,
  available,
  state,
  audience: 'internal',
  statusMessage,
  ...more,
});

const one = { exitCode: 0, documents: 1, schemaVersion: 1 };
const order = ['auto', 'api', 'codex-native'];
const ready = { selectable: true, available: true, statusMessage: 'Ready for internal use' };
const shut = { selectable: false, available: false };
const missing = { ...shut, statusMessage: 'Codex CLI not found' };
const installFirst = 'Install the codex CLI before enabling the lane.';

/**
 * @param {string} title
 * @param {string} says
 * @param {(room: import('./room.mjs').Room) => Record<string, string>} env beside the endpoint of the `api` lane
 * @param {unknown} expected
 * @param {string} [contract]
 */
function scenario(title, says, env, expected, contract = 'runtime-status.md, section 3') {
  const run = async (room) =>
    observedIn(await lanes(room, status, { CODEX_LANES_API_BASE_URL: room.url, ...env(room) }));
  return { title, contract, says, run, expected: { ...one, stderr: '', ...expected } };
}

const selected = { CODEX_LANES_BACKEND: 'codex-native' };
const unlocked = { CODEX_LANES_NATIVE_UNLOCK: '1' };
const key = { CODEX_API_KEY: plantedKey };
const program = ({ codex }) => ({ CODEX_CLI_PATH: codex });

/** Names of fields with what they hold; a list by its first entry. */
function shapeOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, shapeOf(entry)]));
}

const capability = { status: 'string', ownership: 'string', reason: /^(?:string|null)$/ };

/** Contract runtime-status, section 2. */
const documentShape = {
  schemaVersion: 'number',
  providers: {
    codex: {
      supported: 'boolean',
      authenticated: 'boolean',
      authMethod: 'string',
      verificationState: 'string',
      canLoginFromUi: 'boolean',
      statusMessage: 'string',
      detailMessage: /^(?:string|null)$/,
      selectedBackendId: 'string',
      resolvedBackendId: 'string',
      availableBackends: [
        {
          id: 'string',
          label: 'string',
          description: 'string',
          selectable: 'boolean',
          recommended: 'boolean',
          available: 'boolean',
          state: 'string',
          audience: 'string',
          statusMessage: 'string',
          detailMessage: /^(?:string|null)$/,
        },
      ],
      externalRuntimeDiagnostics: [
        { id: 'string', label: 'string', detected: 'boolean', statusMessage: 'string', detailMessage: 'string' },
      ],
      capabilities: {
        oneShot: 'boolean',
        interactive: 'boolean',
        extensions: { plugins: capability, mcp: capability, skills: capability, apiKeys: capability },
      },
      backend: {
        kind: 'string',
        label: 'string',
        endpointLabel: 'string',
        projectId: /^(?:string|null)$/,
        authMethodDetail: 'string',
      },
    },
  },
};

const scenarios = [
  {
    title: 'The status document',
    contract: 'runtime-status.md, section 2',
    says: 'exactly one JSON document on stdout, exit code 0, with the fields of the contract.',
    run: async (room) => {
      const env = { CODEX_LANES_API_BASE_URL: room.url, ...selected, ...unlocked, ...key, ...program(room) };
      const ran = await lanes(room, status, env);
      const { exitCode, stdout, stderr } = ran;
      const document = documentIn(ran);
      return { exitCode, stderr, lines: stdout.split('\n').length - 1, shape: shapeOf(document), document };
    },
    expected: { exitCode: 0, stderr: '', lines: 1, shape: documentShape },
  },
  scenario(
    'Locked',
    'binary, credential, not unlocked: `Codex native runtime ready`, option `Ready but locked`.',
    (room) => ({ ...selected, ...key, ...program(room) }),
    {
      provider: {
        authenticated: true,
        selectedBackendId: 'codex-native',
        resolvedBackendId: 'codex-native',
        statusMessage: 'Codex native runtime ready',
        backend: {
          kind: 'codex-native',
          label: 'Codex native',
          endpointLabel: 'codex exec --json',
          authMethodDetail: 'api_key',
        },
      },
      options: {
        order,
        'codex-native': native('locked', {
          selectable: false,
          available: true,
          statusMessage: 'Ready but locked',
          detailMessage: 'Internal rollout only.',
        }),
      },
    },
  ),
  scenario(
    'Internal unlock, ready',
    'binary, credential, unlocked: `Codex native runtime ready`, option `Ready for internal use`.',
    (room) => ({ ...selected, ...unlocked, ...key, ...program(room) }),
    {
      provider: {
        authenticated: true,
        selectedBackendId: 'codex-native',
        resolvedBackendId: 'codex-native',
        statusMessage: 'Codex native runtime ready',
        backend: { kind: 'codex-native', endpointLabel: 'codex exec --json', authMethodDetail: 'api_key' },
        externalRuntimeDiagnostics: [{ id: 'codex-cli', label: 'Codex CLI', detected: true }],
      },
      options: { order, 'codex-native': native('ready', { ...ready, detailMessage: 'Internal rollout only.' }) },
    },
  ),
  scenario(
    'Authentication required',
    'no credential: nothing resolves, option `Authentication required`, which wins over locked.',
    (room) => ({ ...selected, ...program(room) }),
    {
      provider: {
        authenticated: false,
        authMethod: null,
        selectedBackendId: 'codex-native',
        resolvedBackendId: null,
        statusMessage: 'Codex native runtime not ready',
        backend: null,
      },
      options: {
        order,
        'codex-native': native('authentication-required', {
          ...shut,
          statusMessage: 'Authentication required',
          detailMessage: /^Set CODEX_API_KEY\./,
        }),
      },
    },
  ),
  scenario(
    'Only OPENAI_API_KEY',
    "with `auto` the native credential is Codex's own login or CODEX_API_KEY, never OPENAI_API_KEY unasked.",
    (room) => ({ ...selected, ...unlocked, OPENAI_API_KEY: plantedKey, ...program(room) }),
    {
      provider: { selectedBackendId: 'codex-native', resolvedBackendId: null, authenticated: false },
      options: {
        'codex-native': native('authentication-required', { ...shut, statusMessage: 'Authentication required' }),
      },
    },
    'runtime-status.md, section 4',
  ),
  scenario(
    'Runtime missing',
    'no binary: nothing resolves, option `Codex CLI not found`, which wins over authentication required and locked.',
    () => ({ ...selected }),
    {
      provider: {
        selectedBackendId: 'codex-native',
        resolvedBackendId: null,
        statusMessage: 'Codex native runtime not ready',
        detailMessage: 'Codex native runtime requires the codex CLI binary to be installed.',
        externalRuntimeDiagnostics: [{ id: 'codex-cli', detected: false }],
        backend: null,
      },
      options: { order, 'codex-native': native('runtime-missing', { ...missing, detailMessage: installFirst }) },
    },
  ),
  scenario(
    'Runtime missing, with a key and unlocked',
    'runtime-missing stays, whatever else is there.',
    () => ({ ...selected, ...unlocked, ...key }),
    {
      provider: { resolvedBackendId: null, statusMessage: 'Codex native runtime not ready' },
      options: { 'codex-native': native('runtime-missing', { ...missing, detailMessage: installFirst }) },
    },
  ),
  scenario(
    'An explicit path that fails',
    'an explicit path that fails is runtime-missing naming that path, without falling through.',
    (room) => ({ ...selected, ...key, PATH: join(room.codex, '..'), CODEX_CLI_PATH: join(room.empty, 'codex') }),
    {
      provider: {
        resolvedBackendId: null,
        externalRuntimeDiagnostics: [{ detected: false, detailMessage: /<empty>\/codex/ }],
      },
      options: { 'codex-native': native('runtime-missing', missing) },
    },
    'runtime-status.md, section 4',
  ),
  ...[
    ['a folder', /is a folder/, (path) => mkdirSync(path)],
    [
      'not executable',
      /is not an executable file/,
      (path) => writeFileSync(path, '#!/bin/sh\necho codex-cli 0.169.0\n', { mode: 0o600 }),
    ],
    [
      'a program that answers garbage',
      /answered --version with "hello"/,
      (path) => writeFileSync(path, '#!/bin/sh\necho hello\n', { mode: 0o700 }),
    ],
    // Named by its path: the probe's PATH is an empty folder.
    [
      'a program that hangs',
      /did not answer --version/,
      (path) => writeFileSync(path, '#!/bin/sh\nexec /bin/sleep 60\n', { mode: 0o700 }),
    ],
  ].map(([what, how, make]) => ({
    title: `An explicit path that is ${what}`,
    contract: 'runtime-status.md, section 4',
    says: 'a candidate counts only if it is executable and `--version` answers within 3 s; runtime-missing names the path.',
    run: async (room) => {
      const path = join(room.dir, 'codex');
      make(path);
      const env = { CODEX_LANES_API_BASE_URL: room.url, ...selected, ...key, CODEX_CLI_PATH: path };
      return observedIn(await lanes(room, status, env));
    },
    expected: {
      ...one,
      stderr: '',
      provider: {
        resolvedBackendId: null,
        externalRuntimeDiagnostics: [{ detected: false, detailMessage: how }],
      },
      options: { 'codex-native': native('runtime-missing', missing) },
    },
  })),
  {
    title: 'A config.toml that does not parse',
    contract: 'runtime-status.md, section 4',
    says: 'a credential issue: what can be read of it is said with its place; selected, resolved and the options are kept.',
    run: async (room) => {
      writeFileSync(join(room.codexHome, 'config.toml'), 'model = "gpt\n');
      const env = { CODEX_LANES_API_BASE_URL: room.url, ...selected, ...unlocked, ...key, ...program(room) };
      return observedIn(await lanes(room, status, env));
    },
    expected: {
      ...one,
      stderr: '',
      provider: {
        authenticated: false,
        authMethod: null,
        verificationState: 'error',
        statusMessage: /^<codex-home>\/config\.toml:1:/,
        selectedBackendId: 'codex-native',
        backend: null,
      },
      options: { order },
    },
  },
  scenario(
    'Auto stays on the OpenAI API lane',
    '`auto`, unlocked, all ready: resolves to `api`, whatever is unlocked or installed.',
    (room) => ({ CODEX_LANES_BACKEND: 'auto', ...unlocked, ...key, ...program(room) }),
    {
      provider: {
        selectedBackendId: 'auto',
        resolvedBackendId: 'api',
        statusMessage: 'Resolved to OpenAI API',
        backend: { kind: 'api' },
      },
      options: { order, api: { state: 'ready' }, 'codex-native': native('ready', ready) },
    },
  ),
  scenario(
    'OpenAI API selected, an endpoint without keys',
    'selected `api`, keyless endpoint: `OpenAI API ready`; the native row is unchanged.',
    (room) => ({ CODEX_LANES_BACKEND: 'api', ...key, ...program(room) }),
    {
      provider: { selectedBackendId: 'api', resolvedBackendId: 'api', statusMessage: 'OpenAI API ready' },
      options: {
        api: { selectable: true, available: true, recommended: true, audience: 'general', state: 'ready' },
        'codex-native': native('locked', { selectable: false, available: true, statusMessage: 'Ready but locked' }),
      },
    },
  ),
  ...['api', 'auto'].map((lane) =>
    scenario(
      `No key for the OpenAI API lane, ${lane} selected`,
      'selected `api` or `auto`, no key, endpoint needs one: nothing resolves, `OpenAI API needs a key`.',
      (room) => ({
        CODEX_LANES_BACKEND: lane,
        CODEX_LANES_API_BASE_URL: 'https://api.openai.com/v1',
        ...unlocked,
        ...key,
        ...program(room),
      }),
      {
        provider: { selectedBackendId: lane, resolvedBackendId: null, statusMessage: 'OpenAI API needs a key' },
        options: {
          api: { state: 'authentication-required', statusMessage: 'Add an API key' },
          'codex-native': native('ready', ready),
        },
      },
    ),
  ),
  {
    ...scenario(
      'A provider that needs no login',
      'as with a credential; authMethod `provider`.',
      (room) => ({ ...selected, ...unlocked, ...program(room) }),
      {
        provider: {
          authenticated: true,
          authMethod: 'provider',
          selectedBackendId: 'codex-native',
          resolvedBackendId: 'codex-native',
          statusMessage: 'Codex native runtime ready',
        },
        options: { 'codex-native': native('ready', ready) },
      },
    ),
    run: async (room) => {
      room.configure();
      const env = { CODEX_LANES_API_BASE_URL: room.url, ...selected, ...unlocked, ...program(room) };
      return observedIn(await lanes(room, status, env));
    },
  },
  {
    ...scenario(
      'A credential issue',
      'authenticated=false, authMethod=null, verificationState `error`, statusMessage = the issue, backend=null; selected, resolved and the options are kept.',
      (room) => ({ ...selected, ...unlocked, ...program(room) }),
      {
        provider: {
          authenticated: false,
          authMethod: null,
          verificationState: 'error',
          statusMessage: /auth\.json is not valid JSON/,
          selectedBackendId: 'codex-native',
          backend: null,
        },
        options: { order },
      },
      'runtime-status.md, section 4',
    ),
    run: async (room) => {
      writeFileSync(join(room.codexHome, 'auth.json'), '{"OPENAI_API_KEY": ');
      const env = { CODEX_LANES_API_BASE_URL: room.url, ...selected, ...unlocked, ...program(room) };
      return observedIn(await lanes(room, status, env));
    },
  },
  scenario(
    'A CLI older than the tested one',
    'usable with a note: `Ready with notes: <what>`.',
    (room) => ({ ...selected, ...unlocked, ...key, CODEX_CLI_PATH: room.oldCodex }),
    {
      provider: { resolvedBackendId: 'codex-native', statusMessage: 'Codex native runtime ready' },
      options: {
        'codex-native': native('degraded', {
          selectable: true,
          available: true,
          statusMessage: /^Ready with notes: .*0\.117\.0/,
        }),
      },
    },
  ),
  {
    ...scenario(
      'A bad lane name',
      'a bad value gives `codexLanes.lane must be one of: auto, api, codex-native`, and `auto` is used.',
      (room) => ({ CODEX_LANES_BACKEND: 'native', ...program(room) }),
      { provider: { selectedBackendId: 'auto', resolvedBackendId: 'api' } },
      'runtime-status.md, section 4',
    ),
    expected: {
      ...one,
      stderr: /codexLanes\.lane must be one of: auto, api, codex-native/,
      provider: { selectedBackendId: 'auto', resolvedBackendId: 'api' },
    },
  },
  {
    title: 'Bad usage',
    contract: 'runtime-status.md, section 2',
    says: 'exit code 2 on bad usage, and nothing on stdout.',
    run: async (room) => {
      const { exitCode, stdout } = await lanes(room, ['runtime', 'status', '--provider', 'other', '--json']);
      return { exitCode, stdout };
    },
    expected: { exitCode: 2, stdout: '' },
  },
  ...[
    [2, 'internal', 'Ready for internal use', unlocked, 'auto'],
    [3, 'general', 'Ready', {}, 'codex-native'],
    [4, 'general', 'Ready', {}, 'codex-native'],
  ].map(([phase, audience, statusMessage, unlock, byDefault]) =>
    scenario(
      `Gate phase ${phase}`,
      `audience ${audience}, \`${statusMessage}\`, unlock ${audience === 'internal' ? 'needed' : 'not needed'}, default selection ${byDefault}.`,
      (room) => ({ CODEX_LANES_GATE_PHASE: String(phase), ...unlock, ...key, ...program(room) }),
      {
        provider: { selectedBackendId: byDefault, resolvedBackendId: byDefault === 'auto' ? 'api' : byDefault },
        options: { 'codex-native': { selectable: true, available: true, state: 'ready', audience, statusMessage } },
      },
    ),
  ),
  ...[3, 4].map((phase) =>
    scenario(
      `Gate phase ${phase}, no binary`,
      'not ready: `Codex native runtime unavailable`.',
      () => ({ CODEX_LANES_GATE_PHASE: String(phase), ...key }),
      {
        provider: {
          selectedBackendId: 'codex-native',
          resolvedBackendId: null,
          statusMessage: 'Codex native runtime unavailable',
        },
        options: { 'codex-native': { state: 'runtime-missing', audience: 'general' } },
      },
    ),
  ),
];

export const phase1 = { title, about, scenarios };
