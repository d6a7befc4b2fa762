import { expect, test } from 'vitest';
import { sourceOfText } from '../warning-source.ts';
import { StderrWarnings } from './stderr-warnings.ts';

// As 0.169 says them, and the second as 0.117 does with RUST_LOG=warn.
test.each([
  ['history', 'failed to extract rollout /h/sessions/a.jsonl: empty session file'],
  [
    'history',
    'Failed to save the conversation transcript; Codex will continue retrying. Error: thread-store internal error',
  ],
  [
    'history',
    'thread/read failed while backfilling turn items for turn completion: thread/read: thread/read failed: ephemeral threads do not support includeTurns',
  ],
  [
    'thread',
    'Under-development features enabled: x. To suppress this warning, set `suppress_unstable_features_warning = true` in /h/config.toml.',
  ],
  ['config', 'Codex is ignoring 1 unrecognized configuration setting. Check for typos or deprecated settings.'],
  [
    'provisioning',
    'proceeding, even though we could not create PATH aliases: Refusing to create helper binaries under temporary dir "/tmp"',
  ],
  ['process', 'Reconnecting... 1/1 (stream disconnected before completion)'],
])('a warning of the %s: %s', (source, text) => expect(sourceOfText(text)).toBe(source));

test('a full disk is said once and in words; the note on our own file not at all', () => {
  const warnings = new StderrWarnings();
  const line =
    '2026-11-21T08:01:06.723132Z ERROR codex_core::session: failed to record: No space left on device (os error 28)';
  const lines = [
    line,
    line.replace('session', 'rollout'),
    'Warning: no last agent message; wrote empty content to /data/x',
  ];
  const told = [...lines.flatMap((text) => warnings.push(text)), ...warnings.rest()];
  expect(told).toEqual([
    { kind: 'warning', source: 'history', text: expect.stringMatching(/^The disk is full: /), code: 'disk_full' },
  ]);
});

const at = '2026-11-21T02:20:58.418355Z';
const esc = '\u001b';

test.each<readonly [string, readonly string[], readonly object[]]>([
  ['plain lines belong together', ['one', 'two'], [{ source: 'process', text: 'one\ntwo' }]],
  ['`warning:` goes on in the next lines', ['warning: one', '  more'], [{ source: 'process', text: 'one\n  more' }]],
  ['`WARNING:`', ['WARNING: Code Mode is unavailable'], [{ source: 'provisioning', text: 'Code Mode is unavailable' }]],
  [
    'a trace',
    [`${at} ERROR codex_core::session: no rollout`],
    [{ source: 'history', text: 'codex_core::session: no rollout' }],
  ],
  [
    'a trace in colours',
    [
      `${esc}[2m${at}${esc}[0m ${esc}[31mERROR${esc}[0m ${esc}[2mcodex_core::session${esc}[0m${esc}[2m:${esc}[0m no rollout`,
    ],
    [{ source: 'history', text: 'codex_core::session: no rollout' }],
  ],
  ['a `warning:` in colours', [`${esc}[33mwarning:${esc}[0m careful`], [{ source: 'process', text: 'careful' }]],
  [
    'a trace of a configuration',
    [`${at}  WARN codex_config::loader: unrecognized key`],
    [{ source: 'config', text: 'codex_config::loader: unrecognized key' }],
  ],
  [
    'a refused call',
    [`${at} ERROR codex_core::tools::router: error=no such tool`],
    [
      {
        source: 'process',
        text: 'Codex refused a tool call: no such tool',
        code: 'tool_call_refused',
      },
    ],
  ],
  ['two shapes stay two', ['warning: a', `${at} INFO x: b`], [{ text: 'a' }, { text: 'x: b' }]],
  ['what Codex says of every prompt is no warning', ['Reading prompt from stdin...'], []],
])('%s', (_name, lines, expected) => {
  const warnings = new StderrWarnings();
  const told = [...lines.flatMap((line) => warnings.push(line)), ...warnings.rest(), ...warnings.untold()];
  expect(told).toMatchObject(expected);
  expect(told).toHaveLength(expected.length);
});

test('ten thousand different traces are twenty warnings and a number; another source is not drowned', () => {
  const warnings = new StderrWarnings();
  const told = [];
  for (let i = 0; i < 10_000; i += 1) told.push(...warnings.push(`${at} WARN some::module: attempt ${i}`));
  told.push(...warnings.push(`${at} WARN codex_core: no rollout`), ...warnings.rest());
  expect(told).toHaveLength(21);
  expect(told.at(-1)).toMatchObject({ source: 'history' });
  expect(warnings.untold()).toEqual([
    { kind: 'warning', source: 'process', text: '… and 9980 more', code: 'more_warnings' },
  ]);
});

test('an endless entry and endless plain lines are kept by their most telling end', () => {
  const warnings = new StderrWarnings();
  warnings.push('warning: begin');
  for (let i = 0; i < 10_000; i += 1) warnings.push('x'.repeat(100));
  const [entry] = warnings.flush();
  expect(entry).toMatchObject({ text: expect.stringMatching(/^begin\nxxx[\s\S]*\[cut: \d+ characters\]$/) });
  for (let i = 0; i < 10_000; i += 1) warnings.push(`line ${i}`);
  const [rest] = warnings.rest();
  expect(rest).toMatchObject({ text: expect.stringMatching(/^… 9600 lines before\nline 9600\n[\s\S]*line 9999$/) });
});

test('a proxy that speaks plain HTTP alone: what Codex says of the WebSocket it did not get is no news', () => {
  const line =
    '2026-11-21T19:03:29.574841Z ERROR codex_api::endpoint::responses_websocket: failed to connect to Responses WebSocket stage=Unknown';
  const told = (warnings: StderrWarnings) => [...warnings.push(line), ...warnings.flush(), ...warnings.untold()];
  expect(told(new StderrWarnings({ noWebSocket: true }))).toEqual([]);
  expect(told(new StderrWarnings())).toHaveLength(1);
});
