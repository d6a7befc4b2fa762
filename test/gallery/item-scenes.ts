import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BaselineGap, EventBody, FileChange, ItemStatus, LogEvent } from '../../src/model/index.ts';
import { baselineGaps } from '../../src/model/index.ts';
import type { EventLog } from '../../webview/testing/event-log.ts';
import type { Scene } from './scene.ts';

// The kinds of items that a turn is made of, in each state.

/** Right-to-left, joined, wide, hidden and markup: what a name or an output may hold. */
const odd = 'ärger/日本語/مرحبا/👩‍👩‍👧/a\u200bb\u202etxt.exe/<b>&amp;"\'`';
const long = 'a-very-long-name-without-any-place-to-break-it-'.repeat(6);

type Item = Extract<EventBody, { readonly status: ItemStatus }>;
type How = ItemStatus | 'cut off';

/** Ends of an item, each in a turn of its own. A turn that goes on stands last. */
const ends: readonly How[] = ['completed', 'failed', 'declined', 'cut off', 'in_progress'];

/** One scene with each end of a kind of item. */
function allEnds(id: string, itemOf: (how: How) => Item, more: Partial<Scene> = {}): Scene {
  return {
    id: `${id}/each end`,
    write: (log) => {
      for (const how of ends) {
        log.begin(how);
        log.add({ ...itemOf('in_progress'), phase: 'started', status: 'in_progress' } as EventBody, 'one');
        if (how === 'in_progress') return;
        if (how === 'cut off') {
          log.add({ kind: 'turn_interrupted', durationMs: 3000, by: 'user' });
          continue;
        }
        log.add({ ...itemOf(how), phase: 'completed', status: how } as EventBody, 'one', 2100);
        log.add({ kind: 'turn_completed', durationMs: 3000 });
      }
    },
    ...more,
  };
}

/** A finished turn with what `write` adds. */
const turn =
  (write: (log: EventLog) => void, prompt = 'Do it.') =>
  (log: EventLog): void => {
    log.begin(prompt);
    write(log);
    log.complete();
  };

const item =
  (body: EventBody) =>
  (log: EventLog): void => {
    log.add(body, 'one');
  };

const commandOf = (how: How, command = 'npm test -- dates'): Item => ({
  kind: 'command_execution',
  phase: 'completed',
  command,
  status: 'completed',
  ...(how === 'completed' ? { output: '3 passed\n', exitCode: 0, durationMs: 2000 } : {}),
  ...(how === 'failed' ? { output: '✕ monthName(1) is "January"\n', exitCode: 1, durationMs: 2100 } : {}),
});

const ran: Extract<EventBody, { readonly kind: 'command_execution' }> = {
  ...{ kind: 'command_execution', phase: 'completed', command: 'ls', status: 'completed' },
  ...{ output: 'a.ts\n', exitCode: 0, durationMs: 40 },
};

const manyLines = Array.from({ length: 1200 }, (_, line) => `line ${line + 1} of an output that is long`).join('\n');
const colours = [30, 31, 32, 33, 34, 35, 36, 37, 90, 91, 92, 93, 94, 95, 96, 97];
const ansi = [
  colours.map((code) => `\u001b[${code}m${code}\u001b[0m`).join(' '),
  colours.map((code) => `\u001b[${code + 10}m${code + 10}\u001b[0m`).join(' '),
  '\u001b[1mbold\u001b[0m \u001b[2mdim\u001b[0m \u001b[3mitalic\u001b[0m \u001b[4mlined\u001b[0m \u001b[7minverse\u001b[0m',
  'progress 10%\rprogress 100%',
  'gone\u001b[2K\rerased and written anew',
  '',
].join('\n');

