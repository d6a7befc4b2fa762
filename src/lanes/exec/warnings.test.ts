import { expect, test } from 'vitest';
import { sourceOfText } from './warnings.ts';

// As 0.169 says them, and the second as 0.117 does with RUST_LOG=warn.
test.each([
  ['history', 'failed to extract rollout /h/sessions/a.jsonl: empty session file'],
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
