import { realpath } from 'node:fs/promises';
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
  try {
    return await tool.run(given, call, io);
  } catch (error) {
    if (io.signal.aborted) throw error;
    log.error(`the tool ${call.name} failed`, error);
    return refused(given, `The tool ${call.name} failed because of a defect in the extension: ${messageOf(error)}`);
  }
}
