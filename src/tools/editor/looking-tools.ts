import * as z from 'zod';
import type { Editor } from '../../ports/index.ts';
import type { Tool } from '../tool.ts';
import { asToolCall, said, wrongArguments } from '../tool.ts';
import type { LookAnswer } from './editor-tools.ts';
import { lookAtOpenFiles, lookAtProblems, lookAtSelection } from './editor-tools.ts';

const pathWords = 'Relative to the workspace: only the problems of this file.';

/** What `workspace_problems` takes. */
export const problemsArguments = z.strictObject({ path: z.string().optional().describe(pathWords) });

/** What the other looks take. */
export const noArguments = z.strictObject({});

/** Looks at what the window shows, of files in the turn's folder alone. */
export function lookingTools(editor: Editor, cwd: string): readonly Tool[] {
  return [
    look(
      'workspace_problems',
      'Problems (errors, warnings) that the language tools of the user’s editor show for files of this workspace.',
      problemsArguments,
      { path: { type: 'string', description: pathWords } },
      ({ path = null }) => lookAtProblems(editor, cwd, path),
    ),
    look(
      'editor_open_files',
      'Files of this workspace that the user has open in the editor, and which one is active.',
      noArguments,
      {},
      () => lookAtOpenFiles(editor, cwd),
    ),
    look(
      'editor_selection',
      'What the user has selected in the active editor: its file, place and text.',
      noArguments,
      {},
      () => lookAtSelection(editor, cwd),
    ),
  ];
}

function look<Shape extends z.ZodType>(
  name: string,
  description: string,
  schema: Shape,
  properties: Readonly<Record<string, unknown>>,
  answer: (given: z.infer<Shape>) => Promise<LookAnswer>,
): Tool {
  return {
    spec: {
      name,
      description,
      parameters: { type: 'object', properties, additionalProperties: false },
      parallel: true,
    },
    run: (given, call, io) =>
      asToolCall(call, given, io, async () => {
        const read = schema.safeParse(given);
        if (!read.success) return wrongArguments(name, read.error);
        const { text, success } = await answer(read.data);
        return said(text, success ? 'completed' : 'failed');
      }),
  };
}
