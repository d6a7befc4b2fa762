import type { LaneBody, WarningSource } from '../../model/index.ts';
import { sourceOfText } from '../warning-source.ts';

type WarningBody = Extract<LaneBody, { readonly kind: 'warning' }>;

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

/** What 0.169 says of a proxy that speaks plain HTTP alone, before it does the same. */
const webSocketRefused = /^codex_api::endpoint::responses_websocket: failed to connect to Responses WebSocket/;

const diskIsFull = /No space left on device|os error 28\b/;
/** Codex goes on without a disk (measured with 0.169), and says so in many traces. */
const diskFull = 'The disk is full: Codex goes on, but it can’t keep this thread, which may not be there next time.';

/** Warnings of one source that a turn tells one by one; more are counted. */
const toldOfSource = 20;
/** Longest warning, in characters: a trace may carry a whole request. */
const keptText = 8000;
/** Lines of one entry, and plain lines, that are kept. */
const keptLines = 400;

/**
 * Reads stderr for warnings. Traces and warnings are told as they come; plain lines only at the end of a turn that
 * succeeded, since before a failure they are the failure's own words.
 */
export class StderrWarnings {
  #entry: Entry | null = null;
  #entryLines = 0;
  #plain: string[] = [];
  #plainLines = 0;
  readonly #noWebSocket: boolean;
  readonly #told = new Set<string>();
  readonly #counts = new Map<WarningSource, number>();

  /** `noWebSocket`: Codex is led to a proxy of ours, which refuses that. */
  constructor({ noWebSocket = false }: { readonly noWebSocket?: boolean } = {}) {
    this.#noWebSocket = noWebSocket;
  }

  /** A line may belong to the entry before it, so an entry is told when the next one begins, or by {@link flush}. */
  push(line: string): readonly LaneBody[] {
    const text = line.replace(colours, '').trimEnd();
    if (noise.test(text)) return [];
    const traced = trace.exec(text);
    const warned = traced === null ? warning.exec(text) : null;
    if (traced === null && warned === null) {
      if (this.#entry !== null) this.#continue(this.#entry, text);
      else if (text !== '') this.#keepPlain(text);
      return [];
    }
    const bodies = this.flush();
    this.#entryLines = 0;
    this.#entry =
      traced !== null
        ? { shape: 'trace', text: `${traced[1] ?? ''}: ${traced[2] ?? ''}` }
        : { shape: 'warning', text: warned?.[1] ?? '' };
    return bodies;
  }

  #continue(entry: Entry, text: string): void {
    this.#entryLines += 1;
    if (this.#entryLines <= keptLines && entry.text.length <= keptText) entry.text += `\n${text}`;
  }

  /** The last ones: a program's reason stands at the end. */
  #keepPlain(text: string): void {
    this.#plainLines += 1;
    this.#plain.push(text);
    if (this.#plain.length >= 2 * keptLines) this.#plain = this.#plain.slice(-keptLines);
  }

  flush(): readonly LaneBody[] {
    const entry = this.#entry;
    this.#entry = null;
    if (entry === null || (this.#noWebSocket && webSocketRefused.test(entry.text))) return [];
    return this.#tell(entry);
  }

  /** What is left when a turn has succeeded. */
  rest(): readonly LaneBody[] {
    const left = this.flush();
    const lines = this.#plain.slice(-keptLines);
    const before = this.#plainLines - lines.length;
    this.#plain = [];
    this.#plainLines = 0;
    const plain = [...(before > 0 ? [`… ${before} lines before`] : []), ...lines].join('\n');
    return plain === '' ? left : [...left, ...this.#tell({ shape: 'plain', text: plain })];
  }

  /** How many were not told one by one; to be asked once, at the end of the turn. */
  untold(): readonly LaneBody[] {
    return [...this.#counts]
      .filter(([, count]) => count > toldOfSource)
      .map(([source, count]) => {
        const text = `… and ${count - toldOfSource} more`;
        return { kind: 'warning', source, text, code: 'more_warnings' };
      });
  }

  #tell(entry: Entry): readonly LaneBody[] {
    const body = this.#bodyOf(entry);
    if (body === null) return [];
    const count = (this.#counts.get(body.source) ?? 0) + 1;
    this.#counts.set(body.source, count);
    return count <= toldOfSource ? [body] : [];
  }

  #bodyOf(entry: Entry): WarningBody | null {
    const said = cut(entry.text.trim());
    const text = diskIsFull.test(said) ? diskFull : said;
    if (text === '' || this.#told.has(text)) return null;
    // What is only counted need not be known again.
    if (this.#told.size < 1000) this.#told.add(text);
    if (text === diskFull) return { kind: 'warning', source: 'history', text, code: 'disk_full' };
    const refused = /^codex_core::tools::router: error=([\s\S]*)$/.exec(text);
    // Such a call leaves no item at all: without this line nobody would know of it.
    if (refused !== null) {
      const what = `Codex refused a tool call: ${refused[1]}`;
      return { kind: 'warning', source: 'process', text: what, code: 'tool_call_refused' };
    }
    return { kind: 'warning', source: sourceOfText(text), text };
  }
}

function cut(text: string): string {
  return text.length <= keptText ? text : `${text.slice(0, keptText)}… [cut: ${text.length} characters]`;
}