const commands: readonly Scene[] = [
  allEnds('command', commandOf),
  {
    id: 'command/output',
    write: turn((log) => log.command('one', '/bin/bash -lc "ls --color"', ansi, 0, 40)),
    click: ['.command .head'],
  },
  ...(['workspace-write', 'read-only', 'danger-full-access'] as const).map((sandbox) => ({
    id: `command/sandbox ${sandbox}`,
    write: turn((log) => log.add({ ...ran, cwd: '/home/dev/project', sandbox }, 'one')),
    click: ['.command .head'],
  })),
  {
    id: 'command/of a lane of ours, while it runs',
    write: (log) => {
      log.begin('Run the tests.');
      const runs = { kind: 'command_execution', command: 'npm test', status: 'in_progress' } as const;
      const where = { cwd: '/home/me/sample-workspace', sandbox: 'workspace-write' } as const;
      log.add({ ...runs, ...where, phase: 'started' }, 'one');
      log.add({ ...runs, ...where, phase: 'output', outputDelta: '✔ monthName(1)\n✔ monthName(2)\n' }, 'one');
    },
    composer: { running: true },
    click: ['.command .head'],
  },
  {
    id: 'command/no output',
    write: turn((log) => log.command('one', 'true', '', 0, 12)),
    click: ['.command .head'],
  },
  {
    id: 'command/huge',
    write: turn((log) =>
      log.command('one', `node --eval "${'console.log(1);'.repeat(40)}"\necho done`, manyLines, 1, 61_000),
    ),
  },
  {
    id: 'command/odd characters',
    write: turn((log) => {
      const body = {
        ...commandOf('completed', `cat '${odd}' ${long}`),
        cwd: `/home/me/${odd}`,
        output: `${odd}\n${long}`,
      };
      log.add(body as EventBody, 'one');
    }),
    click: ['.command .head'],
  },
  {
    id: 'group/folded and open',
    write: (log) => {
      for (const prompt of ['Folded.', 'Open.']) {
        log.begin(prompt);
        for (const step of [1, 2]) log.command(`c${step}`, `npm run step-${step}`, 'ok\n', 0, 300);
        log.add(fileChange([{ path: 'src/dates.ts', kind: 'update', diff: diff(2) }]), 'f1');
        log.complete();
      }
    },
    click: ['.item:nth-child(5) .group .head'],
  },
];

const diff = (lines: number): string =>
  [
    '--- a/src/dates.ts',
    '+++ b/src/dates.ts',
    '@@ -12,3 +12,3 @@',
    ' export function monthName(month: number) {',
    ...Array.from({ length: lines }, (_, line) => [
      `-  return names[${line}];`,
      `+  return names[${line} - 1];`,
    ]).flat(),
    ' }',
    '',
  ].join('\n');

function fileChange(changes: readonly FileChange[], more: Partial<Extract<Item, { kind: 'file_change' }>> = {}): Item {
  return { kind: 'file_change', phase: 'completed', changes, status: 'completed', diffSource: 'runtime', ...more };
}

const graded = (log: EventLog, grade: 'exact' | 'git' | 'copied' | 'reconstructed'): void => {
  log.begin(grade);
  log.add({ kind: 'snapshot_taken', path: `src/${grade}.ts`, grade, blob: 'a'.repeat(64) }, 'one');
  log.add(fileChange([{ path: `src/${grade}.ts`, kind: 'update', diff: diff(1) }]), 'one');
  log.add({ kind: 'snapshot_taken', path: `src/${grade}.ts`, grade, blob: 'a'.repeat(64) }, 'one');
  log.add({ kind: 'turn_completed', durationMs: 100 });
};

const withGaps = (log: EventLog, gaps: readonly BaselineGap[]): void => {
  log.begin('Change them.');
  log.add(fileChange(gaps.map((gap) => ({ path: `src/${gap}.ts`, kind: 'update' }))), 'one');
  for (const gap of gaps)
    log.add({ kind: 'snapshot_taken', path: `src/${gap}.ts`, grade: 'unknown', blob: null, gap }, 'one');
  log.complete();
};

