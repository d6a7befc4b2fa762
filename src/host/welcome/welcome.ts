import type { StampedStatus } from '../../model/index.ts';
import type { ActionButton, Welcome } from '../../protocol/index.ts';
import type { Copy } from '../../routing/index.ts';
import { actionOf, helpsFor, isPlainlyReady, laneSentence, laneWords } from '../../routing/index.ts';
import type { Translate } from '../translate.ts';

export type WelcomeFacts = {
  readonly status: StampedStatus;
  readonly hasFolder: boolean;
  /** Whether the model of the API lane has tools; null = another lane is chosen. */
  readonly tools: boolean | null;
  /** Why nothing runs in a workspace without trust; null = it is trusted. */
  readonly untrusted: string | null;
  /** What the composer offers already: nothing is offered twice. */
  readonly offered: readonly ActionButton[];
  readonly prompts: readonly string[];
  readonly words: (copy: Copy) => string;
  readonly t: Translate;
};

const lanes = ['api', 'codex-native'] as const;

/** What the empty chat says: how the lanes stand, what helps where one does not run, and prompts to start with. */
export function welcomeOf(facts: WelcomeFacts): Welcome {
  const { status, hasFolder, untrusted, words, t } = facts;
  const { practice } = laneWords(status);
  const said =
    untrusted === null
      ? [...lanes.map((lane) => laneSentence(lane, status)), practice].filter((copy) => copy !== null).map(words)
      : [untrusted];
  const help = untrusted === null ? helpOf(facts) : [];
  return {
    line: [...(hasFolder ? [] : [t('No folder is open')]), ...said].join(' · '),
    why: untrusted !== null || lanes.some((lane) => !isPlainlyReady(lane, status)),
    // Where nothing runs, a prompt would be refused.
    prompts: untrusted === null ? facts.prompts : [],
    ...(untrusted === null && facts.tools !== null && { does: doesOf(facts.tools, hasFolder, t) }),
    ...(help.length > 0 && { help }),
  };
}

function doesOf(tools: boolean, hasFolder: boolean, t: Translate): string {
  if (!tools) return t('The tools of this lane are switched off: the model only answers.');
  return hasFolder
    ? t('The model can read and edit files in the folder and run commands. What it may do unasked is chosen below.')
    : t('Without a folder the model has no tools: it only answers.');
}

/** The first thing that helps each lane that does not run, or not well. */
function helpOf({ status, offered, words }: WelcomeFacts): readonly ActionButton[] {
  const ids = lanes.map((lane) => helpsFor(lane, status.inputs)[0]).filter((id) => id !== undefined);
  return [...new Set(ids)]
    .filter((id) => !offered.some((button) => button.id === id))
    .map((id) => ({ id, label: words(actionOf(id).label) }));
}
