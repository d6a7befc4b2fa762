import { applyHunks } from './apply.ts';
import type { FilePatch, PatchProblem } from './patch.ts';

/** What stands at a path. */
export type Standing =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  /** Something that no patch can be applied to; `words` say what. */
  | { readonly kind: 'odd'; readonly words: string };

export type Planned =
  /** Null: no file. */
  | { readonly ok: true; readonly before: string | null; readonly after: string | null }
  | { readonly ok: false; readonly problem: PatchProblem };

/** What a file becomes; nothing is done. @param target what stands where it is moved to; null = it is not moved */
export function planFile(file: FilePatch, source: Standing, target: Standing | null): Planned {
  const { at, path } = file;
  const failed = (words: string, line = at): Planned => ({ ok: false, problem: { at: line, path, words } });
  if (source.kind === 'odd') return failed(source.words);
  switch (file.kind) {
    case 'add':
      if (source.kind === 'text') return failed("the file is there already: change it with '*** Update File:'.");
      return { ok: true, before: null, after: file.text };
    case 'delete': {
      if (source.kind === 'none') return failed('there is no such file to delete.');
      if (file.hunks === null) return { ok: true, before: source.text, after: null };
      const rest = applyHunks(source.text, file.hunks);
      if (!rest.ok) return failed(rest.words, rest.at);
      if (rest.text !== '') return failed('the file is to be deleted and has lines that the patch does not name.');
      return { ok: true, before: source.text, after: null };
    }
    case 'update': {
      if (source.kind === 'none') return failed('there is no such file to change.');
      if (target !== null && target.kind !== 'none')
        return failed(`it can’t be moved to ${file.moveTo}: something is there already.`);
      const applied = applyHunks(source.text, file.hunks);
      if (!applied.ok) return failed(applied.words, applied.at);
      if (applied.text === source.text && file.moveTo === null)
        return failed('nothing would change: the lines that come are those that are there.');
      return { ok: true, before: source.text, after: applied.text };
    }
  }
}
