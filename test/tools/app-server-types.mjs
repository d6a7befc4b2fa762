// The types of the app-server's protocol, as the installed Codex itself writes them, of what we use alone, in one file.
// `node test/tools/app-server-types.mjs` writes it anew; app-server-types.test.mjs holds it against the installed program.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './platform.mjs';

/** Where the types are kept. */
export const typesFile = join(root, 'src/runtime/app-server/generated/protocol.ts');

/** Our requests with the name of the answer's type: the schema names only that of the question. */
const clientRequests = {
  initialize: 'InitializeResponse',
  'thread/start': 'ThreadStartResponse',
  'thread/resume': 'ThreadResumeResponse',
  'thread/fork': 'ThreadForkResponse',
  'thread/list': 'ThreadListResponse',
  'thread/loaded/list': 'ThreadLoadedListResponse',
  'thread/read': 'ThreadReadResponse',
  'thread/turns/list': 'ThreadTurnsListResponse',
  'thread/name/set': 'ThreadSetNameResponse',
  'thread/archive': 'ThreadArchiveResponse',
  'thread/unsubscribe': 'ThreadUnsubscribeResponse',
  'thread/compact/start': 'ThreadCompactStartResponse',
  'thread/backgroundTerminals/list': 'ThreadBackgroundTerminalsListResponse',
  'thread/backgroundTerminals/terminate': 'ThreadBackgroundTerminalsTerminateResponse',
  'thread/backgroundTerminals/clean': 'ThreadBackgroundTerminalsCleanResponse',
  'turn/start': 'TurnStartResponse',
  'turn/steer': 'TurnSteerResponse',
  'turn/interrupt': 'TurnInterruptResponse',
  'review/start': 'ReviewStartResponse',
  'config/read': 'ConfigReadResponse',
  'model/list': 'ModelListResponse',
  'account/read': 'GetAccountResponse',
  'account/login/start': 'LoginAccountResponse',
  'account/login/cancel': 'CancelLoginAccountResponse',
  'account/logout': 'LogoutAccountResponse',
  'account/rateLimits/read': 'GetAccountRateLimitsResponse',
  'experimentalFeature/list': 'ExperimentalFeatureListResponse',
};

/** Every request of the server, with the name of the answer's type: each one must be answered. */
const serverRequests = {
  'item/commandExecution/requestApproval': 'CommandExecutionRequestApprovalResponse',
  'item/fileChange/requestApproval': 'FileChangeRequestApprovalResponse',
  'item/permissions/requestApproval': 'PermissionsRequestApprovalResponse',
  'item/tool/requestUserInput': 'ToolRequestUserInputResponse',
  'item/tool/call': 'DynamicToolCallResponse',
  'mcpServer/elicitation/request': 'McpServerElicitationRequestResponse',
  'account/chatgptAuthTokens/refresh': 'ChatgptAuthTokensRefreshResponse',
  'attestation/generate': 'AttestationGenerateResponse',
  'currentTime/read': 'CurrentTimeReadResponse',
  applyPatchApproval: 'ApplyPatchApprovalResponse',
  execCommandApproval: 'ExecCommandApprovalResponse',
};

/** Notifications that say something about a turn, a thread, an account or the server itself. Not: voice, files, remote control. */
const notification =
  /^(?:item\/|turn\/|thread\/(?!realtime\/)|account\/|model\/|hook\/|error$|warning$|guardianWarning$|configWarning$|deprecationNotice$|serverRequest\/resolved$|mcpServer\/startupStatus\/updated$|mcpServer\/oauthLogin\/completed$|autoApprovalReview\/|modelProvider\/authRecovery|skills\/changed$)/;

/** The pinned program, from its own package. */
function pinnedCodex() {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve(`@openai/codex-${process.platform}-${process.arch}/package.json`);
  const vendor = join(dirname(manifest), 'vendor');
  const program = process.platform === 'win32' ? 'codex.exe' : 'codex';
  return join(vendor, readdirSync(vendor)[0] ?? '', 'bin', program);
}

/**
 * What the installed Codex says its protocol is, experimental methods and fields included.
 * @returns {{ version: string, files: Map<string, string> }} `files`: sources by their path without `.ts`
 */
