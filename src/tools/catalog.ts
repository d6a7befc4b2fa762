import { planTool } from './plan.ts';
import type { Tool, ToolTurn } from './tool.ts';

/** The tools of a turn, in the order in which the model is told of them. */
export function toolsOf(_turn: ToolTurn): readonly Tool[] {
  return [planTool()];
}
