import type { JSX } from 'preact';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

/** Where the thread works while that is not the folder itself, and what becomes of it. */
export function WorktreeBar(): JSX.Element | null {
  const { store, actions } = useApp();
  const worktree = store.about.value?.worktree ?? null;
  if (worktree === null) return null;
  const name = worktree.path.split(/[\\/]/).filter(Boolean).slice(-2).join('/');
  return (
    <div class="worktree">
      <Icon name="worktree" />
      <span class="words" title={worktree.path}>
        {t('worktreeRuns', name)}
      </span>
      {store.running.value ? (
        <span class="later">{t('worktreeWaits')}</span>
      ) : (
        <span class="links">
          <button
            type="button"
            class="link-button"
            title={t('worktreeDiffTooltip')}
            onClick={() => actions.worktree('diff')}
          >
            {t('worktreeDiff')}
          </button>
          <button
            type="button"
            class="link-button"
            title={t('worktreeMergeTooltip', worktree.origin)}
            onClick={() => actions.worktree('merge')}
          >
            {t('worktreeMerge')}
          </button>
          <button
            type="button"
            class="link-button"
            title={t('worktreeDiscardTooltip')}
            onClick={() => actions.worktree('discard')}
          >
            {t('worktreeDiscard')}
          </button>
        </span>
      )}
    </div>
  );
}
