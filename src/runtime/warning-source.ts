import type { WarningSource } from '../model/index.ts';

/** Which part of Codex a warning is about. Text is all that it gives. */
export function sourceOfText(text: string): WarningSource {
  // The last is how 0.117 says that it can't read an ephemeral thread back (with RUST_LOG=warn only).
  if (/rollout|transcript|history|hydrat|backfilling turn items/i.test(text)) return 'history';
  // Before the configuration: these end with the name of the setting that silences them.
  if (/^Under-development|^Heads up|^Long threads/i.test(text)) return 'thread';
  if (/configuration setting|config\.toml|Model metadata for|unrecognized|trust_level|deprecated/i.test(text))
    return 'config';
  if (/bubblewrap|bwrap|Code Mode is unavailable|code-mode host|PATH aliases/i.test(text)) return 'provisioning';
  if (/compact/i.test(text)) return 'thread';
  return 'process';
}
