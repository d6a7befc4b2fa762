import type { ProgressStep, TurnProgress } from '../../src/model/index.ts';
import type { ComposerState } from '../../src/protocol/index.ts';
import type { EventLog } from '../../webview/testing/event-log.ts';
import {
  datesTurn,
  idleComposer,
  payerQuestion,
  sampleImages,
  textOnlyComposer,
  trustQuestion,
} from '../../webview/testing/event-log.ts';
import type { Scene } from './scene.ts';
import { now } from './scene.ts';

// What stands around the transcript: how far a turn is, the composer, the welcome.

const at = (secondsAgo: number): string => new Date(now - secondsAgo * 1000).toISOString();

/** A turn that has been silent for 42 s. */
function progress(steps: readonly ProgressStep['what'][], waiting: Partial<TurnProgress['waiting']>): TurnProgress {
  const details: Partial<Record<ProgressStep['what'], string>> = {
    'process-started': '123',
    'request-sent': 'api.example.org',
    reconnecting: 'Reconnecting… 2/5',
  };
  return {
    steps: steps.map((what, index) => ({ what, at: at(43 - index / 5), detail: details[what] ?? null })),
    waiting: { on: 'network', what: null, since: at(42), ...waiting },
    givesUpAt: new Date(now + 258_000).toISOString(),
  };
}

const running = (log: EventLog): void => {
  log.begin('Now publish it.');
};

const started = ['process-started', 'thread-started', 'turn-started'] as const;
const publish = "/bin/bash -lc 'npm publish --access public --tag next --dry-run --workspaces'";

/** Each hop that can be silent, named after what the page calls it. */
const silences: Readonly<Record<string, TurnProgress>> = {
  process: progress(['process-started'], { on: 'process' }),
  thread: progress(['process-started'], { on: 'thread' }),
  turn: progress(started.slice(0, 2), { on: 'turn' }),
  network: progress(started, {}),
  request: progress(['request-sent'], {}),
  reply: progress(['request-sent', 'request-accepted'], { on: 'reply' }),
  reconnecting: progress([...started, 'reconnecting', 'reconnecting'], {}),
  command: { ...progress(started, { on: 'command', what: publish, since: at(72) }), givesUpAt: null },
  tool: { ...progress(started, { on: 'tool', what: 'docs.search', since: at(72) }), givesUpAt: null },
  'a tool without a name': { ...progress(started, { on: 'tool', what: null, since: at(72) }), givesUpAt: null },
  exit: { ...progress(started, { on: 'exit' }), givesUpAt: at(1) },
  'exit without a limit': { ...progress(started, { on: 'exit' }), givesUpAt: null },
};

const progressBoxes: readonly Scene[] = [
  ...Object.entries(silences).map(([hop, of]) => ({
    id: `progress/${hop}`,
    write: running,
    began: 44,
    composer: { running: true, progress: of },
  })),
  {
    id: 'progress/stopping',
    write: running,
    began: 44,
    composer: { running: true, stopping: true, progress: progress(started, {}) },
    whole: true,
  },
];

/** What the running line says of an item that is open. */
const doings: readonly Scene[] = (
  [
    ['working', null],
    ['writing', { kind: 'assistant_text', text: 'The month', isDelta: true }],
    ['thinking', { kind: 'reasoning', text: 'The month', isDelta: true }],
    ['a command', { kind: 'command_execution', phase: 'started', command: publish, status: 'in_progress' }],
    ['files', { kind: 'file_change', phase: 'started', changes: [], status: 'in_progress' }],
    [
      'a tool',
      {
        ...{ kind: 'tool_call', phase: 'started', name: 'read_file', status: 'in_progress' },
        arguments: { path: 'src/dates.ts' },
      },
    ],
    [
      'a tool without words',
      { kind: 'tool_call', phase: 'started', name: 'deploy', arguments: {}, status: 'in_progress' },
    ],
    ['the web', { kind: 'web_search', phase: 'started', query: 'months', status: 'in_progress' }],
  ] as const
).map(([id, body]) => ({
  id: `running/${id}`,
  write: (log) => {
    running(log);
    if (body !== null) log.add(body, 'one');
  },
  composer: { running: true },
}));

/** The policy of the tools of a lane of ours, as the button below the prompt has it. */
const policies = (
  [
    ['read only', 'lock', 'The model reads and changes nothing.'],
    ['asks', 'question', 'Each change and each command asks.'],
    ['edits unasked', 'edit', 'Files of the folder are changed unasked; each command asks.'],
    ['works unasked', 'rocket', 'Files of the folder are changed unasked, and commands in the sandbox run unasked.'],
  ] as const
).map(
  ([label, icon, tooltip]): Scene => ({
    id: `composer/policy, ${label}`,
    composer: {
      lane: { ...idleComposer.lane, icon: 'cloud', label: 'OpenAI API', selected: 'api' },
      ...{ sandbox: { icon, label, tooltip, canChange: true }, approvals: null },
    },
    welcome: {
      line: 'OpenAI API is ready · Codex native is locked',
      does: 'The model can read and edit files in the folder and run commands. What it may do unasked is chosen below.',
      ...{ why: true, prompts: ['Explain src/dates.ts'] },
    },
    whole: true,
  }),
);

