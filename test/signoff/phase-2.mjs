// Phase 2, limited internal unlock: what the decision asks to validate, for each transport that there is.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endOf, nativeTurns, receiptOf } from './product.mjs';
import { codex } from './programs.mjs';
import { plantedKey } from './room.mjs';

const title = 'Sign-off: phase 2';
const about = [
  'API-key mode, working directory, sandbox mode, approval policy, thread resume and streaming, with the real Codex against the practice endpoint.',
  'Transport `exec`: all of them, below. Transport `app-server`: not built yet, so nothing is validated for it.',
].join('\n\n');

const ephemeral = (room, sandbox, ...options) => [
  ...['exec', '--json', '--ephemeral', '-s', sandbox, '-C', room.workspace],
  ...options,
  '-',
];

/** Without a built-in provider no request is made for a login, and no web socket is tried. */
const needingLogin = (config) => `${config}requires_openai_auth = true\n`;

/** Who paid for the answers: each credential once. */
const credentials = ({ requests }) => [
  ...new Set(requests.filter(({ path }) => path.endsWith('/responses')).map(({ credential }) => credential)),
];

const commandsOf = ({ events }) =>
  events
    .filter(({ type, item }) => type === 'item.completed' && item.type === 'command_execution')
    .map(({ item }) => ({ command: item.command, output: item.aggregated_output, exitCode: item.exit_code }));

const textOf = ({ events }) => events.findLast(({ item }) => item?.type === 'agent_message')?.item.text ?? null;

/** How a turn of the product ended, and what its receipt says of the way it ran. */
function ranAs(events) {
  const { kind, error } = endOf(events);
  const { sandbox, approvalPolicy, cwd, completionPolicy, payer, exitCode, transport } = receiptOf(events);
  return {
    end: error === undefined ? { kind } : { kind, code: error.code },
    receipt: { transport, sandbox, approvalPolicy, cwd, completionPolicy, payer, exitCode },
  };
}

/** What Codex itself noted of a turn in its session file. */
function turnContext({ codexHome }) {
  const folder = join(codexHome, 'sessions');
  const [file] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.jsonl'));
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  const { cwd, approval_policy, sandbox_policy } = lines
    .map((line) => JSON.parse(line))
    .find(({ type }) => type === 'turn_context').payload;
  return { cwd, approval_policy, sandbox_policy };
}

/** Whether Codex wrote into its configuration that it trusts a folder. */
const hasTrustEntry = ({ codexHome }) => readFileSync(join(codexHome, 'config.toml'), 'utf8').includes('trust_level');

const section3 = 'codex-runtime.md, section 3';

