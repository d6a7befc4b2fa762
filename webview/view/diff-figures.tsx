import type { JSX } from 'preact';
import { t } from '../strings.ts';

/** Added and removed lines of a unified diff. */
export function diffFigures(diff: string): { readonly added: number; readonly removed: number } {
  const lines = changedLines(diff);
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  };
}

/** `+4 −2`, for eyes and ears. */
export function DiffFigures(props: { readonly added: number; readonly removed: number }): JSX.Element {
  return (
    <span class="diff-figures">
      <span class="ok">
        <span aria-hidden="true">+{props.added}</span>
        <span class="sr-only">{t('linesAdded', props.added)}</span>
      </span>{' '}
      <span class="error">
        <span aria-hidden="true">−{props.removed}</span>
        <span class="sr-only">{t('linesRemoved', props.removed)}</span>
      </span>
    </span>
  );
}

/** From the first hunk on; a diff without hunks is taken whole. */
export function changedLines(diff: string): readonly string[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  if (first < 0) return lines;
  const body = lines.slice(first).filter((line) => !line.startsWith('\\ '));
  // The place of a single hunk is noise; between several it says that lines are left out.
  return body.filter((line) => line.startsWith('@@')).length === 1 ? body.slice(1) : body;
}
