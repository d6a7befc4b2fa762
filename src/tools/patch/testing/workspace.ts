import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LaneEvent, ToolPolicy } from '../../../model/index.ts';
import { itemId } from '../../../model/index.ts';
import type { ApprovalAnswer, ApprovalRequest, ToolOutcome, WorkspaceFiles } from '../../../ports/index.ts';
import { plainFiles } from '../../plain-files.ts';
import { applyPatchTool } from '../index.ts';

export type Run = {
  readonly outcome: ToolOutcome;
  readonly text: string;
  readonly events: readonly LaneEvent[];
  readonly questions: readonly ApprovalRequest[];
  /** What was kept before the first write, by path in the folder. */
  readonly kept: readonly string[];
};

type RunOptions = {
  readonly policy?: ToolPolicy;
  readonly files?: Partial<WorkspaceFiles>;
  readonly answer?: (request: ApprovalRequest) => Promise<ApprovalAnswer>;
  readonly beforeChange?: () => Promise<void>;
  readonly signal?: AbortSignal;
};

/** A folder on the disk that the tool works in. */
export class PatchWorkspace {
  readonly cwd: string;
  readonly #around: string;

  private constructor(around: string) {
    this.#around = around;
    this.cwd = join(around, 'work');
  }

  static async open(files: Readonly<Record<string, string>> = {}): Promise<PatchWorkspace> {
    const workspace = new PatchWorkspace(await realpath(await mkdtemp(join(tmpdir(), 'patch-'))));
    await mkdir(workspace.cwd);
    for (const [name, text] of Object.entries(files)) await workspace.write(name, text);
    return workspace;
  }

  path(name: string): string {
    return join(this.cwd, name);
  }

  /** Beside the folder, outside of it. */
  outside(name: string): string {
    return join(this.#around, name);
  }

  async write(name: string, text: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), text);
  }

  async read(name: string): Promise<string> {
    return (await readFile(this.path(name))).toString();
  }

  /** All files below the folder with their texts. */
  async all(): Promise<Readonly<Record<string, string>>> {
    const names = await readdir(this.cwd, { recursive: true });
    const found: Record<string, string> = {};
    for (const name of names.sort()) if ((await lstat(this.path(name))).isFile()) found[name] = await this.read(name);
    return found;
  }

  async run(patch: string, options: RunOptions = {}): Promise<Run> {
    const { policy = 'auto-edit', files = {}, answer, beforeChange, signal } = options;
    const events: LaneEvent[] = [];
    const questions: ApprovalRequest[] = [];
    const kept: string[] = [];
    const tool = applyPatchTool({
      ...{ cwd: this.cwd, policy, addDirs: [], editor: null, ripgrep: async () => null },
      files: { ...plainFiles(), ...files },
    });
    const fill = async (request: ApprovalRequest): Promise<ApprovalAnswer> => {
      questions.push(request);
      if (answer === undefined) throw new Error(`asked: ${request.what}`);
      return answer(request);
    };
    const call = { itemId: itemId('item'), name: 'apply_patch', input: '' };
    const outcome = await tool.run({ input: patch }, call, {
      emit: (event) => void events.push(event),
      approvals: { fill, ask: async (request) => (await fill(request)).decision },
      beforeChange: async (paths) => {
        kept.push(...paths.map((path) => path.slice(this.cwd.length + 1)));
        await beforeChange?.();
      },
      signal: signal ?? new AbortController().signal,
    });
    const text = outcome.parts.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n');
    return { outcome, text, events, questions, kept };
  }

  async close(): Promise<void> {
    await rm(this.#around, { recursive: true, force: true });
  }
}
