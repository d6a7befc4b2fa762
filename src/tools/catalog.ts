import { lookingTools } from './editor/index.ts';
import { lookTools } from './look/index.ts';
import { applyPatchTool } from './patch/index.ts';
import { planTool } from './plan.ts';
import type { ShellTurn } from './shell/index.ts';
import { shellTool } from './shell/index.ts';
import type { Tool } from './tool.ts';

/** The tools of a turn, in the order in which the model is told of them. */
export function toolsOf(turn: ShellTurn): readonly Tool[] {
  const { editor, cwd } = turn;
  const looking = editor === null ? [] : lookingTools(editor, cwd);
  return [planTool(), ...lookTools(turn), applyPatchTool(turn), shellTool(turn), ...looking];
}
