// Phase 0, the spike: what a run of the real Codex says, and what the product keeps of it.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nativeTurns, receiptOf, rowsOf } from './product.mjs';
import { codex, documentIn, lanes, oldVersion } from './programs.mjs';
import { plantedKey } from './room.mjs';

const title = 'Sign-off: phase 0';
const about =
  'What one run of the real Codex says, what it leaves behind, and what the product keeps of it: events, receipt, transcript rows. The practice endpoint answers; there is no account and no network.';

const exec = (room, ...options) => ['exec', '--json', '-s', 'read-only', '-C', room.workspace, ...options];

/** Names of the session files that Codex kept. */
function sessions({ codexHome }) {
  const folder = join(codexHome, 'sessions');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.jsonl'));
}

/** A run as its events tell it, without the figures. */
const told = ({ exitCode, events }) => ({ exitCode, events });

/** What the rows of the contract carry beside their common fields. */
function shown(row) {
  const { type, subtype, level, content, message } = row;
  const native = Object.fromEntries(Object.entries(row).filter(([name]) => name.startsWith('codexNative')));
  return { type, ...(subtype === undefined ? { message } : { subtype, level, content, ...native }) };
}

const completedTurn = [
  { type: 'thread.started', thread_id: '<id-1>' },
  { type: 'turn.started' },
  { type: 'item.completed', item: { type: 'agent_message', text: 'hello' } },
  { type: 'turn.completed', usage: { input_tokens: '<count>', output_tokens: '<count>' } },
];

const nativeRows = (policy, history) => [
  { type: 'user', message: { role: 'user', content: 'say: hello' } },
  {
    type: 'system',
    subtype: 'codex_native_thread_status',
    level: 'info',
    content: 'Codex native thread started: <id-1>',
    codexNativeThreadStatus: 'running',
    codexNativeThreadId: '<id-1>',
  },
  {
    type: 'assistant',
    message: { role: 'assistant', type: 'message', content: [{ type: 'text', text: 'hello' }] },
  },
  {
    type: 'system',
    subtype: 'codex_native_execution_summary',
    content: `Codex native execution summary: thread=<id-1>, completion=${policy}, history=${history}, usageAuthority=live-turn-completed, binary=codex-cli 0.169.0`,
    codexNativeThreadId: '<id-1>',
    codexNativeCompletionPolicy: policy,
    codexNativeHistoryCompleteness: history,
    codexNativeFinalUsageAuthority: 'live-turn-completed',
    codexNativeExecutablePath: '<codex>',
    codexNativeExecutableSource: 'setting',
    codexNativeExecutableVersion: 'codex-cli 0.169.0',
  },
  {
    type: 'system',
    subtype: 'codex_native_thread_status',
    level: 'info',
    content: 'Codex native thread completed: <id-1>',
    codexNativeThreadStatus: 'completed',
    codexNativeThreadId: '<id-1>',
  },
];

/**
 * The warnings of one turn of the product: where each is from, and the rows that came of it. Without what is said of
 * processes that Codex left behind: on a busy machine they may still be dying when it has ended.
 */
async function warningsOf(room, prompt, options) {
  const { threadId, turns } = await nativeTurns(room, [prompt], options);
  const warnings = turns.flat().filter(({ kind, code }) => kind === 'warning' && code !== 'left_behind');
  const rows = await rowsOf(room, threadId);
  return {
    warnings: warnings.map(({ source, text }) => ({ source, text })),
    rows: rows
      .filter(({ subtype, content }) => subtype === 'codex_native_warning' && !content.startsWith('Codex left '))
      .map(({ level, content, codexNativeWarningSource }) => ({ level, content, codexNativeWarningSource })),
    assistantRows: rows.filter(({ type }) => type === 'assistant').length,
  };
}

