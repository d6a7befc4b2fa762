import { lstat } from 'node:fs/promises';
import { messageOf } from '../../model/index.ts';
import type { WorkspaceFiles } from '../../ports/index.ts';
import type { ResolvedPath } from '../paths/index.ts';
import { resolvePath } from '../paths/index.ts';
import type { ToolTurn } from '../tool.ts';
import type { FileState, OnDisk } from './file-state.ts';
import { stateOf } from './file-state.ts';
import type { FilePatch, PatchProblem } from './patch.ts';
import { planFile } from './plan-file.ts';

type OpenPath = Exclude<ResolvedPath, { readonly kind: 'refused' }>;

/** A file that another one is, or becomes. */
export type Text = {
  readonly text: string;
  readonly disk: OnDisk;
  readonly isHeld: boolean;
  /** Reading it asks the user: nothing of it is told beyond what the model knows already. */
  readonly isShut: boolean;
};

/** What is to be done to one file, all of it known. */
export type Step =
  | {
      readonly kind: 'add';
      readonly at: OpenPath;
      readonly after: string;
      readonly bytes: Uint8Array;
      readonly mode: number | null;
    }
  | {
      readonly kind: 'update';
      readonly at: OpenPath;
      readonly before: Text;
      readonly after: string;
      readonly bytes: Uint8Array | null;
    }
  | { readonly kind: 'delete'; readonly at: OpenPath; readonly before: Text }
  | {
      readonly kind: 'move';
      readonly from: OpenPath;
      readonly at: OpenPath;
      readonly before: Text;
      readonly after: string;
      readonly bytes: Uint8Array;
    };

export type Prepared =
  | { readonly ok: true; readonly steps: readonly Step[] }
  | { readonly ok: false; readonly problems: readonly PatchProblem[] };

/** Most bytes of all files of one patch together. */
const mostBytes = 64 * 1024 * 1024;

/** Finds out what a patch does, file by file, before anything is done. Never rejects. */
export async function prepare(turn: ToolTurn, patches: readonly FilePatch[]): Promise<Prepared> {
  const steps: Step[] = [];
  const problems: PatchProblem[] = [];
  const reached = new Map<string, string>();
  let bytes = 0;
  for (const patch of patches) {
    const step = await prepareOne(turn, patch, reached);
    if (!('words' in step)) bytes += sizeOf(step);
    if (bytes > mostBytes) {
      const words = `with it the files of the patch have more than ${mostBytes} bytes. Send it in parts.`;
      return { ok: false, problems: [...problems, { at: patch.at, path: patch.path, words }] };
    }
    if ('words' in step) problems.push({ at: step.at ?? patch.at, path: step.path ?? patch.path, words: step.words });
    else steps.push(step);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, steps };
}

function sizeOf(step: Step): number {
  return step.kind === 'add' ? step.bytes.length : step.before.disk.bytes.length;
}

/** Which line it is that does not fit would tell what stands there. */
const shutWords =
  'the patch does not fit it. No more is said, as reading this file asks the user: read it with read_file first.';

type Problem = { readonly words: string; readonly at?: number | null; readonly path?: string | null };

async function prepareOne(turn: ToolTurn, patch: FilePatch, reached: Map<string, string>): Promise<Step | Problem> {
  const { files } = turn;
  const at = await resolvePath(turn, patch.path, 'write');
  if (at.kind === 'refused') return { words: at.why };
  const state = await stateOf(at.real, files);
  const twice = reach(reached, patch.path, at.real, state);
  if (twice !== null) return twice;
  const to = patch.kind === 'update' && patch.moveTo !== null ? await target(turn, patch.moveTo, reached) : null;
  if (to !== null && 'words' in to) return to;
  if ((patch.kind === 'delete' || to !== null) && (await isLink(at.path)))
    return { words: `it is a link to ${at.name}. A link is neither deleted nor moved here.` };
  const planned = planFile(patch, state, to?.state ?? null);
  const isShut = at.kind !== 'inside' && (await resolvePath(turn, patch.path, 'read')).kind !== 'inside';
  if (!planned.ok) return isShut && state.kind === 'text' ? { ...planned.problem, words: shutWords } : planned.problem;
  const { after } = planned;
  if (state.kind !== 'text') {
    const made = await encoded(files, at.real, after ?? '', null);
    const mode = patch.kind === 'add' && patch.executable ? 0o755 : null;
    return typeof made === 'string' ? { words: made } : { kind: 'add', at, after: after ?? '', bytes: made, mode };
  }
  const before = { text: state.text, disk: state.disk, isHeld: state.held !== null, isShut };
  if (state.held?.isDirty === true && (after === null || to !== null))
    return { words: 'it is open in the editor with changes that are not saved, and so is neither deleted nor moved.' };
  if (after === null) return { kind: 'delete', at, before };
  const odd = notebookProblem(to?.at.real ?? at.real, after);
  if (odd !== null) return { words: odd };
  // What an editor holds it writes itself; only where its encoding is known can be told whether it can.
  if (to === null && before.isHeld && state.disk.encoding === null)
    return { kind: 'update', at, before, after, bytes: null };
  const bytes = await encoded(files, at.real, after, before);
  if (typeof bytes === 'string') return { words: bytes };
  return to === null
    ? { kind: 'update', at, before, after, bytes }
    : { kind: 'move', from: at, at: to.at, before, after, bytes };
}

async function target(
  turn: ToolTurn,
  path: string,
  reached: Map<string, string>,
): Promise<{ readonly at: OpenPath; readonly state: FileState } | Problem> {
  const at = await resolvePath(turn, path, 'write');
  if (at.kind === 'refused') return { words: at.why, path };
  const state = await stateOf(at.real, turn.files);
  return reach(reached, path, at.real, state) ?? { at, state };
}

/** Two names of a patch that lead to one file, by a link or by their case: the second would undo what the first did. */
function reach(reached: Map<string, string>, path: string, real: string, state: FileState): Problem | null {
  const keys = [real, ...(state.kind === 'text' ? [state.disk.identity] : [])];
  const other = keys.map((key) => reached.get(key)).find((name) => name !== undefined);
  for (const key of keys) reached.set(key, path);
  return other === undefined ? null : { words: `it is the same file as ${other}, which the patch names, too.`, path };
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

/** The bytes of a text, as its file has them; else why there are none. */
async function encoded(
  files: WorkspaceFiles,
  real: string,
  text: string,
  before: Text | null,
): Promise<Uint8Array | string> {
  if (before === null) {
    const empty = await files.decode(real, new Uint8Array());
    const encoding = empty?.encoding ?? 'utf8';
    return (await files.encode(real, { text, encoding })) ?? `its encoding, ${encoding}, can’t write this text.`;
  }
  const { disk } = before;
  if (text === before.text && !before.isHeld) return disk.bytes;
  const { encoding } = disk;
  if (encoding === null) return 'its encoding is not known here.';
  const old = before.isHeld ? null : await files.encode(real, { text: before.text, encoding });
  if (!before.isHeld && (old === null || !disk.bytes.equals(old)))
    return `its bytes are not those of ${encoding} throughout, and lines that the patch does not name would change.`;
  return (await files.encode(real, { text, encoding })) ?? `its encoding, ${encoding}, can’t write this text.`;
}

function notebookProblem(real: string, text: string): string | null {
  if (!real.endsWith('.ipynb')) return null;
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `it would be no notebook any more: ${messageOf(error)}`;
  }
}
