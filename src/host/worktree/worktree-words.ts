import type { Translate } from '../translate.ts';

type ChangedFile = { readonly path: string; readonly kind: string; readonly added: number; readonly removed: number };

/** Most files that a question names. */
const most = 10;

/** What merging would do, for the question before it. */
export function mergeDetail(origin: string, files: readonly ChangedFile[], t: Translate): string {
  const changes = t(
    '{0} of {1} would change as they did in the worktree, all of them or none; what is staged stays as it is.',
    countOf(files.length, t),
    origin,
  );
  return paragraphs([
    files.length === 0 ? t('It has no changes, so nothing in {0} would change.', origin) : changes,
    namesOf(files, t),
    afterwards(t),
  ]);
}

/** What discarding would do. `unknown`: why nobody can say what it holds; else its files. */
export function discardDetail(
  found: { readonly files: readonly ChangedFile[] } | { readonly unknown: string },
  t: Translate,
): string {
  const kept = t('What it holds is kept under a Git reference, so that it can be had back.');
  if ('unknown' in found) return paragraphs([found.unknown, afterwards(t)]);
  const left = t('{0} with changes would leave the thread.', countOf(found.files.length, t));
  return paragraphs([
    found.files.length === 0 ? t('It has no changes.') : `${left} ${kept}`,
    namesOf(found.files, t),
    afterwards(t),
  ]);
}

function afterwards(t: Translate): string {
  return t(
    'The worktree is removed afterwards, with the files in it that Git ignores, and the thread goes on in the folder itself.',
  );
}

function paragraphs(parts: readonly string[]): string {
  return parts.filter(Boolean).join('\n\n');
}

/** Why nothing was merged, with the files that stand against it. */
export function conflictText(message: string, conflicts: readonly string[], t: Translate): string {
  if (conflicts.length === 0) return message;
  const names = conflicts.slice(0, most).join('\n');
  const more = conflicts.length > most ? `\n${t('and {0} more', conflicts.length - most)}` : '';
  return `${message}\n\n${names}${more}`;
}

export function countOf(files: number, t: Translate): string {
  return files === 1 ? t('1 file') : t('{0} files', files);
}

function namesOf(files: readonly ChangedFile[], t: Translate): string {
  const named = files.slice(0, most).map(({ path, added, removed }) => `${path} +${added} −${removed}`);
  return [...named, ...(files.length > most ? [t('and {0} more', files.length - most)] : [])].join('\n');
}