const apiKeyMode = [
  {
    title: 'exec, API-key mode: CODEX_API_KEY',
    contract: `${section3}, auth env`,
    says: 'exec with a provider that needs a login uses CODEX_API_KEY.',
    run: async (room) => {
      room.configure(needingLogin);
      const env = { CODEX_API_KEY: plantedKey };
      const { exitCode, events } = await codex(room, ephemeral(room, 'read-only'), { prompt: 'say: hello', env });
      return { exitCode, text: textOf({ events }), credentials: credentials(room) };
    },
    expected: { exitCode: 0, text: 'hello', credentials: ['Bearer <key>'] },
  },
  {
    title: 'exec, API-key mode: OPENAI_API_KEY is not read',
    contract: `${section3}, auth env`,
    says: 'OPENAI_API_KEY in the environment is NOT used.',
    run: async (room) => {
      room.configure(needingLogin);
      const env = { OPENAI_API_KEY: plantedKey };
      const { exitCode, events } = await codex(room, ephemeral(room, 'read-only'), { prompt: 'say: hello', env });
      return { exitCode, text: textOf({ events }), credentials: credentials(room) };
    },
    expected: { credentials: [null] },
  },
  {
    title: 'exec, API-key mode: the built-in provider',
    contract: `${section3}, auth env, and section 2`,
    says: 'the built-in provider uses CODEX_API_KEY and honours openai_base_url; it tries a web socket first and falls back to HTTPS.',
    run: async (room) => {
      const config = (text) =>
        text.replace('model_provider = "practice"', `openai_base_url = ${JSON.stringify(room.url)}`);
      room.configure(config);
      const env = { CODEX_API_KEY: plantedKey };
      const { exitCode, events } = await codex(room, ephemeral(room, 'read-only'), { prompt: 'say: hello', env });
      return {
        exitCode,
        text: textOf({ events }),
        credentials: credentials(room),
        triedWebSocket: room.requests.some(({ method }) => method === 'UPGRADE'),
      };
    },
    expected: { exitCode: 0, text: 'hello', credentials: ['Bearer <key>'], triedWebSocket: true },
  },
  {
    title: 'exec, API-key mode: the product bridges OPENAI_API_KEY when the user chose it',
    contract: 'runtime-status.md, section 4',
    says: "with `api-key` the stored key, CODEX_API_KEY and only here OPENAI_API_KEY; the credential source is the input's name.",
    run: async (room) => {
      room.configure(needingLogin);
      const options = { settings: { nativeAuth: 'api-key' }, env: { OPENAI_API_KEY: plantedKey } };
      const { turns } = await nativeTurns(room, ['say: hello'], options);
      return { ...ranAs(turns[0]), credentials: credentials(room) };
    },
    expected: {
      end: { kind: 'turn_completed' },
      receipt: { payer: { kind: 'api-key', label: '…0000', source: 'OPENAI_API_KEY' } },
      credentials: ['Bearer <key>'],
    },
  },
  {
    title: 'exec, API-key mode: the product leaves OPENAI_API_KEY alone when nobody chose it',
    contract: 'runtime-status.md, section 4',
    says: 'with `auto` a key in the shell under that name is never billed unasked: no credential, nothing is spawned.',
    run: async (room) => {
      room.configure(needingLogin);
      const options = { settings: { nativeAuth: 'auto' }, env: { OPENAI_API_KEY: plantedKey } };
      const { turns } = await nativeTurns(room, ['say: hello'], options);
      return { ...ranAs(turns[0]), credentials: credentials(room) };
    },
    expected: { end: { kind: 'turn_failed', code: 'authentication_required' }, credentials: [] },
  },
];

const workingDirectory = [
  {
    title: 'exec, working directory',
    contract: section3,
    says: '-C works as expected: commands run in that folder.',
    run: async (room) => {
      room.configure();
      const ran = await codex(room, ephemeral(room, 'read-only'), { prompt: 'run: pwd', cwd: room.home });
      const { turns } = await nativeTurns(room, ['say: hello']);
      return { exitCode: ran.exitCode, commands: commandsOf(ran), product: ranAs(turns[0]) };
    },
    expected: {
      exitCode: 0,
      commands: [{ output: '<workspace>\n', exitCode: 0 }],
      product: { end: { kind: 'turn_completed' }, receipt: { transport: 'exec', cwd: '<workspace>' } },
    },
  },
  {
    title: 'exec, a working directory that is not there',
    contract: section3,
    says: 'rc 1, stderr `Error: No such file or directory (os error 2)`, no JSON.',
    run: async (room) => {
      room.configure();
      const args = ['exec', '--json', '--ephemeral', '-s', 'read-only', '-C', join(room.dir, 'gone'), '-'];
      const { exitCode, stdout, stderr } = await codex(room, args, { prompt: 'say: hello' });
      const { turns } = await nativeTurns(room, ['say: hello'], { cwd: join(room.dir, 'gone') });
      return { exitCode, stdout, stderr, product: ranAs(turns[0]) };
    },
    expected: {
      exitCode: 1,
      stdout: '',
      stderr: /Error: No such file or directory \(os error 2\)/,
      product: { end: { kind: 'turn_failed', code: 'folder_missing' } },
    },
  },
  {
    title: 'exec, a folder that is no git repository',
    contract: `${section3}, and section 2`,
    says: 'rc 1, stderr `Not inside a trusted directory and --skip-git-repo-check was not specified.`, no JSON; with the option it runs.',
    run: async (room) => {
      room.configure();
      const args = (...options) => [
        ...['exec', '--json', '--ephemeral', '-s', 'read-only', '-C', room.temporary],
        ...options,
        '-',
      ];
      const without = await codex(room, args(), { prompt: 'say: hello' });
      const skipping = await codex(room, args('--skip-git-repo-check'), { prompt: 'say: hello' });
      const { turns } = await nativeTurns(room, ['say: hello'], { cwd: room.temporary });
      return {
        without: { exitCode: without.exitCode, stdout: without.stdout, stderr: without.stderr },
        skipping: { exitCode: skipping.exitCode, text: textOf(skipping) },
        product: ranAs(turns[0]),
      };
    },
    expected: {
      without: {
        exitCode: 1,
        stdout: '',
        stderr: /Not inside a trusted directory and --skip-git-repo-check was not specified\./,
      },
      skipping: { exitCode: 0, text: 'hello' },
      // The product asks before, and was told yes here.
      product: { end: { kind: 'turn_completed' }, receipt: { exitCode: 0 } },
    },
  },
];

