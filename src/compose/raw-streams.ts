import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../model/index.ts';
import { writeFileAtomic } from '../node/index.ts';
import type { Log, OpenRawStream, RawStream, RawStreamEnd } from '../ports/index.ts';
import { redactEvent, redactText } from '../transcript/index.ts';

export type RawStreamsDeps = {
  /** Whether streams are kept at all. */
  readonly wanted: () => boolean;
  /** Makes the data home. */
  readonly home: () => Promise<string>;
  /** Values that must not be written. */
  readonly secrets: () => readonly string[];
  readonly log: Log;
  /** Bytes of one turn. Default 20 MB. */
  readonly turnBytes?: number;
  /** Bytes of all turns together; the oldest are removed first. Default 200 MB. */
  readonly totalBytes?: number;
};

const folderName = 'raw';
const megabyte = 1_000_000;
/**
 * Keeps what a lane reads, as it came, for reports of defects: `raw/<thread>/<turn>.jsonl`, and beside it how it ended as
 * `<turn>.meta.json`. Secrets are taken out before the first write; what does not fit is cut, with a mark.
 */
export function createRawStreams(deps: RawStreamsDeps): OpenRawStream {
  return ({ threadId, turnId }) => {
    const named = [threadId, turnId].every((id) => /^[\w-]+$/.test(id));
    return deps.wanted() && named ? new KeptStream(deps, join(threadId, turnId)) : null;
  };
}

class KeptStream implements RawStream {
  readonly #deps: RawStreamsDeps;
  readonly #name: string;
  #file: FileHandle | null = null;
  #waiting: string[] = [];
  #written = 0;
  #cutLines = 0;
  #failed = false;
  #work: Promise<void>;

  constructor(deps: RawStreamsDeps, name: string) {
    this.#deps = deps;
    this.#name = name;
    this.#work = this.#safely(async () => {
      const path = await this.#path('jsonl');
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      this.#file = await open(path, 'a', 0o600);
    });
  }

  line(text: string): void {
    if (this.#failed) return;
    if (this.#cutLines > 0) {
      this.#cutLines += 1;
      return;
    }
    const safe = `${redactLine(text, this.#deps.secrets())}\n`;
    const size = Buffer.byteLength(safe);
    const { turnBytes = 20 * megabyte } = this.#deps;
    if (this.#written + size > turnBytes) {
      this.#cutLines = 1;
      return;
    }
    this.#written += size;
    // What comes while something is written goes together with the next write.
    if (this.#waiting.push(safe) === 1) this.#flush();
  }

  async end(end: RawStreamEnd): Promise<void> {
    if (this.#cutLines > 0) {
      this.#waiting.push(`${JSON.stringify({ type: 'codex_lanes.cut', lines: this.#cutLines })}\n`);
    }
    this.#flush();
    this.#work = this.#work.then(() =>
      this.#safely(async () => {
        await this.#file?.close();
        if (this.#failed) return;
        const secrets = this.#deps.secrets();
        const stderr = end.stderr.split('\n').map((line) => redactLine(line, secrets));
        const told = { ...redactEvent({ end }, secrets).end, stderr: stderr.join('\n') };
        await writeFileAtomic(await this.#path('meta.json'), `${JSON.stringify(told, null, 1)}\n`);
        await this.#makeRoom();
      }),
    );
    await this.#work;
  }

  #flush(): void {
    this.#work = this.#work.then(() =>
      this.#safely(async () => {
        const text = this.#waiting.splice(0).join('');
        if (!this.#failed && text !== '') await this.#file?.writeFile(text);
      }),
    );
  }

  async #path(kind: string): Promise<string> {
    return join(await this.#deps.home(), folderName, `${this.#name}.${kind}`);
  }

  /** A stream that can't be kept is told once, and the turn goes on. */
  async #safely(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#failed) this.#deps.log.warn(`a raw stream is not kept: ${messageOf(error)}`);
      this.#failed = true;
    }
  }

  async #makeRoom(): Promise<void> {
    const { totalBytes = 200 * megabyte } = this.#deps;
    const root = join(await this.#deps.home(), folderName);
    const turns = new Map<string, { size: number; at: number; readonly paths: string[] }>();
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const found = await stat(path).catch(() => null);
      if (found === null) continue;
      const name = join(entry.parentPath, entry.name.replace(/\.(?:jsonl|meta\.json)$/, ''));
      const turn = turns.get(name) ?? { size: 0, at: 0, paths: [] };
      turn.size += found.size;
      turn.at = Math.max(turn.at, found.mtimeMs);
      turn.paths.push(path);
      turns.set(name, turn);
    }
    let total = [...turns.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [name, { size, paths }] of [...turns].sort(([, a], [, b]) => a.at - b.at)) {
      if (total <= totalBytes) break;
      for (const path of paths) await rm(path, { force: true });
      // Not when another turn of the thread is still in it.
      await rmdir(dirname(name)).catch(() => undefined);
      total -= size;
    }
  }
}

/**
 * A line without secrets. JSON is looked through value by value, since an escape in front of a token hides it from a
 * search in the text; a line without a find stays as it came.
 */
function redactLine(line: string, secrets: readonly string[]): string {
  // Of server-sent events, too.
  const field = /^data: ?/.exec(line)?.[0] ?? '';
  let value: unknown;
  try {
    value = JSON.parse(line.slice(field.length));
  } catch {
    return redactText(line, secrets);
  }
  const whole = { value };
  const redacted = redactEvent(whole, secrets);
  return redactText(redacted === whole ? line : `${field}${JSON.stringify(redacted.value)}`, secrets);
}
