import { l10n } from 'vscode';
import type { ReviewTarget } from '../../model/index.ts';

/** Characters of a commit's name that people read. */
export const shortSha = 7;

/** What was asked for, as the thread has it. */
export function reviewText(target: ReviewTarget): string {
  switch (target.kind) {
    case 'uncommitted_changes':
      return l10n.t('Review the uncommitted changes');
    case 'base_branch':
      return l10n.t('Review what the branch has and {0} has not', target.branch);
    case 'commit':
      return l10n.t('Review the commit {0}: {1}', target.sha.slice(0, shortSha), target.title ?? '');
    case 'custom':
      return l10n.t('Review: {0}', target.instructions);
  }
}
