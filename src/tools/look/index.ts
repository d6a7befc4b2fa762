import type { Tool, ToolTurn } from '../tool.ts';
import { listFilesTool } from './list-files.ts';
import { openPlaces } from './place.ts';
import { readFileTool } from './read-file.ts';
import { searchFilesTool } from './search-files.ts';
import { viewImageTool } from './view-image.ts';

export { findRipgrep, type RipgrepPlaces } from './ripgrep.ts';

/** The tools that look at files. None of them looks at anything before it is called. */
export function lookTools(turn: ToolTurn): readonly Tool[] {
  const openPlace = openPlaces(turn);
  return [
    readFileTool(turn, openPlace),
    listFilesTool(turn, openPlace),
    searchFilesTool(turn, openPlace),
    viewImageTool(openPlace),
  ];
}