const lane = (icon: string, label: string): ComposerState['lane'] => ({ ...idleComposer.lane, icon, label });
const noGit = { id: 'no-git:/home/me/notes', kind: 'no-git', folder: '/home/me/notes' } as const;
const hidden = '/home/me/\u202egnp.exe';

const composers: readonly Scene[] = [
  { id: 'composer/idle', write: datesTurn, whole: true },
  { id: 'composer/running', write: running, composer: { running: true }, whole: true },
  { id: 'composer/stopping', write: running, composer: { running: true, stopping: true }, whole: true },
  { id: 'composer/queued', write: running, composer: { running: true, queued: 2 }, whole: true },
  {
    id: 'composer/draft while a turn runs that takes it',
    write: running,
    composer: { running: true, steers: true },
    draft: 'And tag it.',
    whole: true,
  },
  {
    id: 'composer/draft while a turn runs that takes none',
    write: running,
    composer: { running: true },
    draft: 'And tag it.',
    whole: true,
  },
  {
    id: 'composer/prompts that wait',
    write: (log) => {
      running(log);
      for (const text of [
        'And tag it.',
        'Then write to the list of users, with what changed and what they have to do.',
      ])
        log.add({ kind: 'user_message', text, attachments: [], delivery: 'queued' });
    },
    composer: { running: true, queued: 2 },
    whole: true,
  },
  {
    id: 'composer/blocked',
    composer: {
      lane: lane('lock', 'Codex native · Locked'),
      blocked: {
        text: 'Codex native - Ready but locked',
        actions: [
          { id: 'unlockNative', label: 'Unlock Codex Native Lane' },
          { id: 'useApi', label: 'Use OpenAI API Lane' },
        ],
        why: true,
      },
    },
    whole: true,
  },
  {
    id: 'composer/not trusted',
    write: datesTurn,
    composer: {
      lane: lane('shield', 'Codex native · Disabled'),
      blocked: {
        text: 'This workspace is not trusted: a prompt is refused and nothing runs. Earlier threads stay readable.',
        actions: [{ id: 'manageTrust', label: 'Manage Workspace Trust' }],
        why: true,
      },
      trusted: false,
    },
    whole: true,
  },
  {
    id: 'composer/a limit nearly used up',
    write: datesTurn,
    composer: {
      limits: {
        icon: 'warning',
        label: '5-hour limit: 92% used, resets 14:30',
        tooltip: 'A long task may reach it. Read at 13:58.',
      },
    },
    whole: true,
  },
  {
    id: 'composer/text only',
    composer: textOnlyComposer,
    welcome: {
      line: 'OpenAI API is ready',
      does: 'The tools of this lane are switched off: the model only answers.',
      ...{ why: false, prompts: [] },
    },
    whole: true,
  },
  ...policies,
  {
    id: 'composer/a choice of folders',
    composer: {
      folderCanChange: true,
      sandbox: { ...idleComposer.sandbox, canChange: true },
      configured: { model: 'gpt-5.5', effort: 'high', profile: 'work', addDirs: ['/home/me/other'] },
    },
    whole: true,
  },
  {
    id: 'composer/no folder',
    composer: {
      folder: null,
      folderCanChange: true,
      configured: { model: null, effort: null, profile: null, addDirs: [] },
    },
    whole: true,
  },
  { id: 'composer/a long draft', draft: 'One line of the draft\n'.repeat(40), whole: true },
  {
    id: 'composer/attachments',
    write: datesTurn,
    draft: 'Make it look like this.',
    after: [{ type: 'attached', attachments: sampleImages }],
    whole: true,
  },
  { id: 'composer/asked about the payer', write: datesTurn, draft: 'Now publish it.', ask: payerQuestion, whole: true },
  { id: 'composer/asked about trust', write: datesTurn, draft: 'Now publish it.', ask: trustQuestion, whole: true },
  { id: 'composer/asked about Git', draft: 'Now publish it.', ask: noGit, whole: true },
  {
    id: 'composer/asked, odd characters',
    draft: 'Now publish it.',
    ask: { ...noGit, id: 'no-git:odd', folder: hidden },
    whole: true,
  },
  {
    id: 'composer/refused',
    draft: 'Now publish it.',
    refuse: 'The prompt is longer than 1,000,000 characters.',
    whole: true,
  },
];

const welcomes: readonly Scene[] = [
  { id: 'welcome/ready', whole: true },
  { id: 'welcome/nothing to explain', welcome: { line: 'OpenAI API - ready', why: false, prompts: [] }, whole: true },
  {
    id: 'welcome/long and odd',
    welcome: {
      line: `Codex native - ${'a long word on how things stand '.repeat(6)} مرحبا`,
      why: true,
      prompts: ['Explain src/a-file-with-a-very-long-name-that-has-no-place-to-break-it.test.ts', 'مرحبا بالعالم', 'x'],
    },
    whole: true,
  },
];

const threads: readonly Scene[] = [
  { id: 'page/a finished turn', write: datesTurn, whole: true, click: ['.file-change .cover'] },
  {
    id: 'page/a long title',
    write: (log) => {
      datesTurn(log);
      log.add({ kind: 'thread_renamed', title: 'A title that is longer than any header is wide, '.repeat(4) });
    },
    whole: true,
  },
];

export const pageScenes: readonly Scene[] = [...doings, ...progressBoxes, ...composers, ...welcomes, ...threads];