const fileChanges: readonly Scene[] = [
  allEnds('file change', (how) =>
    fileChange([{ path: 'src/dates.ts', kind: 'update', ...(how === 'completed' ? { diff: diff(1) } : {}) }]),
  ),
  {
    id: 'file change/diff',
    write: turn(item(fileChange([{ path: 'src/dates.ts', kind: 'update', diff: diff(3) }]))),
    click: ['.file-change .cover'],
  },
  {
    id: 'file change/several',
    write: turn(
      item(
        fileChange([
          { path: 'src/new.ts', kind: 'add', diff: '@@ -0,0 +1 @@\n+one\n' },
          { path: 'src/old.ts', kind: 'delete', diff: '@@ -1 +0,0 @@\n-one\n' },
          { path: 'src/to.ts', kind: 'move', movedFrom: 'src/from.ts' },
          { path: 'src/dates.ts', kind: 'update', diff: `${diff(1)}@@ -40,1 +40,1 @@\n-two\n+three\n` },
        ]),
      ),
    ),
    click: ['.file-change .cover'],
  },
  {
    id: 'file change/each kind',
    write: (log) => {
      const changes: readonly FileChange[] = [
        { path: 'src/new.ts', kind: 'add', diff: '@@ -0,0 +1 @@\n+one\n' },
        { path: 'src/old.ts', kind: 'delete' },
        { path: 'src/to.ts', kind: 'move', movedFrom: 'src/from.ts' },
        { path: 'src/dates.ts', kind: 'update' },
      ];
      for (const change of changes) {
        log.begin(change.kind);
        log.add(fileChange([change]), 'one');
        log.add({ kind: 'turn_completed', durationMs: 100 });
      }
    },
  },
  { id: 'file change/none named', write: turn(item(fileChange([]))) },
  {
    id: 'file change/huge',
    write: turn(item(fileChange([{ path: `src/${long}.ts`, kind: 'update', diff: diff(600) }]))),
    click: ['.file-change .cover'],
  },
  {
    id: 'file change/odd characters',
    write: turn(
      item(fileChange([{ path: `src/${odd}`, kind: 'update', diff: `@@ -1 +1 @@\n-${odd}\n+${long}${odd}\n` }])),
    ),
    click: ['.file-change .cover'],
  },
  {
    id: 'file change/graded',
    write: (log) => {
      for (const grade of ['exact', 'git', 'copied', 'reconstructed'] as const) graded(log, grade);
    },
  },
  {
    id: 'file change/no baseline',
    write: (log) => withGaps(log, baselineGaps),
    click: ['.file-change .cover'],
  },
  {
    id: 'file change/not announced',
    write: (log) => {
      log.begin('Run the generator.');
      for (const [item, path] of [
        ['d1', 'src/made.ts'],
        ['d2', 'src/other.ts'],
      ] as const) {
        log.add(
          {
            kind: 'disk_change_detected',
            path,
            change: 'update',
            by: null,
            grade: 'git',
            blob: 'b'.repeat(64),
            diff: diff(1),
          },
          item,
        );
      }
      log.add({ kind: 'system_notice', code: 'more_disk_changes', text: '40' });
      log.add({ kind: 'system_notice', code: 'disk_overlooked', text: '1200' });
      log.complete();
    },
  },
];

const callOf = (how: How): Item => ({
  kind: 'mcp_call',
  phase: 'completed',
  server: 'docs',
  tool: 'search',
  arguments: { query: 'zero-based months', limit: 3 },
  status: 'completed',
  ...(how === 'completed' ? { result: { content: [{ type: 'text', text: 'two results' }] } } : {}),
  ...(how === 'failed' ? { error: 'The server is gone.' } : {}),
});

const toolOf = (how: How): Item => ({
  kind: 'tool_call',
  phase: 'completed',
  name: 'read_file',
  arguments: { path: 'src/dates.ts' },
  status: 'completed',
  ...(how === 'completed' ? { result: 'export function monthName() {}' } : {}),
});

/** A call of one of our tools, as it ended. */
const ours = (name: string, given: unknown, result: string, status: ItemStatus = 'completed'): EventBody => ({
  ...{ kind: 'tool_call', phase: 'completed', name, arguments: given, result, status },
});

const lookings: readonly EventBody[] = [
  ours('read_file', { path: 'src/dates.ts' }, 'src/dates.ts: lines 1-12 of 12\n1\texport function monthName() {}'),
  ours('read_file', { path: 'src/dates.ts', start_line: 40 }, 'src/dates.ts: lines 40-80 of 912\n40\t}'),
  ours('list_files', { path: 'src' }, 'src: 14 files\nsrc/dates.ts'),
  ours('search_files', { pattern: 'month(Name)?', path: 'src' }, '3 matches in 2 files\nsrc/dates.ts:1:monthName'),
  ours('view_image', { path: 'docs/calendar.png' }, '[image]'),
  ours('workspace_problems', {}, 'The editor shows no problems.'),
  ours('editor_selection', {}, 'src/dates.ts:12:1: the cursor; nothing is selected.'),
  ours('read_file', { path: '.env' }, 'The user declined.', 'declined'),
  ours('list_files', { path: `${odd}/${long}` }, 'There is no such folder.', 'failed'),
];

