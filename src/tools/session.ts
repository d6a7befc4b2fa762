import { realpath } from 'node:fs/promises';
import type { LaneEvent } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { Editor, LaneTurn, Log, ToolCall, ToolIo, ToolOutcome, Tools, WorkspaceFiles } from '../ports/index.ts';
import { toolsOf } from './catalog.ts';
import type { RipgrepPlaces } from './look/index.ts';
import { findRipgrep } from './look/index.ts';
import type { ShellTurn } from './shell/index.ts';
import type { Tool } from './tool.ts';
import { asToolCall, said } from './tool.ts';

export type ToolsDeps = {
  /** False: the user switched them off. */
  readonly wanted: () => boolean;
  readonly files: WorkspaceFiles;
  /** Where ripgrep may be, beside the editor's own. */
  readonly ripgrep: RipgrepPlaces;
  readonly editor: () => Editor | null;
  readonly commands: ShellTurn['commands'];
  readonly log: Log;
};

/** The tools that a lane of ours offers to a model. */
export function createTools(deps: ToolsDeps): Tools {
  let found: string | null = null;
  const ripgrep = async (): Promise<string | null> => {
    const { places, env } = deps.ripgrep;
    found ??= await findRipgrep({ places: () => [...deps.files.ripgrep(), ...places()], env });
    return found;
  };
  return {
    offered: (cwd) => cwd !== null && deps.wanted(),
    open: async ({ cwd, policy, addDirs, threadId }: LaneTurn) => {
      if (cwd === null || !deps.wanted()) return null;
      const real = await realpath(cwd).catch(() => null);
      if (real === null) return null;
      const count = { sandboxed: 0, unsandboxed: 0 };
      const onCommand = (sandboxed: boolean): void => {
        count[sandboxed ? 'sandboxed' : 'unsandboxed'] += 1;
      };
      const { files, commands } = deps;
      const given = { policy, addDirs, threadId, files, ripgrep, commands, onCommand };
      const tools = toolsOf({ ...given, cwd: real, editor: deps.editor() });
      return {
        specs: tools.map(({ spec }) => spec),
        call: (call, io) => callOf(tools, call, io, deps.log),
        commands: () => ({ ...count }),
        end: async () => {
          await Promise.allSettled(tools.map((tool) => tool.end?.()));
        },
      };
    },
  };
}

async function callOf(tools: readonly Tool[], call: ToolCall, io: ToolIo, log: Log): Promise<ToolOutcome> {
  const refused = (given: unknown, words: string) => asToolCall(call, given, io, async () => said(words, 'failed'));
  const tool = tools.find(({ spec }) => spec.name === call.name);
  if (tool === undefined) return refused(call.input, `There is no tool ${call.name.slice(0, 80)}.`);
  let given: unknown;
  try {
    given = JSON.parse(call.input === '' ? '{}' : call.input);
  } catch (error) {
    return refused(call.input, `The arguments of ${call.name} are no JSON: ${messageOf(error)}`);
  }
  const told: LaneEvent[] = [];
  const emit = (event: LaneEvent): void => {
    if (event.itemId === call.itemId) told[0] = event;
    io.emit(event);
  };
  try {
    return await tool.run(given, call, { ...io, emit });
  } catch (error) {
    if (io.signal.aborted) throw error;
    log.error(`the tool ${call.name} failed`, error);
    const words = `The tool ${call.name} failed because of a defect in the extension: ${messageOf(error)}`;
    const [last] = told;
    if (last === undefined) return refused(given, words);
    // What was begun is ended as what it is: begun anew it would be a second item.
    const end = failedEnd(last, words);
    if (end !== null) io.emit(end);
    return said(words, 'failed');
  }
}

/** Null = its item has ended, or has no end. */
function failedEnd(last: LaneEvent, result: string): LaneEvent | null {
  const over = { phase: 'completed', status: 'failed' } as const;
  switch (last.kind) {
    case 'command_execution': {
      if (last.phase === 'completed') return null;
      const { outputDelta: _, ...rest } = last;
      return { ...rest, ...over };
    }
    case 'file_change':
      return last.phase === 'completed' ? null : { ...last, ...over };
    case 'tool_call':
      return last.phase === 'completed' ? null : { ...last, ...over, result };
    default:
      return null;
  }
}
