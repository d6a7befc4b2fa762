import type { WorkspaceFiles } from '../../ports/index.ts';
import type { FileState } from './file-state.ts';
import { stateOf } from './file-state.ts';
import type { Step } from './prepare.ts';
import { createFile, removeFile, replaceFile } from './write-file.ts';

export type Done =
  /** `text`: what stands there now; null = no file. `isUnsaved`: in the editor alone. */
  | { readonly ok: true; readonly text: string | null; readonly isUnsaved: boolean }
  /** Words that follow the file's name. */
  | { readonly ok: false; readonly words: string };

const changed = 'it was changed since it was read, and was left as it is. Read it again.';

/** Does one step whole, or not at all. */
export async function doStep(step: Step, files: WorkspaceFiles): Promise<Done> {
  switch (step.kind) {
    case 'add':
      return ended(await createFile(step.at.real, step.bytes, step.mode), step.after);
    case 'delete':
      return (await isSame(step.before, step.at.real, files))
        ? ended(await removeFile(step.at.real, step.before.disk), null)
        : { ok: false, words: changed };
    case 'move':
      return move(step, files);
    case 'update':
      return update(step, files);
  }
}

async function update(step: Extract<Step, { readonly kind: 'update' }>, files: WorkspaceFiles): Promise<Done> {
  const { at, before, after, bytes } = step;
  const now = await stateOf(at.real, files);
  if (now.kind !== 'text' || now.text !== before.text) return { ok: false, words: changed };
  if (now.held !== null) {
    const replaced = await files.replace(at.real, before.text, after);
    switch (replaced.kind) {
      case 'done':
        return { ok: true, text: replaced.text, isUnsaved: !replaced.saved };
      case 'changed':
        return { ok: false, words: changed };
      case 'refused':
        return { ok: false, words: `the editor that has it open did not take the change: ${replaced.why}` };
    }
  }
  // An editor that had changes of its own was closed: what it held is gone.
  if (bytes === null) return { ok: false, words: changed };
  return ended(await replaceFile(at.real, bytes, now.disk), after);
}

async function move(step: Extract<Step, { readonly kind: 'move' }>, files: WorkspaceFiles): Promise<Done> {
  const { from, at, before, after, bytes } = step;
  if (!(await isSame(before, from.real, files))) return { ok: false, words: changed };
  const made = await createFile(at.real, bytes, before.disk.mode);
  if (made !== null) return { ok: false, words: `${at.name}: ${made}` };
  const gone = await removeFile(from.real, before.disk);
  if (gone === null) return { ok: true, text: after, isUnsaved: false };
  const there = await stateOf(at.real, files);
  const undone = there.kind === 'text' ? await removeFile(at.real, there.disk) : 'it is gone.';
  return { ok: false, words: undone === null ? gone : `${gone} It stands at ${at.name}, too.` };
}

async function isSame(before: { readonly text: string }, real: string, files: WorkspaceFiles): Promise<boolean> {
  const now: FileState = await stateOf(real, files);
  return now.kind === 'text' && now.text === before.text && now.held?.isDirty !== true;
}

function ended(failure: string | null, text: string | null): Done {
  return failure === null ? { ok: true, text, isUnsaved: false } : { ok: false, words: failure };
}
