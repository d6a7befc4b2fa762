import type { StampedStatus } from '../../model/index.ts';
import type { ComposerState, Welcome } from '../../protocol/index.ts';
import type { ActionId, Copy } from '../../routing/index.ts';
import { actionOf, laneWords, optionLine, optionOf } from '../../routing/index.ts';
import type { SettingsSnapshot, Workspace } from '../ports.ts';
import type { Refusal } from '../thread-folder.ts';
import { folderNamed } from '../thread-folder.ts';
import type { Translate } from '../translate.ts';

export type ComposerFacts = {
  readonly status: StampedStatus;
  readonly settings: SettingsSnapshot;
  readonly folders: ReturnType<Workspace['folders']>;
  readonly trusted: boolean;
  readonly thread: { readonly cwd: string | null; readonly begun: boolean } | null;
  readonly refusal: { readonly kind: Refusal['kind']; readonly text: string } | null;
  readonly activity: {
    readonly running: boolean;
    readonly stopping: boolean;
    readonly queued: number;
    readonly problem: string | null;
  };
  readonly words: (copy: Copy) => string;
  readonly t: Translate;
};

/** What the composer shows: every word of it is decided here. */
export function composerState(facts: ComposerFacts): ComposerState {
  const { status, settings, folders, trusted, thread, activity, words, t } = facts;
  const lane = laneWords(status.document);
  const label = lane.practice === null ? words(lane) : `${words(lane)} · ${words(lane.practice)}`;
  const { native, model } = modelOf(facts);
  return {
    lane: {
      icon: lane.icon,
      label,
      tooltip: lane.tooltip.map(words).join('\n'),
      selected: status.document.providers.codex.selectedBackendId,
    },
    blocked: blockedOf(facts),
    folder: folderNamed(thread?.cwd ?? null, folders),
    folderCanChange: folders.length > 1 && thread !== null && !thread.begun,
    model,
    sandbox: native ? sandboxWords(settings.nativeSandbox, t) : null,
    running: activity.running,
    stopping: activity.stopping,
    queued: activity.queued,
    trusted,
  };
}

function blockedOf({ status, refusal, activity, thread, folders, words, t }: ComposerFacts): ComposerState['blocked'] {
  const button = (id: ActionId) => ({ id, label: words(actionOf(id).label) });
  if (refusal !== null) {
    return { text: refusal.text, actions: refusal.kind === 'untrusted' ? [button('manageTrust')] : [] };
  }
  if (activity.problem !== null) return { text: activity.problem, actions: [button('showLog')] };
  const { codex } = status.document.providers;
  const lane = laneWords(status.document);
  const native = codex.selectedBackendId === 'codex-native';
  if (native && thread !== null && thread.cwd === null && folders.length === 0) {
    return { text: t('No folder is open. Codex native runs in a folder.'), actions: [button('useApi')] };
  }
  if (!lane.blocked) return null;
  const option = optionOf(codex, codex.selectedBackendId);
  const text = option === undefined ? words(lane) : words(optionLine(option));
  const reason = option?.statusMessage ?? null;
  const helps: readonly ActionId[] = [
    ...(lane.action === null ? [] : [lane.action]),
    ...(native ? ['useApi' as const] : []),
  ];
  return {
    text: reason === null ? text : `${text}. ${reason}`,
    actions: helps.map(button),
  };
}

function modelOf({ status, settings }: ComposerFacts): { readonly native: boolean; readonly model: string | null } {
  const native = status.document.providers.codex.selectedBackendId === 'codex-native';
  const model = native ? settings.nativeModel : settings.apiModel;
  const effort = native ? settings.nativeEffort : settings.apiEffort;
  const said = [model, effort].filter((part) => part !== null).join(' · ');
  return { native, model: said === '' ? null : said };
}

function sandboxWords(mode: SettingsSnapshot['nativeSandbox'], t: Translate): NonNullable<ComposerState['sandbox']> {
  switch (mode) {
    case 'read-only':
      return {
        icon: 'lock',
        label: t('read only'),
        tooltip: t('Commands may read; they change nothing and have no network.'),
      };
    case 'workspace-write':
      return {
        icon: 'shield',
        label: t('workspace'),
        tooltip: t('Commands may change files in the folder of the thread; they have no network.'),
      };
    case 'danger-full-access':
      return {
        icon: 'warning',
        label: t('full access'),
        tooltip: t('No sandbox: commands may do all that you may do.'),
      };
  }
}

/** What the empty chat says: how the lanes stand, and prompts to start with. */
export function welcomeOf({ status, folders, trusted, refusal, words, t }: ComposerFacts): Welcome {
  const { codex } = status.document.providers;
  const lanes = [optionOf(codex, 'api'), optionOf(codex, 'codex-native')].filter((option) => option !== undefined);
  const line =
    !trusted && refusal !== null ? refusal.text : lanes.map((option) => words(optionLine(option))).join(' · ');
  const prompts =
    folders.length === 0 ? [t('What can you do here?')] : [t('Explain this file'), t('Add a test'), t('Run the tests')];
  return { line: folders.length === 0 ? [t('No folder is open'), line].join(' · ') : line, prompts };
}