const scenarios = [
  {
    title: 'Executable identity',
    contract: 'runtime-status.md, section 4',
    says: 'the program is known by its path, its source and its version exactly as printed.',
    run: async (room) => {
      const version = await codex(room, ['--version']);
      const env = { CODEX_CLI_PATH: room.codex, CODEX_API_KEY: plantedKey, CODEX_LANES_API_BASE_URL: room.url };
      const status = await lanes(room, ['runtime', 'status', '--provider', 'codex', '--json'], env);
      const { codex: provider } = documentIn(status).providers;
      return {
        printed: { exitCode: version.exitCode, stdout: version.stdout, stderr: version.stderr },
        externalRuntimeDiagnostics: provider.externalRuntimeDiagnostics,
      };
    },
    expected: {
      printed: { exitCode: 0, stdout: 'codex-cli 0.169.0\n', stderr: '' },
      externalRuntimeDiagnostics: [
        {
          id: 'codex-cli',
          label: 'Codex CLI',
          detected: true,
          statusMessage: 'codex-cli 0.169.0',
          detailMessage: '<codex> (env)',
        },
      ],
    },
  },
  {
    title: 'Ephemeral run',
    contract: 'codex-runtime.md, section 3, and normalized-events.md, section 4',
    says: 'an ephemeral run keeps no session file and can not be resumed; its history is live-only.',
    run: async (room) => {
      room.configure();
      const first = await codex(room, exec(room, '--ephemeral', '-'), { prompt: 'say: hello' });
      const id = first.events[0]?.thread_id ?? '';
      const files = sessions(room);
      const again = await codex(room, exec(room, 'resume', id, '-'), { prompt: 'say: hello' });
      return { run: told(first), sessionFiles: files, resume: { exitCode: again.exitCode, stderr: again.stderr } };
    },
    expected: {
      run: { exitCode: 0, events: completedTurn },
      sessionFiles: [],
      resume: { exitCode: 1, stderr: /no rollout found for thread id <id-1>/ },
    },
  },
  {
    title: 'Persistent run',
    contract: 'codex-runtime.md, section 1',
    says: 'a persistent run keeps one session file, named by its thread.',
    run: async (room) => {
      room.configure();
      const first = await codex(room, exec(room, '-'), { prompt: 'say: hello' });
      return { run: told(first), sessionFiles: sessions(room) };
    },
    expected: {
      run: { exitCode: 0, events: completedTurn },
      sessionFiles: [/^<day>\/rollout-<time>-<id-1>\.jsonl$/],
    },
  },
  {
    title: 'Resume, and the usage of a resumed thread',
    contract: 'codex-runtime.md, section 2',
    says: 'a run that resumes answers with the same thread; usage is cumulative over the thread; item ids restart at item_0.',
    run: async (room) => {
      room.configure();
      const first = await codex(room, exec(room, '-'), { prompt: 'say: hello' });
      const id = first.events[0]?.thread_id ?? '';
      const second = await codex(room, exec(room, 'resume', id, '-'), { prompt: 'say: hello again' });
      const [before, after] = [first, second].map(({ events }) => events.at(-1)?.usage?.input_tokens);
      return { first: told(first), second: told(second), secondTotalIsLarger: after > before };
    },
    expected: {
      first: { exitCode: 0, events: completedTurn },
      second: {
        exitCode: 0,
        events: [
          { type: 'thread.started', thread_id: '<id-1>' },
          { type: 'turn.started' },
          { type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text: 'hello again' } },
          { type: 'turn.completed' },
        ],
      },
      secondTotalIsLarger: true,
    },
  },
  {
    title: 'Usage authority',
    contract: 'normalized-events.md, sections 2 and 3',
    says: 'usage_updated is per turn (the total less the total before), its authority live-turn-completed; the receipt has both.',
    run: async (room) => {
      room.configure();
      const settings = { nativeEphemeral: false };
      const { turns } = await nativeTurns(room, ['say: hello', 'say: hello again'], { settings });
      const [first, second] = turns.map((events) => {
        const { usage, threadTotal, authority } = events.find(({ kind }) => kind === 'usage_updated');
        const receipt = receiptOf(events);
        return {
          usage,
          threadTotal,
          authority,
          receipt: { usage: receipt.usage, usageAuthority: receipt.usageAuthority, thread: receipt.nativeThreadId },
        };
      });
      const sum = (key) => second.threadTotal[key] - first.threadTotal[key];
      return {
        first,
        second,
        secondIsTheDifference: ['input', 'output'].every((key) => second.usage[key] === sum(key)),
      };
    },
    expected: {
      first: {
        authority: 'live-turn-completed',
        receipt: { usageAuthority: 'live-turn-completed', thread: '<id-1>', usage: { input: '<count>' } },
      },
      second: {
        authority: 'live-turn-completed',
        receipt: { usageAuthority: 'live-turn-completed', thread: '<id-1>', usage: { input: '<count>' } },
      },
      secondIsTheDifference: true,
    },
  },
  ...[
    ['ephemeral', true, 'live-only'],
    ['persistent', false, 'explicit-hydration-required'],
  ].map(([policy, nativeEphemeral, history]) => ({
    title: `Thread status and execution summary rows, ${policy}`,
    contract: 'normalized-events.md, section 4',
    says: `status running, warnings, assistant, execution summary, status completed; ${policy} -> ${history}.`,
    run: async (room) => {
      room.configure();
      const { threadId } = await nativeTurns(room, ['say: hello'], { settings: { nativeEphemeral } });
      const rows = await rowsOf(room, threadId);
      const [{ isSidechain, userType, cwd, isMeta }] = rows;
      return { common: { isSidechain, userType, cwd, isMeta }, rows: rows.map(shown) };
    },
    expected: {
      common: { isSidechain: false, userType: 'external', cwd: '<workspace>', isMeta: false },
      rows: nativeRows(policy, history),
    },
  })),
  {
    title: 'Warning of the process',
    contract: 'normalized-events.md, sections 2 and 4',
    says: 'a lost connection that is tried again is a warning of the process, never an assistant row.',
    run: async (room) => {
      room.configure();
      return await warningsOf(room, 'fail: 503');
    },
    expected: {
      warnings: [{ source: 'process', text: /^Reconnecting\.\.\. 1\/1/ }],
      rows: [{ level: 'warning', codexNativeWarningSource: 'process', content: /^Reconnecting\.\.\. 1\/1/ }],
      assistantRows: 0,
    },
  },
  {
    title: 'Warning of the history',
    contract: 'normalized-events.md, section 4',
    says: `only CLI ${oldVersion} with RUST_LOG=warn prints one; that text is classified as history, and the policy stays what it was.`,
    run: async (room) => {
      room.configure();
      const raw = await codex(room, exec(room, '--ephemeral', '-'), {
        prompt: 'say: hello',
        env: { RUST_LOG: 'warn' },
        program: room.oldCodex,
      });
      const silent = await codex(room, exec(room, '--ephemeral', '-'), {
        prompt: 'say: hello',
        program: room.oldCodex,
      });
      const options = { codex: room.oldCodex, env: { RUST_LOG: 'warn' }, settings: { nativeEnv: ['RUST_LOG'] } };
      const { warnings, rows, assistantRows } = await warningsOf(room, 'say: hello', options);
      return {
        stderr: raw.stderr.split('\n').filter((line) => line.includes('backfilling')),
        stderrWithoutRustLog: silent.stderr,
        warnings: warnings.filter(({ source }) => source === 'history'),
        rows: rows.filter(({ codexNativeWarningSource }) => codexNativeWarningSource === 'history'),
        assistantRows,
      };
    },
    expected: {
      stderr: [/thread\/read failed while backfilling turn items for turn completion/],
      stderrWithoutRustLog: '',
      warnings: [{ source: 'history', text: /thread\/read failed while backfilling turn items/ }],
      rows: [{ level: 'warning', codexNativeWarningSource: 'history', content: /backfilling turn items/ }],
      assistantRows: 1,
    },
  },
  {
    title: 'Warning of the thread',
    contract: 'normalized-events.md, section 2',
    says: 'what Codex says of how a thread will behave is a warning of the thread.',
    run: async (room) => {
      room.configure((config) => config.replace('[features]\n', '[features]\napply_patch_streaming_events = true\n'));
      return await warningsOf(room, 'say: hello');
    },
    expected: {
      warnings: [{ source: 'thread', text: /^Under-development features enabled: apply_patch_streaming_events\./ }],
      assistantRows: 1,
    },
  },
  {
    title: 'Warning of the configuration',
    contract: 'codex-runtime.md, section 3, and normalized-events.md, section 2',
    says: 'an unknown setting gives an error item twice and exit code 0: one warning of the configuration.',
    run: async (room) => {
      room.configure((config) => `no_such_setting = 1\n${config}`);
      const raw = await codex(room, exec(room, '--ephemeral', '-'), { prompt: 'say: hello' });
      return {
        exitCode: raw.exitCode,
        errorItems: raw.events.filter(({ item }) => item?.type === 'error').length,
        ...(await warningsOf(room, 'say: hello')),
      };
    },
    expected: {
      exitCode: 0,
      errorItems: 2,
      warnings: [{ source: 'config', text: /^Codex is ignoring 1 unrecognized configuration setting/ }],
      assistantRows: 1,
    },
  },
  {
    title: 'Warning of the provisioning',
    contract: 'codex-runtime.md, section 1, and normalized-events.md, section 2',
    says: 'with a Codex home in the temporary folder Codex prepares no helper programs: a warning of the provisioning.',
    run: async (room) => {
      const codexHome = join(room.temporary, 'codex-home');
      room.configure(undefined, codexHome);
      return await warningsOf(room, 'say: hello', { codexHome });
    },
    expected: {
      warnings: [{ source: 'provisioning', text: /could not create PATH aliases/ }],
      assistantRows: 1,
    },
  },
];

export const phase0 = { title, about, scenarios };