const calls: readonly Scene[] = [
  {
    id: 'tool call/of ours',
    write: turn((log) => {
      for (const [index, body] of lookings.entries()) {
        log.add(body, `look-${index}`, 300);
        // Between answers they are not one group.
        if (index % 2 === 1) log.text(`says-${index}`, 'Then the next one.');
      }
    }),
  },
  {
    id: 'tool call/of ours, a group',
    write: turn((log) => {
      for (const [index, body] of lookings.slice(0, 4).entries()) log.add(body, `look-${index}`, 300);
      log.add(commandOf('completed') as EventBody, 'ran', 300);
      log.text('says', 'Three places.');
      for (const [index, body] of lookings.slice(0, 4).entries()) log.add(body, `again-${index}`, 300);
    }),
    click: ['.group .head'],
  },
  {
    id: 'tool call/an image of the answer',
    write: turn((log) => {
      const call = { kind: 'tool_call', phase: 'completed', name: 'image_generation_call', arguments: null } as const;
      const kept = { path: '/home/me/.local/share/codex-lanes/images/0a1b.png', bytes: 48_211 };
      log.add({ ...call, result: kept, status: 'completed' }, 'kept');
      log.text('says', 'And larger:');
      log.add({ ...call, result: 'The image was not kept: it is larger than 20 MB.', status: 'failed' }, 'lost');
    }),
  },
  allEnds('mcp call', callOf),
  { id: 'mcp call/open', write: turn(item(callOf('completed'))), click: ['.mcp .head'] },
  {
    id: 'mcp call/open, failed',
    write: turn(item({ ...callOf('failed'), status: 'failed' } as EventBody)),
    click: ['.mcp .head'],
  },
  {
    id: 'mcp call/structured',
    write: turn(
      item({
        ...callOf('completed'),
        result: {
          content: [],
          structuredContent: { months: ['January', 'February'], base: 1, exact: true, more: null },
        },
      } as EventBody),
    ),
    click: ['.mcp .head'],
  },
  {
    id: 'mcp call/empty',
    write: turn(item({ ...callOf('in_progress'), arguments: {}, result: { content: [] } } as EventBody)),
    click: ['.mcp .head'],
  },
  {
    id: 'mcp call/huge',
    write: turn(
      item({
        ...callOf('completed'),
        server: long,
        arguments: { text: long.repeat(20) },
        result: {
          content: [{ type: 'text', text: JSON.stringify(Array.from({ length: 2000 }, (_, id) => ({ id }))) }],
        },
      } as EventBody),
    ),
    click: ['.mcp .head'],
  },
  {
    id: 'mcp call/odd characters',
    write: turn(item({ ...callOf('completed'), tool: odd, arguments: { [odd]: odd } } as EventBody)),
    click: ['.mcp .head'],
  },
  allEnds('tool call', toolOf),
  { id: 'tool call/open', write: turn(item(toolOf('completed'))), click: ['.tool .head'] },
  {
    id: 'tool call/huge and odd',
    write: turn(item({ ...toolOf('completed'), name: odd + long, result: { [odd]: long.repeat(10) } } as EventBody)),
    click: ['.tool .head'],
  },
  allEnds('web search', () => ({
    kind: 'web_search',
    phase: 'completed',
    query: 'zero-based months',
    status: 'completed',
  })),
  {
    id: 'web search/huge, odd and empty',
    write: (log) => {
      for (const query of [long, odd, '']) {
        log.begin('Search.');
        log.add({ kind: 'web_search', phase: 'completed', query, status: 'completed' }, 'one');
        log.add({ kind: 'turn_completed', durationMs: 100 });
      }
    },
  },
  allEnds('subagent', subagentOf),
  { id: 'subagent/open', write: turn(item(subagentOf())), click: ['.subagent .head'] },
  {
    id: 'subagent/odd characters',
    write: turn(item({ ...subagentOf(), prompt: odd + long, receivers: [odd, long] } as EventBody)),
    click: ['.subagent .head'],
  },
];

function subagentOf(): Item {
  return {
    kind: 'subagent',
    phase: 'completed',
    tool: 'spawn_agent',
    sender: null,
    receivers: ['agent-2'],
    prompt: 'Look at the tests of the calendar',
    states: { 'agent-2': 'done' },
    status: 'completed',
  };
}

const prose = `# What changed

The lookup in \`src/dates.ts:14\` now takes **one-based** months, as [the docs](https://example.com/months) say.

1. Read the test
2. Fix the lookup
   - also \`names\`

| file | lines | who |
| --- | ---: | --- |
| src/dates.ts | 2 | the lookup and everything that calls it |

\`\`\`ts
// One-based.
export function monthName(month: number): string {
  return names[month - 1] ?? 'none';
}
\`\`\`

> Callers pass 1–12.

- [x] tests pass
- [ ] release

---

<b>raw</b> and [bad](javascript:alert(1)) stay text. ![logo](https://example.com/logo.png)
`;

