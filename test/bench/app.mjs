// What the benches measure against: the built core with settings of its own, and a practice endpoint in a process of its
// own, so that its work is on nobody's clock.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { projectCodex, root } from '../tools/platform.mjs';

const require = createRequire(import.meta.url);

/**
 * Why the core can't be measured; undefined when it can.
 * @returns {string | undefined}
 */
export function notMeasurable() {
  const core = join(root, 'dist/core.cjs');
  if (!existsSync(core)) return 'not built: run `npm run package` first';
  const tail = readFileSync(core, 'latin1').slice(-200);
  return tail.includes('sourceMappingURL') ? 'a development build: run `npm run package` first' : undefined;
}

/**
 * A throw-away folder: a workspace, a Codex home, a data home. Inside the project, because Codex warns in the system's
 * temporary folder that it won't create its helper programs.
 */
export function openBenchFolder() {
  mkdirSync(join(root, 'out/bench'), { recursive: true });
  const dir = mkdtempSync(join(root, 'out/bench/run-'));
  const folder = {
    workspace: join(dir, 'workspace'),
    codexHome: join(dir, 'codex-home'),
    dataHome: join(dir, 'data-home'),
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
  for (const path of [folder.workspace, folder.codexHome, folder.dataHome]) mkdirSync(path, { mode: 0o700 });
  return folder;
}

const endpointScript = `
const [bundle, pace, ...workspaces] = process.argv.slice(1);
require(bundle).startPractice({ pace, workspaces }).then(({ url }) => console.log(url));
process.stdin.resume().on('end', () => process.exit());`;

/**
 * Starts a practice endpoint.
 * @param {'instant' | 'natural'} pace
 * @param {readonly string[]} [workspaces] the only folders in which its answers may run or change anything
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function openEndpoint(pace, workspaces = []) {
  const child = spawn(
    process.execPath,
    ['--eval', endpointScript, join(root, 'dist/practice.cjs'), pace, ...workspaces],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  for await (const url of createInterface(child.stdout)) return { url, close: () => child.stdin.end() };
  throw new Error('the practice endpoint did not start');
}

/** Points the Codex of this folder at an endpoint. */
export function configureCodex({ codexHome }, url) {
  const { practiceCodexConfig } = require(join(root, 'dist/practice.cjs'));
  writeFileSync(join(codexHome, 'config.toml'), practiceCodexConfig(url));
}

/** The environment of a process that knows of no other Codex than the one of this folder. */
export function bareEnvironment({ codexHome, workspace }) {
  return { PATH: process.env.PATH, HOME: workspace, LANG: 'C.UTF-8', CODEX_HOME: codexHome };
}

/**
 * The core on one lane, as the editor composes it with the settings as shipped.
 * @param {object} options
 * @param {ReturnType<typeof openBenchFolder>} options.folder
 * @param {'api' | 'codex-native'} options.lane
 * @param {string} options.url of the endpoint
 * @param {string | null} [options.codex] path of the program; null leaves it to be found
 * @param {Record<string, string>} [options.env] beside the bare environment
 * @param {Record<string, unknown>} [options.settings] that differ from those
 */
export function openApp({ folder, lane, url, codex = projectCodex() ?? null, env = {}, settings: own = {} }) {
  const { createApp } = require(join(root, 'dist/core.cjs'));
  const settings = {
    lane: { value: lane, source: 'bench' },
    nativeUnlock: { value: true, source: 'bench' },
    nativeEnabled: { value: true, source: 'bench' },
    pluginsUnlock: { value: false, source: 'bench' },
    nativeInteractive: { value: false, source: 'bench' },
    nativeTransport: 'auto',
    nativeEditorTools: true,
    network: { proxy: null, noProxy: [], strictSsl: true, systemCertificates: false },
    codexPath: codex === null ? null : { value: codex, source: 'bench' },
    nativeAuth: 'auto',
    nativeCredentials: 'direct',
    nativeEnv: [],
    nativeModel: null,
    nativeEffort: null,
    nativeSandbox: 'workspace-write',
    nativeEphemeral: false,
    nativeProfile: null,
    nativeAddDirs: [],
    keepRawStreams: false,
    nativeSkipGitCheck: true,
    nativeFirstEventTimeoutS: 60,
    nativeSilenceTimeoutS: 300,
    apiBaseUrl: url,
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
    problems: [],
    ...own,
  };
  const fail = (message, error) => console.error(message, error ?? '');
  return createApp({
    env: { ...bareEnvironment(folder), CODEX_LANES_HOME: folder.dataHome, ...env },
    log: { debug: () => {}, info: () => {}, warn: fail, error: fail },
    secrets: { reachable: true, get: async () => undefined, set: async () => {}, delete: async () => {} },
    settings: { get: () => settings, onChange: () => () => {} },
    workspace: {
      trusted: () => true,
      folders: () => [{ path: folder.workspace, name: 'workspace' }],
      onChange: () => () => {},
    },
    storedStatus: null,
    storeStatus: () => {},
  });
}

/** What only the provider can have said: the rest of a turn's events is ours. */
const saidByProvider = new Set(['assistant_text', 'reasoning']);

/**
 * Sends a prompt on a new thread and waits for the end of its turn.
 * @returns {Promise<{ threadId: string, firstMs: number }>} milliseconds from the call to the first event of the provider's
 *   that was stored and told
 * @throws when the turn did not complete
 */
export async function ask(app, cwd, text) {
  const threadId = app.threads.create(cwd);
  let firstAt;
  let forget = () => {};
  const ended = new Promise((resolve, reject) => {
    forget = app.threads.onEvents((id, events) => {
      if (id !== threadId) return;
      if (events.some(({ kind }) => saidByProvider.has(kind))) firstAt ??= performance.now();
      const bad = events.find(({ kind }) => kind === 'turn_failed' || kind === 'turn_interrupted');
      if (bad) reject(new Error(`the turn did not complete: ${JSON.stringify(bad)}`));
      else if (events.some(({ kind }) => kind === 'receipt')) resolve(undefined);
    });
  });
  const start = performance.now();
  await submit(app, threadId, text);
  await ended.finally(forget);
  if (firstAt === undefined) throw new Error('the provider said nothing');
  return { threadId, firstMs: firstAt - start };
}

/** Sends a prompt and says yes to whatever must be confirmed first. */
export async function submit(app, threadId, text) {
  const prompt = { requestId: crypto.randomUUID(), text };
  const confirmed = [];
  for (;;) {
    const submitted = await app.threads.submit(threadId, { ...prompt, confirmed });
    if (submitted.ok) return;
    const question = submitted.ask?.id;
    if (question === undefined || confirmed.includes(question)) throw new Error(submitted.message);
    confirmed.push(question);
  }
}
