import type { Translate } from '../translate.ts';

type ChangedFile = { readonly path: string; readonly kind: string; readonly added: number; readonly removed: number };

/** Most files that a question names. */
const most = 10;

/** What merging would do, for the question before it. */
export function mergeDetail(origin: string, files: readonly ChangedFile[], t: Translate): string {
  return [
    t(
      '{0} of {1} would change as they did in the worktree, all of them or none; what is staged stays as it is.',
      countOf(files.length, t),
      origin,
    ),
    namesOf(files, t),
    t('The worktree is removed afterwards, and the thread goes on in the folder itself.'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** What discarding would do. */
export function discardDetail(files: readonly ChangedFile[], t: Translate): string {
  const left = t('{0} with changes would leave the thread.', countOf(files.length, t));
  const kept = t('What it holds is kept under a Git reference, so that it can be had back.');
  return [
    files.length === 0 ? t('It has no changes.') : `${left} ${kept}`,
    namesOf(files, t),
    t('The worktree is removed afterwards, and the thread goes on in the folder itself.'),
  ]
    .filter(Boolean)
    .join('\n\n');
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