const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const texts: readonly Scene[] = [
  {
    id: 'prompt/each delivery',
    write: (log) => {
      log.begin('Begin.', [
        { kind: 'file', path: 'src/dates.ts', label: 'dates.ts 12–40' },
        { kind: 'image', path: '/home/me/shot.png', label: `${long}.png` },
      ]);
      log.add({ kind: 'user_message', text: 'And look at leap years.', attachments: [], delivery: 'steer' });
      log.add({ kind: 'user_message', text: 'Then write it down.', attachments: [], delivery: 'queued' });
    },
    composer: { running: true, queued: 1 },
  },
  {
    id: 'prompt/asked by a command',
    write: (log) => {
      log.begin('Fix the dates.');
      log.complete();
      const target = { kind: 'uncommitted_changes' } as const;
      for (const [text, act] of [
        ['Compact this thread', { kind: 'compact' }],
        ['Review the uncommitted changes', { kind: 'review', target }],
      ] as const) {
        log.add({ kind: 'user_message', text, attachments: [], delivery: 'start', act });
      }
    },
  },
  { id: 'prompt/huge, folded', write: (log) => log.begin('A long prompt. '.repeat(400)) },
  { id: 'prompt/huge, whole', write: (log) => log.begin('One line\n'.repeat(20)), click: ['.ask .link-button'] },
  {
    id: 'prompt/odd characters',
    write: (log) => log.begin(`${odd} ${long}`, [{ kind: 'file', path: odd, label: odd }]),
  },
  { id: 'answer/every block', write: turn((log) => log.text('t', prose)) },
  {
    id: 'answer/in progress',
    write: (log) => {
      log.begin('Tell me.');
      log.add({ kind: 'assistant_text', text: 'The month was read as **zero-', isDelta: true }, 't');
    },
    composer: { running: true },
  },
  { id: 'answer/empty', write: turn((log) => log.text('t', '')) },
  {
    id: 'answer/huge',
    write: turn((log) => log.text('t', `${long}\n\n\`\`\`\n${manyLines}\n\`\`\`\n\n${'Words. '.repeat(300)}`)),
  },
  { id: 'answer/odd characters', write: turn((log) => log.text('t', `${odd}\n\nمرحبا بالعالم\n\n\`${odd}\``)) },
  { id: 'answer/an image', write: turn((log) => log.text('t', `![A dot](${pixel})\n\nThat is all.`)) },
  {
    id: 'answer/cut off',
    write: (log) => {
      log.begin('Tell me.');
      log.add({ kind: 'assistant_text', text: 'The month was', isDelta: true }, 't');
      log.end({ kind: 'turn_interrupted', durationMs: 3000, by: 'user' });
    },
  },
  {
    id: 'reasoning/each state',
    write: (log) => {
      log.begin('Think.');
      log.add({ kind: 'reasoning', text: 'The month is read ', isDelta: true }, 'r1');
      log.add({ kind: 'reasoning', text: 'The month is read as zero-based.', isDelta: false }, 'r1', 4000);
      log.add({ kind: 'reasoning', text: 'Whole at once: no time is known.', isDelta: false }, 'r2');
      log.add({ kind: 'reasoning', text: 'Still at it', isDelta: true }, 'r3');
    },
    composer: { running: true },
  },
  {
    id: 'reasoning/open',
    write: turn((log) => {
      log.add({ kind: 'reasoning', text: '**Reading**\n\nThe month ', isDelta: true }, 'r1');
      log.add(
        { kind: 'reasoning', text: `**Reading**\n\nThe month is \`zero-based\`. ${odd}`, isDelta: false },
        'r1',
        64_000,
      );
    }),
    click: ['.reasoning .head'],
  },
  {
    id: 'plan/each step',
    write: turn(
      item({
        kind: 'plan_updated',
        steps: [
          { text: 'Read the test', status: 'completed' },
          { text: `Fix the lookup, and everything that calls it with a month ${odd}`, status: 'in_progress' },
          { text: 'Run the suite', status: 'pending' },
        ],
      }),
    ),
  },
  { id: 'plan/empty', write: turn(item({ kind: 'plan_updated', steps: [] })) },
  {
    id: 'plan/huge',
    write: turn(
      item({
        kind: 'plan_updated',
        steps: Array.from({ length: 20 }, (_, step) => ({ text: `Step ${step} ${long}`, status: 'pending' })),
      }),
    ),
  },
];

/** Turns that the real Codex ran: their normalized events, as recorded. */
const captures: readonly Scene[] = [
  'exec-tools-workspace-write',
  'exec-text',
  'fail-401',
  'fail-hang-stream-idle',
  'opt-mcp-approve-config',
].map((name) => ({
  id: `capture/${name}`,
  write: (log) => {
    const file = join(import.meta.dirname, '../golden/normalize', `${name}.jsonl`);
    const events = readFileSync(file, 'utf8').trim().split('\n');
    log.events.push(...events.map((line) => JSON.parse(line) as LogEvent));
  },
}));

export const itemScenes: readonly Scene[] = [...texts, ...commands, ...fileChanges, ...calls, ...captures];
