import type { Readings, StampedStatus, TurnProgress } from '../../model/index.ts';
import type { ComposerState } from '../../protocol/index.ts';
import type { ActionId, Copy } from '../../routing/index.ts';
import {
  actionOf,
  copyOfText,
  decideLane,
  isUnchecked,
  labelOf,
  laneWords,
  limitNote,
  optionOf,
  stateBadge,
} from '../../routing/index.ts';
import type { SettingsSnapshot, Workspace } from '../ports.ts';
import { capabilitiesOf, permissionsOf } from '../sandbox-modes.ts';
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
    readonly steers: boolean;
    readonly queued: number;
    readonly progress: TurnProgress | null;
    readonly problem: string | null;
  };
  /** Name of the file that is being edited. */
  readonly editor: string | null;
  readonly readings: Readings;
  /** In milliseconds since the epoch. */
  readonly now: number;
  readonly timeOf: (at: number) => string;
  readonly words: (copy: Copy) => string;
  readonly t: Translate;
};

/** What the composer shows: every word of it is decided here. */
export function composerState(facts: ComposerFacts): ComposerState {
  const { status, settings, folders, trusted, thread, activity, words, t } = facts;
  const lane = laneWords(status);
  const { selectedBackendId: selected, capabilities } = status.document.providers.codex;
  const { interactive } = capabilities;
  const hasCodex = status.inputs.native.binary.kind !== 'missing';
  const folder = folderNamed(thread?.cwd ?? null, folders);
  // Without a folder the lane has no tools.
  const tools = settings.apiTools && folder !== null ? { policy: settings.apiPolicy, hasCodex } : null;
  return {
    lane: {
      icon: lane.icon,
      label: laneLabel(status, words),
      tooltip: lane.tooltip.map(words).join('\n'),
      selected,
    },
    blocked: blockedOf(facts),
    folder,
    folderCanChange: folders.length > 1 && thread !== null && !thread.begun,
    configured: configuredOf(facts),
    images: capabilitiesOf(selected, interactive).images,
    ...permissionsOf({ selected, interactive, mode: settings.nativeSandbox, running: activity.running, tools }, t),
    ...limitsOf(facts),
    running: activity.running,
    progress: activity.running ? activity.progress : null,
    stopping: activity.stopping,
    steers: activity.steers,
    queued: activity.queued,
    trusted,
    editor: facts.editor,
  };
}

/** Said before a long task, not in its way. */
function limitsOf({ status, readings, now, timeOf, words, t }: ComposerFacts): Pick<ComposerState, 'limits'> {
  const note = limitNote(status.inputs, readings, now, timeOf);
  if (note === null) return {};
  const label = `${words(note.label)}: ${words(note.description)}`;
  const says = note.usedUp
    ? t('A turn may be refused until then. Read at {0}.', timeOf(note.toldAt))
    : t('A long task may reach it. Read at {0}.', timeOf(note.toldAt));
  return { limits: { icon: note.usedUp ? 'circle-slash' : 'warning', label, tooltip: says } };
}

/** The lane by name, its state where it is not ready, and the practice endpoint where that answers. */
function laneLabel(status: StampedStatus, words: ComposerFacts['words']): string {
  const { codex } = status.document.providers;
  const option = optionOf(codex, codex.selectedBackendId);
  const parts = option === undefined ? [laneWords(status)] : [labelOf(codex, option), stateBadge(option)];
  return [...parts, laneWords(status).practice]
    .filter((part) => part !== null)
    .map(words)
    .join(' · ');
}

/** Send would be refused as things stand. Which lane answers and what helps is what the turn itself would be told. */
function blockedOf({ status, refusal, activity, thread, folders, words, t }: ComposerFacts): ComposerState['blocked'] {
  const button = (id: ActionId) => ({ id, label: words(actionOf(id).label) });
  if (refusal?.kind === 'untrusted') {
    const text = t(
      'This workspace is not trusted: a prompt is refused and nothing runs. Earlier threads stay readable.',
    );
    return { text, actions: [button('manageTrust')], why: true };
  }
  if (refusal !== null) return { text: refusal.text, actions: [], why: false };
  if (activity.problem !== null) return { text: activity.problem, actions: [button('showLog')], why: false };
  const { codex } = status.document.providers;
  const native = codex.selectedBackendId === 'codex-native';
  if (native && thread !== null && thread.cwd === null && folders.length === 0) {
    const text = t('No folder is open. Codex native runs in a folder.');
    return { text, actions: [button('useApi')], why: false };
  }
  const decision = decideLane(status.inputs);
  const { credential } = status.inputs.native;
  if (decision.kind === 'run' && native && credential.kind === 'issue') {
    // The lane stays what it is (contract runtime-status, section 4), and Codex would refuse the turn all the same.
    return { text: credential.issue, actions: laneWords(status).actions.map(button), why: false };
  }
  // A lane that nobody checked is checked by Send itself: that is no refusal.
  if (decision.kind !== 'refuse') return null;
  return { text: refusedText(status, decision.error.message, words), actions: decision.actions.map(button), why: true };
}

/** The lane by name and how it stands: its status message, which says the state already. */
function refusedText({ document, inputs }: StampedStatus, refusal: string, words: ComposerFacts['words']): string {
  const { codex } = document.providers;
  const option = optionOf(codex, codex.selectedBackendId);
  if (option === undefined) return refusal;
  const said = [option.label, option.statusMessage].map((text) => (text === null ? '' : words(copyOfText(text))));
  const text = said.filter(Boolean).join(' - ');
  // That nobody looked is not why it is refused, and a program that is no use is there.
  const { binary } = inputs.native;
  const unusable = option.state === 'runtime-missing' && binary.kind === 'missing' && binary.problem !== 'not-found';
  return isUnchecked(option) || unusable ? `${text}. ${refusal}` : text;
}

function configuredOf({ status, settings }: ComposerFacts): ComposerState['configured'] {
  if (status.document.providers.codex.selectedBackendId !== 'codex-native') {
    return { model: settings.apiModel, effort: settings.apiEffort, profile: null, addDirs: [] };
  }
  const { nativeModel, nativeEffort, nativeProfile, nativeAddDirs } = settings;
  return { model: nativeModel, effort: nativeEffort, profile: nativeProfile, addDirs: nativeAddDirs };
}
