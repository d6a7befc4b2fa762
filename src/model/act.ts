/** What a review looks at. */
export type ReviewTarget =
  /** Staged, unstaged and untracked files. */
  | { readonly kind: 'uncommitted_changes' }
  /** What stands here and not in `branch`. */
  | { readonly kind: 'base_branch'; readonly branch: string }
  /** `title`: its subject, for people; null = not known. */
  | { readonly kind: 'commit'; readonly sha: string; readonly title: string | null }
  /** What the user's own words ask for. */
  | { readonly kind: 'custom'; readonly instructions: string };

/** What a turn does that answers no prompt; its text says in words what was asked for, and nobody typed it. */
export type TurnAct =
  /** The runtime puts a summary in the place of what was said. */
  { readonly kind: 'compact' } | { readonly kind: 'review'; readonly target: ReviewTarget };

/** Why a thread's next turn can't do it, in a sentence; null = it can. */
export type ActRefusals = Readonly<Record<TurnAct['kind'], string | null>>;