/** What a sandbox lets a command write: in the workspace, beside it. */
const sandbox = [
  ['read-only', false, false, 'nowhere'],
  ['workspace-write', true, false, 'in the workspace alone'],
  ['danger-full-access', true, true, 'anywhere'],
].map(([mode, inside, outside, where]) => ({
  title: `exec, sandbox mode ${mode}`,
  contract: 'codex-runtime.md, section 2, and "What follows from it" 9',
  says: `commands write ${where}. A trust entry in config.toml, which 9 names for the lane, is written by app-server and not by exec: where the program disagrees with the contract, the program wins.`,
  run: async (room) => {
    room.configure();
    const beside = join(room.empty, 'beside');
    const write = `run: touch ${join(room.workspace, 'inside')}; touch ${beside}; true`;
    const ran = await codex(room, ephemeral(room, mode), { prompt: write });
    const written = { inside: existsSync(join(room.workspace, 'inside')), outside: existsSync(beside) };
    const trustEntry = hasTrustEntry(room);
    const { turns } = await nativeTurns(room, ['say: hello'], { settings: { nativeSandbox: mode } });
    return { exitCode: ran.exitCode, written, trustEntry, product: ranAs(turns[0]) };
  },
  expected: {
    exitCode: 0,
    written: { inside, outside },
    trustEntry: false,
    product: { end: { kind: 'turn_completed' }, receipt: { sandbox: mode, approvalPolicy: 'never' } },
  },
}));

const approval = [
  {
    title: 'exec, approval policy',
    contract: section3,
    says: 'exec forces approval_policy=never even with `-c approval_policy="on-request"`.',
    run: async (room) => {
      room.configure();
      const args = [
        ...['exec', '--json', '-s', 'read-only', '-C', room.workspace],
        ...['-c', 'approval_policy="on-request"', '-'],
      ];
      const { exitCode } = await codex(room, args, { prompt: 'say: hello' });
      const { turns } = await nativeTurns(room, ['say: hello']);
      return { exitCode, turnContext: turnContext(room), product: ranAs(turns[0]) };
    },
    expected: {
      exitCode: 0,
      turnContext: { cwd: '<workspace>', approval_policy: 'never' },
      product: { receipt: { approvalPolicy: 'never' } },
    },
  },
  {
    title: 'exec, approval policies that it does not take',
    contract: `${section3}, and section 1`,
    says: 'exec has no -a (exit code 2); `untrusted` in the configuration is no longer supported (exit code 1).',
    run: async (room) => {
      room.configure();
      const flag = await codex(room, ephemeral(room, 'read-only', '-a', 'never'), { prompt: 'say: hello' });
      const untrusted = ephemeral(room, 'read-only', '-c', 'approval_policy="untrusted"');
      const setting = await codex(room, untrusted, { prompt: 'say: hello' });
      const shown = ({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr });
      return { flag: shown(flag), setting: shown(setting) };
    },
    expected: {
      flag: { exitCode: 2, stdout: '', stderr: /unexpected argument '-a' found/ },
      setting: { exitCode: 1, stdout: '', stderr: /approval_policy = "untrusted" is no longer supported/ },
    },
  },
];

