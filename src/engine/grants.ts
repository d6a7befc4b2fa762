import type { GrantEntry, NearMiss, ThreadId } from '../model/index.ts';

/** A command that is asked about, with the real path of its folder. */
export type GrantQuestion = Pick<GrantEntry, 'command' | 'sandbox' | 'scripts'> & {
  readonly folder: string;
  readonly threadId: ThreadId;
};

export type GrantMatch =
  | { readonly kind: 'granted'; readonly grant: GrantEntry }
  | { readonly kind: 'none'; readonly near: NearMiss | null };

/**
 * Whether a grant stands for a command: the same text, in the same folder and the same sandbox, the scripts that it runs
 * unchanged, not lapsed, and in the same thread where it is for that one. Else the one that came nearest, by what keeps it from it.
 * @param now milliseconds since the epoch
 */
export function matchGrant(grants: readonly GrantEntry[], asked: GrantQuestion, now: number): GrantMatch {
  const isLapsed = ({ lapsesAt }: GrantEntry): boolean => Date.parse(lapsesAt) <= now;
  const isForThread = ({ kind, threadId }: GrantEntry): boolean => kind === 'folder' || threadId === asked.threadId;
  const same = grants.filter(({ command }) => command === asked.command);
  const inFolder = same.filter(({ folder }) => folder === asked.folder);
  const confined = inFolder.filter(({ sandbox }) => sandbox === asked.sandbox);
  const here = confined.filter(({ scripts }) => areSame(scripts, asked.scripts));
  const granted = here.find((grant) => isForThread(grant) && !isLapsed(grant));
  if (granted !== undefined) return { kind: 'granted', grant: granted };
  const living = (grant: GrantEntry): boolean => isForThread(grant) && !isLapsed(grant);
  const program = programOf(asked.command);
  const likely: readonly (readonly [NearMiss['why'], GrantEntry | undefined])[] = [
    ['script_changed', confined.find(living)],
    ['lapsed', here.find(isForThread)],
    ['other_sandbox', inFolder.find(living)],
    ['other_thread', here.find((grant) => !isLapsed(grant))],
    ['other_folder', same.find(living)],
    [
      'other_arguments',
      grants.find(({ command, ...grant }) => {
        return grant.folder === asked.folder && living({ command, ...grant }) && programOf(command) === program;
      }),
    ],
  ];
  for (const [why, grant] of likely) {
    if (grant !== undefined) return { kind: 'none', near: { why, command: grant.command, folder: grant.folder } };
  }
  return { kind: 'none', near: null };
}

function areSame(given: GrantEntry['scripts'] = [], asked: GrantEntry['scripts'] = []): boolean {
  return (
    given.length === asked.length &&
    given.every(({ name, digest }, index) => asked[index]?.name === name && asked[index]?.digest === digest)
  );
}

/** The program that a command starts, below the shell that the runtime wraps it in. Only to name what is alike. */
function programOf(command: string): string {
  const wrapped = /^\S*\b(?:bash|zsh|dash|ash|sh)\s+-l?c\s+['"]?(.*)$/s.exec(command)?.[1] ?? command;
  return /^\S+/.exec(wrapped.trim())?.[0] ?? '';
}
