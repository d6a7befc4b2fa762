import type { App } from '../../compose.ts';
import { ageText } from '../age-text.ts';
import { plainLabel } from '../plain-label.ts';
import type { Workspace } from '../ports.ts';
import type { Running } from '../running/index.ts';
import { folderNamed, isFolderGone } from '../thread-folder.ts';
import type { Translate } from '../translate.ts';

type ThreadSummary = Awaited<ReturnType<App['threads']['list']>>[number];

/** One thread of the picker, or the line above a group of them. */
export type ThreadRow =
  | { readonly kind: 'group'; readonly label: string }
  | {
      readonly kind: 'thread';
      readonly threadId: ThreadSummary['threadId'];
      /** With the icon of its state. */
      readonly label: string;
      readonly description: string;
    };

export type ThreadFacts = {
  readonly threads: readonly ThreadSummary[];
  readonly activityOf: Running['activityOf'];
  readonly folders: ReturnType<Workspace['folders']>;
  /** Which chat shows a thread, as seen from the one that asks; null = none does. */
  readonly shownIn: (threadId: ThreadSummary['threadId']) => 'here' | 'side-bar' | 'tab' | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly language: string;
  readonly t: Translate;
};

/** Every thread, newest first; those that can go on in this window before those whose folder is not open in it. */
export function threadRows(facts: ThreadFacts): readonly ThreadRow[] {
  const { threads, folders, t } = facts;
  const newest = threads.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  const elsewhere = newest.filter(({ cwd }) => isFolderGone(cwd, folders));
  const here = newest.filter((thread) => !elsewhere.includes(thread));
  return [
    ...here.map((thread) => rowOf(thread, facts)),
    ...(elsewhere.length === 0 ? [] : [{ kind: 'group' as const, label: t('Folder not open here: to be read only') }]),
    ...elsewhere.map((thread) => rowOf(thread, facts)),
  ];
}

function rowOf(thread: ThreadSummary, facts: ThreadFacts): ThreadRow {
  const { folders, now, language, t } = facts;
  const { threadId, title, cwd, updatedAt, forkedFrom } = thread;
  const state = stateOf(thread, facts);
  const name = plainLabel(title) || t('New thread');
  const parts = [
    state.words,
    shownText(thread, facts),
    forkedFrom === null ? '' : t('fork'),
    folderNamed(cwd, folders)?.name ?? '',
    ageText(updatedAt, now, language),
  ];
  return {
    kind: 'thread',
    threadId,
    label: `$(${state.icon}) ${name}`,
    description: parts.filter(Boolean).map(plainLabel).join(' · '),
  };
}

function shownText({ threadId }: ThreadSummary, { shownIn, t }: ThreadFacts): string {
  switch (shownIn(threadId)) {
    case 'here':
      return t('shown');
    case 'side-bar':
      return t('shown in the side bar');
    case 'tab':
      return t('shown in a tab');
    case null:
      return '';
  }
}

type StateWords = { readonly icon: string; readonly words: string };

function stateOf({ threadId, state }: ThreadSummary, { activityOf, t }: ThreadFacts): StateWords {
  const activity = activityOf(threadId);
  if (activity?.awaitingApproval === true) return { icon: 'question', words: t('waits for your answer') };
  if (activity?.running === true) {
    const words = activity.queued === 0 ? t('running') : t('running, {0} waiting', activity.queued);
    return { icon: 'loading~spin', words };
  }
  switch (state) {
    // Its log is as old as its last event: of this window's own threads more is known.
    case 'running':
      return activity === null ? { icon: 'sync', words: t('running elsewhere') } : quiet;
    case 'failed':
      return { icon: 'error', words: t('failed') };
    case 'interrupted':
      return { icon: 'circle-slash', words: t('cut off') };
    case 'completed':
    case null:
      return quiet;
  }
}

const quiet: StateWords = { icon: 'comment-discussion', words: '' };
