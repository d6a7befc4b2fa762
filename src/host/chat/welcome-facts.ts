import type { ComposerState, Welcome } from '../../protocol/index.ts';
import { laneWords } from '../../routing/index.ts';
import { capabilitiesOf } from '../sandbox-modes.ts';
import type { Glance } from '../welcome/index.ts';
import { plainPath, promptsFor, welcomeOf } from '../welcome/index.ts';
import type { ComposerFacts } from './composer.ts';

/** What the welcome takes from the editor, beside what the composer is made from. */
export type EditorFacts = {
  /** The file that is being edited, as a whole path. */
  readonly editedPath: string | null;
  /** What is known of a folder; null = nobody looked yet. */
  readonly glance: (folder: string) => Glance | null;
};

/** What the empty chat says and offers. A thread that has begun shows none of it, so its folder is not looked at. */
export function welcomeFor(facts: ComposerFacts, composer: ComposerState, editor: EditorFacts): Welcome {
  const { status, settings, folders, trusted, refusal, thread, words, t } = facts;
  const isNative = status.document.providers.codex.selectedBackendId === 'codex-native';
  const begun = thread?.begun === true;
  return welcomeOf({
    status,
    hasFolder: folders.length > 0,
    tools: isNative ? null : settings.apiTools,
    untrusted: trusted ? null : (refusal?.text ?? ''),
    offered: composer.blocked?.actions ?? [],
    prompts: trusted && !begun ? promptsFor(groundsOf(facts, editor), t) : [],
    words,
    t,
  });
}

function groundsOf(facts: ComposerFacts, editor: EditorFacts): Parameters<typeof promptsFor>[0] {
  const { status, settings, folders, thread } = facts;
  const selected = status.document.providers.codex.selectedBackendId;
  const isNative = selected === 'codex-native';
  const folder = thread?.cwd ?? folders[0]?.path ?? null;
  const glance = folder === null ? null : editor.glance(folder);
  const { editedPath } = editor;
  return {
    looksIn: isNative ? capabilitiesOf(selected, false).commands : settings.apiTools,
    practice: laneWords(status).practice !== null,
    canWrite: (isNative ? settings.nativeSandbox : settings.apiPolicy) !== 'read-only',
    hasFolder: folder !== null,
    folder: glance?.folder ?? null,
    openFile: folder === null || editedPath === null ? null : plainPath(editedPath, folder),
    brokenFile: glance?.brokenFile ?? null,
    changed: glance?.changed ?? false,
  };
}
