import type * as z from 'zod';
import type { ToolPolicy } from '../model/index.ts';
import type { Editor, ToolCall, ToolIo, ToolOutcome, ToolSpec, WorkspaceFiles } from '../ports/index.ts';

/** What the tools of one turn share. */
export type ToolTurn = {
  /** The thread's folder, its links resolved. */
  readonly cwd: string;
  readonly policy: ToolPolicy;
  /** Absolute paths of folders beside it that the user added. */
  readonly addDirs: readonly string[];
  readonly files: WorkspaceFiles;
  /** Finds ripgrep, at its first call; null = there is none. */
  readonly ripgrep: () => Promise<string | null>;
  /** Null = there is none. */
  readonly editor: Editor | null;
};

/** One tool of a turn. */
export type Tool = {
  /** Its parameters are written by hand: the bundle has no writer of JSON Schema. A test holds them against the validator. */
  readonly spec: ToolSpec;
  /** `given`: the parsed JSON of the call. Tells its item. Rejects for the signal alone. */
  readonly run: (given: unknown, call: ToolCall, io: ToolIo) => Promise<ToolOutcome>;
  /** Ends what it still runs. */
  readonly end?: () => Promise<void>;
};

/** An outcome that is words alone. */
export function said(words: string, status: ToolOutcome['status'] = 'completed'): ToolOutcome {
  return { parts: [{ type: 'text', text: words }], status };
}

/** What the model is told when its arguments don't fit: each by its name and what is wrong with it. */
export function wrongArguments(tool: string, { issues }: z.ZodError): ToolOutcome {
  const named = issues.map(({ path, message }) => `${path.length === 0 ? 'arguments' : path.join('.')}: ${message}`);
  return said(`The arguments of ${tool} don’t fit: ${named.join('; ')}`, 'failed');
}

/** Most of a result that is kept in the log, in characters: the model got all of it. */
const mostKept = 8000;

/** Tells a call that has no item of its own kind, from its start to its end. */
export async function asToolCall(
  call: ToolCall,
  given: unknown,
  io: ToolIo,
  run: () => Promise<ToolOutcome>,
): Promise<ToolOutcome> {
  const { name, itemId } = call;
  io.emit({ kind: 'tool_call', phase: 'started', name, arguments: given, status: 'in_progress', itemId });
  const outcome = await run();
  const { status, parts } = outcome;
  const whole = parts.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n');
  const left = whole.length - mostKept;
  const result = left <= 0 ? whole : `${whole.slice(0, mostKept)}\n… (${left} more characters, which are not kept)`;
  io.emit({ kind: 'tool_call', phase: 'completed', name, arguments: given, result, status, itemId });
  return outcome;
}
