import type { LaneBody, WarningSource } from '../../model/index.ts';

/** One thing that Codex said on stderr: a line with the lines that belong to it. */
type Entry = { readonly shape: 'trace' | 'warning' | 'plain'; text: string };

/** The second is about the file that a run names for itself. */
const noise =
  /^Reading (additional input|prompt) from stdin\.\.\.$|^Warning: no last agent message; wrote empty content to /;
/** `2026-11-21T02:20:58.418355Z ERROR codex_core::tools::router: error=…` */
const trace = /^\d{4}-\d\d-\d\dT[\d:.]+Z\s+(?:TRACE|DEBUG|INFO|WARN|ERROR)\s+([\w:]+): ?(.*)$/;
const warning = /^(?:warning|WARNING): (.*)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const colours = /\u001b\[[0-9;]*m/g;

const diskIsFull = /No space left on device|os error 28\b/;
/** Codex goes on without a disk (measured with 0.169), and says so in many traces. */
const diskFull = 'The disk is full: Codex goes on, but it can’t keep this thread, which may not be there next time.';

/**
 * Reads stderr for warnings. Traces and warnings are told as they come; plain lines only at the end of a turn that
 * succeeded, since before a failure they are the failure's own words.
 */
export class StderrWarnings {
  #entry: Entry | null = null;
  readonly #plain: string[] = [];
  readonly #told = new Set<string>();

  /** A line may belong to the entry before it, so an entry is told when the next one begins, or by {@link flush}. */
  push(line: string): readonly LaneBody[] {
    const text = line.replace(colours, '').trimEnd();
    if (noise.test(text)) return [];
    const traced = trace.exec(text);
    const warned = traced === null ? warning.exec(text) : null;
    if (traced === null && warned === null) {
      if (this.#entry !== null) this.#entry.text += `\n${text}`;
      else if (text !== '') this.#plain.push(text);
      return [];
    }
    const bodies = this.flush();
    this.#entry =
      traced !== null
        ? { shape: 'trace', text: `${traced[1] ?? ''}: ${traced[2] ?? ''}` }
        : { shape: 'warning', text: warned?.[1] ?? '' };
    return bodies;
  }

  flush(): readonly LaneBody[] {
    const entry = this.#entry;
    this.#entry = null;
    return entry === null ? [] : this.#tell(entry);
  }

  /** What is left when a turn has succeeded. */
  rest(): readonly LaneBody[] {
    const left = this.flush();
    const plain = this.#plain.splice(0).join('\n');
    return plain === '' ? left : [...left, ...this.#tell({ shape: 'plain', text: plain })];
  }

  #tell(entry: Entry): readonly LaneBody[] {
    const said = entry.text.trim();
    const text = diskIsFull.test(said) ? diskFull : said;
    if (text === '' || this.#told.has(text)) return [];
    this.#told.add(text);
    if (text === diskFull) return [{ kind: 'warning', source: 'history', text, code: 'disk_full' }];
    const refused = /^codex_core::tools::router: error=([\s\S]*)$/.exec(text);
    // Such a call leaves no item at all: without this line nobody would know of it.
    if (refused !== null) {
      const what = `Codex refused a tool call: ${refused[1]}`;
      return [{ kind: 'warning', source: 'process', text: what, code: 'tool_call_refused' }];
    }
    return [{ kind: 'warning', source: sourceOfText(text), text }];
  }
}

/** Which part of Codex a warning is about. Text is all that exec gives. */
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
