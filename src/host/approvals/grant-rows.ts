import type { GrantEntry, SandboxMode, ThreadId } from '../../model/index.ts';
import { ageText } from '../age-text.ts';
import { plainLabel } from '../plain-label.ts';
import type { Translate } from '../translate.ts';

export type GrantRow = {
  readonly id: string;
  /** The command. */
  readonly label: string;
  /** Where it holds, and in which sandbox as far as a lane of ours says so. */
  readonly description: string;
  /** Its uses, until when it holds, and the scripts that it holds for as they were. */
  readonly detail: string;
};

export type GrantFacts = {
  readonly grants: readonly GrantEntry[];
  /** Null = the thread is gone, or has no title. */
  readonly titleOf: (threadId: ThreadId) => string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly language: string;
  readonly dayOf: (at: string) => string;
  readonly t: Translate;
};

/** What the user allowed beyond once, in words. */
export function grantRows({ grants, titleOf, now, language, dayOf, t }: GrantFacts): readonly GrantRow[] {
  const nameOf = (threadId: ThreadId): string => plainLabel(titleOf(threadId) ?? '') || t('a thread that is gone');
  return grants.map(({ id, kind, command, folder, threadId, lapsesAt, sandbox, scripts = [], uses, last }) => {
    const place = plainLabel(folder);
    const where = kind === 'folder' ? t('always in {0}', place) : t('in {0}, thread “{1}”', place, nameOf(threadId));
    const age = last === null ? '' : ageText(last.at, now, language);
    const used =
      last === null
        ? t('not used yet')
        : uses === 1
          ? t('used once, {0} in “{1}”', age, nameOf(last.threadId))
          : t('used {0} times, last {1} in “{2}”', uses, age, nameOf(last.threadId));
    const isLapsed = Date.parse(lapsesAt) <= now;
    const until = isLapsed
      ? t('lapsed on {0}', dayOf(lapsesAt))
      : t('lapses on {0} unless it is used', dayOf(lapsesAt));
    const runs = sandbox === undefined ? [] : [sandboxWords(sandbox, t)];
    const names = scripts.map(({ name }) => plainLabel(name)).join(', ');
    const watched = scripts.length === 0 ? [] : [t('lapses when this changes: {0}', names)];
    return {
      ...{ id, label: plainLabel(command) },
      description: [where, ...runs].join(' · '),
      detail: [used, until, ...watched].join(' · '),
    };
  });
}

function sandboxWords(sandbox: SandboxMode, t: Translate): string {
  switch (sandbox) {
    case 'read-only':
      return t('in Codex’s sandbox, writing nothing');
    case 'workspace-write':
      return t('in Codex’s sandbox');
    case 'danger-full-access':
      return t('without a sandbox');
  }
}
