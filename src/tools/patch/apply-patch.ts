import * as z from 'zod';
import type { FileChange, ItemStatus } from '../../model/index.ts';
import { itemId as asItemId } from '../../model/index.ts';
import type { ToolCall, ToolIo, ToolOutcome } from '../../ports/index.ts';
import { permit } from '../permission.ts';
import type { Tool, ToolTurn } from '../tool.ts';
import { asToolCall, said, wrongArguments } from '../tool.ts';
import { doStep } from './do-step.ts';
import { parsePatch } from './parse.ts';
import { patchGrammar } from './parse-codex.ts';
import { problemText } from './patch.ts';
import type { Step } from './prepare.ts';
import { prepare } from './prepare.ts';
import type { Told } from './tell.ts';
import { changeOf, plannedText, wordsOf } from './tell.ts';

/** What `apply_patch` takes; its JSON Schema below is held against it. */
export const patchArguments = z.strictObject({ input: z.string().min(1) });

const description = `Changes files by a patch: adds, changes, moves and deletes them. A patch looks like this:

*** Begin Patch
*** Add File: path/new.txt
+each line of the new file begins with +
*** Update File: path/old.txt
*** Move to: path/other.txt
@@ class Name
 a line that stays
-a line that goes
+a line that comes
 a line that stays
*** Delete File: path/gone.txt
*** End Patch

"Move to" may be left out. Lines that stay or go are exactly those of the file, and fit one place in it: give three lines around each change, and a line above them behind @@ where they stand in several places. Hunks of a file follow each other from its top to its end, under one header. "*** End of File" behind a hunk says that it ends where the file ends. Paths are relative to the folder of the thread. A unified diff as git writes it is taken, too. Where one part does not fit, nothing is changed.`;

/** Changes files by a patch. */
export function applyPatchTool(turn: ToolTurn): Tool {
  return {
    spec: {
      name: 'apply_patch',
      description,
      parameters: {
        type: 'object',
        properties: { input: { type: 'string', minLength: 1 } },
        required: ['input'],
        additionalProperties: false,
      },
      freeform: { argument: 'input', grammar: { syntax: 'lark', definition: patchGrammar } },
      parallel: false,
    },
    run: async (given, call, io) => {
      const refused = (outcome: ToolOutcome) => asToolCall(call, given, io, async () => outcome);
      const read = patchArguments.safeParse(given);
      if (!read.success) return refused(wrongArguments('apply_patch', read.error));
      const parsed = parsePatch(read.data.input);
      if (!parsed.ok) return refused(said(`${problemText(parsed.problem)}\nNothing was changed.`, 'failed'));
      const prepared = await prepare(turn, parsed.files);
      if (prepared.ok) return change(turn, prepared.steps, call, io);
      const words = [...prepared.problems.map(problemText), 'Nothing was changed.'].join('\n');
      return refused(said(words, 'failed'));
    },
  };
}

async function change(turn: ToolTurn, steps: readonly Step[], call: ToolCall, io: ToolIo): Promise<ToolOutcome> {
  const { itemId } = call;
  const asked = steps.map((step) => changeOf(step, plannedText(step)));
  const tell = (phase: 'started' | 'completed', changes: readonly FileChange[], status: ItemStatus, item = itemId) =>
    io.emit({ kind: 'file_change', phase, changes, status, diffSource: 'runtime', itemId: item });
  tell('started', asked, 'in_progress');
  const places = steps.flatMap((step) => (step.kind === 'move' ? [step.from, step.at] : [step.at]));
  const because = places.flatMap(({ name, why }) => (why === null ? [] : [`${name}: ${why}`]));
  const permitted = await permit(
    {
      policy: turn.policy,
      acts: places.map(({ kind }) => ({ kind: 'edit', place: kind })),
      subject: 'file_change',
      what: places.map(({ real }) => real).join('\n'),
      ...(because.length === 0 ? {} : { because: because.join('\n') }),
      itemId,
    },
    io,
  );
  if (permitted.kind === 'refused') {
    tell('completed', asked, 'declined');
    return permitted.outcome;
  }
  await io.beforeChange(places.map(({ real }) => real));
  const told: Told[] = [];
  for (const step of steps) {
    const stopped = { ok: false, words: 'the turn was stopped before it.' } as const;
    told.push({ step, done: io.signal.aborted ? stopped : await doStep(step, turn.files) });
  }
  const done = told.flatMap(({ step, done: end }) => (end.ok ? [changeOf(step, end.text)] : []));
  const failed = told.flatMap(({ step, done: end }) => (end.ok ? [] : [changeOf(step, plannedText(step))]));
  // A row has one status: what was not done is a row of its own beside what was.
  tell('completed', done.length > 0 ? done : failed, done.length > 0 ? 'completed' : 'failed');
  if (done.length > 0 && failed.length > 0) {
    const rest = asItemId(`${itemId}:failed`);
    tell('started', failed, 'in_progress', rest);
    tell('completed', failed, 'failed', rest);
  }
  io.signal.throwIfAborted();
  return said(wordsOf(told), failed.length === 0 ? 'completed' : 'failed');
}
