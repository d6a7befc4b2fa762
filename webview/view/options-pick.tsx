import type { JSX } from 'preact';
import type { ThreadOptions } from '../../src/model/index.ts';
import type { ComposerState } from '../../src/protocol/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

/** Model and effort of the next turn; the rest of what is set stands in its tooltip. Opens the thread's options. */
export function OptionsPick({ composer }: { readonly composer: ComposerState }): JSX.Element | null {
  const { store, actions } = useApp();
  const thread = store.about.value;
  if (thread === null) return null;
  const { configured, lane } = composer;
  const model = thread.options.model ?? configured.model;
  const effort = thread.options.effort ?? configured.effort;
  const label = [model ?? (effort === null ? null : t('modelDefault')), effort].filter(Boolean).join(' · ');
  const shown = label || t('modelDefault');
  const native =
    lane.selected === 'codex-native' ? nativeWords(thread.options, configured, thread.worktree !== null) : [];
  const tooltip = [t('modelIs', shown), ...native].join('\n');
  return (
    <button
      type="button"
      class="pick quiet model"
      title={tooltip}
      aria-label={t('pickOptions', shown, native.join('. '))}
      onClick={() => actions.pickOptions()}
    >
      <span class="label">{shown}</span>
      <Icon name="chevron-down" class="small" />
    </button>
  );
}

/** What only Codex itself knows, as far as it is set. */
function nativeWords(
  options: ThreadOptions,
  configured: ComposerState['configured'],
  hasWorktree: boolean,
): readonly string[] {
  const profile = options.profile ?? configured.profile;
  const folders = [...new Set([...configured.addDirs, ...options.addDirs])];
  return [
    profile === null ? null : t('profileIs', profile),
    folders.length === 0 ? null : t('alsoWritesIn', folders.join(', ')),
    options.outputSchema === null ? null : t('answerFits', options.outputSchema),
    options.ephemeral === true ? t('keepsNothing') : null,
    options.worktree && !hasWorktree ? t('startsWorktree') : null,
  ].filter((words) => words !== null);
}
