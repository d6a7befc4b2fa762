import { env, l10n, window } from 'vscode';
import type { ReviewTarget, ThreadId } from '../../model/index.ts';
import { ageText } from '../age-text.ts';
import type { HostContext } from '../context.ts';
import { plainLabel } from '../plain-label.ts';
import { shortSha } from './review-words.ts';

/** Lets the user choose what a review looks at; null = nothing was chosen. */
export async function pickTarget(ctx: HostContext, threadId: ThreadId): Promise<ReviewTarget | null> {
  const kinds: readonly { readonly target: ReviewTarget['kind']; readonly label: string; readonly detail: string }[] = [
    {
      target: 'uncommitted_changes',
      label: l10n.t('Uncommitted Changes'),
      detail: l10n.t('Staged, unstaged and untracked files'),
    },
    {
      target: 'base_branch',
      label: l10n.t('Against a Branch…'),
      detail: l10n.t('What this branch has and another has not'),
    },
    { target: 'commit', label: l10n.t('A Commit…'), detail: l10n.t('What one commit changed') },
    { target: 'custom', label: l10n.t('With Instructions…'), detail: l10n.t('What to look at, in your own words') },
  ];
  const chosen = await window.showQuickPick(kinds, {
    title: l10n.t('Review Changes'),
    placeHolder: l10n.t('What Codex is to review, in a turn of this thread'),
  });
  switch (chosen?.target) {
    case undefined:
      return null;
    case 'uncommitted_changes':
      return { kind: 'uncommitted_changes' };
    case 'base_branch':
      return pickBranch(ctx, threadId);
    case 'commit':
      return pickCommit(ctx, threadId);
    case 'custom':
      return askInstructions();
  }
}

/** What git has, or null once the user was told why there is nothing to choose from. */
async function choicesOf({ core, session }: HostContext, threadId: ThreadId) {
  const { threads } = await core.get();
  const found = await threads.reviewChoices(threadId, session.thread()?.cwd ?? null);
  if (found.ok) return found;
  void window.showErrorMessage(l10n.t('Git could not be asked: {0}', found.message));
  return null;
}

async function pickBranch(ctx: HostContext, threadId: ThreadId): Promise<ReviewTarget | null> {
  const found = await choicesOf(ctx, threadId);
  if (found === null) return null;
  if (found.branches.length === 0) {
    void window.showInformationMessage(l10n.t('There is no other branch to review against.'));
    return null;
  }
  const items = found.branches.map((branch) => ({ label: plainLabel(branch), branch }));
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Review Changes'),
    placeHolder:
      found.branch === null
        ? l10n.t('The branch to review against')
        : l10n.t('The branch to review {0} against', found.branch),
  });
  return chosen === undefined ? null : { kind: 'base_branch', branch: chosen.branch };
}

async function pickCommit(ctx: HostContext, threadId: ThreadId): Promise<ReviewTarget | null> {
  const found = await choicesOf(ctx, threadId);
  if (found === null) return null;
  if (found.commits.length === 0) {
    void window.showInformationMessage(l10n.t('There is no commit to review.'));
    return null;
  }
  const items = found.commits.map(({ sha, title, at }) => ({
    label: plainLabel(title),
    description: [sha.slice(0, shortSha), ageText(at, Date.now(), env.language)].join(' · '),
    target: { kind: 'commit', sha, title } as const,
  }));
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Review Changes'),
    placeHolder: l10n.t('The commit to review, the newest first'),
    matchOnDescription: true,
  });
  return chosen?.target ?? null;
}

async function askInstructions(): Promise<ReviewTarget | null> {
  const given = await window.showInputBox({
    title: l10n.t('Review Changes'),
    prompt: l10n.t('What is Codex to look at, and for what?'),
    ignoreFocusOut: true,
  });
  const instructions = given?.trim() ?? '';
  return instructions === '' ? null : { kind: 'custom', instructions };
}