const bogus = '00000000-0000-4000-8000-000000000000';
const resume = [
  {
    title: 'exec, thread resume',
    contract: 'codex-runtime.md, sections 2 and 3',
    says: 'by id it goes on with the same thread; an unknown id is rc 1; an unknown name silently starts a NEW thread.',
    run: async (room) => {
      room.configure();
      const args = (...rest) => ['exec', '--json', '-s', 'read-only', '-C', room.workspace, ...rest, '-'];
      const ask = async (...rest) => await codex(room, args(...rest), { prompt: 'say: hello' });
      const thread = ({ exitCode, events }) => ({ exitCode, thread: events[0]?.thread_id ?? null });
      const first = await ask();
      const again = await ask('resume', first.events[0].thread_id);
      const unknownId = await ask('resume', bogus);
      const unknownName = await ask('resume', 'no-such-thread');
      return {
        first: thread(first),
        again: thread(again),
        unknownId: { ...thread(unknownId), stderr: unknownId.stderr.split('\n')[0] },
        unknownName: thread(unknownName),
      };
    },
    expected: {
      first: { exitCode: 0, thread: '<id-1>' },
      again: { exitCode: 0, thread: '<id-1>' },
      unknownId: { exitCode: 1, thread: null, stderr: /no rollout found for thread id/ },
      unknownName: { exitCode: 0, thread: /^<id-[^1]>$/ },
    },
  },
  {
    title: 'exec, options behind resume',
    contract: 'codex-runtime.md, section 1',
    says: '`exec resume` takes no --sandbox and -C after `resume` (exit code 2); they stand before it.',
    run: async (room) => {
      room.configure();
      const { exitCode, stdout, stderr } = await codex(
        room,
        ['exec', '--json', 'resume', '-s', 'read-only', bogus, '-'],
        { prompt: 'say: hello' },
      );
      return { exitCode, stdout, stderr };
    },
    expected: { exitCode: 2, stdout: '', stderr: /unexpected argument '-s' found/ },
  },
  {
    title: 'exec, thread resume by the product',
    contract: 'runtime-status.md, section 1, and normalized-events.md, section 3',
    says: 'the second prompt of a persistent thread resumes its native thread.',
    run: async (room) => {
      room.configure();
      const settings = { nativeEphemeral: false };
      const { turns } = await nativeTurns(room, ['say: hello', 'say: hello again'], { settings });
      return turns.map((events) => ({ ...ranAs(events), thread: receiptOf(events).nativeThreadId }));
    },
    expected: [1, 2].map(() => ({
      end: { kind: 'turn_completed' },
      receipt: { completionPolicy: 'persistent' },
      thread: '<id-1>',
    })),
  },
];

/** Comes in several pieces, and few: of an answer of hundreds at once, exec may lose the completed message (seen: 2 of 40). */
const answer = 'One word after the other, in pieces. '.repeat(12).trim();

const streaming = [
  {
    title: 'exec, streaming',
    contract: 'codex-runtime.md, section 2',
    says: 'no text streaming: a message comes as one item.completed, and there are no output deltas for commands.',
    run: async (room) => {
      room.configure();
      const ran = await codex(room, ephemeral(room, 'read-only'), { prompt: `say: ${answer}` });
      const counts = Map.groupBy(ran.events, ({ type, item }) => [type, item?.type].filter(Boolean).join(' '));
      const { turns } = await nativeTurns(room, [`say: ${answer}`]);
      const texts = turns[0].filter(({ kind }) => kind === 'assistant_text');
      return {
        exitCode: ran.exitCode,
        events: Object.fromEntries([...counts].map(([type, all]) => [type, all.length])),
        product: { texts: texts.length, deltas: texts.filter(({ isDelta }) => isDelta).length },
      };
    },
    expected: {
      exitCode: 0,
      events: {
        'item.started agent_message': undefined,
        'item.updated agent_message': undefined,
        'item.completed agent_message': 1,
      },
      product: { texts: 1, deltas: 0 },
    },
  },
];

const scenarios = [...apiKeyMode, ...workingDirectory, ...sandbox, ...approval, ...resume, ...streaming];

export const phase2 = { title, about, scenarios };
