import { expect, test } from 'vitest';
import { StderrWarnings, sourceOfText } from './warnings.ts';

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