export function schemaOfInstalled() {
  const folder = mkdtempSync(join(tmpdir(), 'app-server-types-'));
  try {
    const options = { env: { PATH: process.env.PATH, CODEX_HOME: folder }, encoding: 'utf8', stdio: 'pipe' };
    const program = pinnedCodex();
    const version = execFileSync(program, ['--version'], options).trim();
    const out = join(folder, 'out');
    execFileSync(program, ['app-server', 'generate-ts', '--experimental', '--out', out], options);
    const paths = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
    const files = new Map(
      paths.map((path) => [path.replaceAll('\\', '/').replace(/\.ts$/, ''), readFileSync(join(out, path), 'utf8')]),
    );
    return { version, files };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @typedef {{ name: string, imports: Map<string, string>, text: string }} Declared one type: its imports by name */

/** @returns {Declared} */
function read(path, source) {
  const imports = new Map();
  const text = source
    .replace(/^\/\/ .*\n/gm, '')
    .replace(/^import type \{ (\w+) \} from "([^"]+)";\n/gm, (_, name, from) => {
      imports.set(name, posix.join(posix.dirname(path), from));
      return '';
    })
    .trim();
  if (/^import /m.test(text)) throw new Error(`${path}: an import of a kind that is not known`);
  return { name: posix.basename(path), imports, text };
}

/** The methods of a union of messages, with the type of their parameters. */
function methodsOf(source) {
  const count = source.match(/"method":/g)?.length ?? 0;
  const found = [...source.matchAll(/"method": "([^"]+)",(?: id: RequestId,)? "?params"?\??: (\w+)/g)];
  if (found.length !== count)
    throw new Error(`${count - found.length} of ${count} messages are of a shape that is not known`);
  return new Map(found.map(([, method, type]) => [method, type]));
}

/**
 * The file, from what Codex wrote.
 * @param {{ version: string, files: ReadonlyMap<string, string> }} schema
 * @throws {Error} when a method that we use is gone, or the server asks something new
 */
export function writeTypes({ version, files }) {
  const source = (path) => {
    const text = files.get(path);
    if (text === undefined) throw new Error(`the schema has no ${path}`);
    return text;
  };
  const at = (name) => (files.has(`v2/${name}`) ? `v2/${name}` : name);
  const client = methodsOf(source('ClientRequest'));
  const server = methodsOf(source('ServerRequest'));
  const told = methodsOf(source('ServerNotification'));
  const heard = [...told].filter(([method]) => notification.test(method));
  for (const method of server.keys()) {
    if (!(method in serverRequests)) throw new Error(`the server asks something new: ${method}`);
  }

  /** Path of a type to its name in our file: where two share one, that outside v2 is told apart. */
  const names = new Map();
  const declared = [];
  const nameOf = (path) => {
    const known = names.get(path);
    if (known !== undefined) return known;
    const { name, imports, text } = read(path, source(path));
    const own = !path.startsWith('v2/') && files.has(`v2/${name}`) ? `Core${name}` : name;
    names.set(path, own);
    let body = text;
    for (const [imported, from] of imports) {
      const called = nameOf(from);
      if (called !== imported) body = renamed(body, imported, called);
    }
    declared.push({ name: own, body: own === name ? body : renamed(body, name, own) });
    return own;
  };
  const typeOf = (name) => (name === 'undefined' ? 'undefined' : nameOf(at(name)));

  const requests = (used, known) =>
    Object.entries(used).map(([method, answer]) => {
      const params = known.get(method);
      if (params === undefined) throw new Error(`the schema has no method ${method}`);
      return `  '${method}': { readonly params: ${typeOf(params)}; readonly result: ${typeOf(answer)} };`;
    });
  const maps = [
    '/** What we ask, by method. */',
    'export type ClientRequests = {',
    ...requests(clientRequests, client),
    '};',
    '',
    '/** What the server asks, by method. */',
    'export type ServerRequests = {',
    ...requests(serverRequests, server),
    '};',
    '',
    '/** What the server tells, by method: its parameters. */',
    'export type ServerNotifications = {',
    ...heard.map(([method, params]) => `  '${method}': ${typeOf(params)};`),
    '};',
    '',
    '/** Every notification of this schema, those that nobody here uses too. */',
    'export const notificationMethods: readonly string[] = [',
    ...[...told.keys()].sort().map((method) => `  '${method}',`),
    '];',
  ];
  const types = declared.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ body }) => body);
  const head = `// Written by test/tools/app-server-types.mjs from the schema of ${version}: not to be edited.`;
  return `${[head, maps.join('\n'), ...types].join('\n\n')}\n`.replace(/[ \t]+$/gm, '');
}

/** A type's name in a body; a string or a field of the same name stays. */
function renamed(body, from, to) {
  return body.replace(new RegExp(`(?<!["\\w.])${from}(?!["\\w]|\\??:)`, 'g'), to);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(typesFile, writeTypes(schemaOfInstalled()));
}
