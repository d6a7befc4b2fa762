import type { CodexThread, CodexThreads } from '../../compose.ts';
import { ageText } from '../age-text.ts';
import { plainLabel } from '../plain-label.ts';
import type { Workspace } from '../ports.ts';
import { folderNamed, isFolderGone } from '../thread-folder.ts';
import type { Translate } from '../translate.ts';

/** One thread that Codex keeps, or the line above a group of them. */
export type CodexRow =
  | { readonly kind: 'group'; readonly label: string }
  | {
      readonly kind: 'codex';
      readonly thread: CodexThread;
      readonly label: string;
      readonly description: string;
    };

export type CodexRowFacts = {
  /** Null = they have not arrived. */
  readonly codex: CodexThreads | null;
  readonly folders: ReturnType<Workspace['folders']>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly language: string;
  readonly t: Translate;
};

/** Threads of Codex's own programs, those of the window's folders first; where nobody could be asked, why. */
export function codexRows(facts: CodexRowFacts): readonly CodexRow[] {
  const { codex, folders, t } = facts;
  if (codex === null) return [];
  if (codex.kind === 'none') {
    return codex.why === '' ? [] : [{ kind: 'group', label: t('Codex CLI, not read: {0}', plainLabel(codex.why)) }];
  }
  const elsewhere = codex.threads.filter(({ cwd }) => isFolderGone(cwd, folders));
  const here = codex.threads.filter((thread) => !elsewhere.includes(thread));
  const group = (label: string, threads: readonly CodexThread[]): readonly CodexRow[] =>
    threads.length === 0 ? [] : [{ kind: 'group', label }, ...threads.map((thread) => rowOf(thread, facts))];
  return [...group(t('Codex CLI'), here), ...group(t('Codex CLI, folder not open here: open it to go on'), elsewhere)];
}

function rowOf(thread: CodexThread, { folders, now, language, t }: CodexRowFacts): CodexRow {
  const { title, cwd, branch, source, updatedAt } = thread;
  const parts = [source ?? '', folderNamed(cwd, folders)?.name ?? '', branch ?? '', ageText(updatedAt, now, language)];
  // A prompt may be pages long.
  const name = plainLabel(title.slice(0, 200)) || t('New thread');
  return {
    kind: 'codex',
    thread,
    label: `$(terminal) ${name}`,
    description: parts.filter(Boolean).map(plainLabel).join(' · '),
  };
}
