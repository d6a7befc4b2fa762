import type { JSX } from 'preact';
import { usePageActions } from '../markdown/index.ts';
import { t } from '../strings.ts';

const maxLines = 400;

/** Added and removed lines of a unified diff. */
export function diffFigures(diff: string): { readonly added: number; readonly removed: number } {
  const lines = changedLines(diff);
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  };
}

/** `+4 −2`, for eyes and ears. */
export function DiffFigures(props: { readonly added: number; readonly removed: number }): JSX.Element {
  return (
    <span class="diff-figures">
      <span class="ok">
        <span aria-hidden="true">+{props.added}</span>
        <span class="sr-only">{t('linesAdded', props.added)}</span>
      </span>{' '}
      <span class="error">
        <span aria-hidden="true">−{props.removed}</span>
        <span class="sr-only">{t('linesRemoved', props.removed)}</span>
      </span>
    </span>
  );
}

/** A unified diff, line by line; its file headers are left out, since the row names the file. */
export function DiffPane({
  diff,
  label,
  onOpen,
}: {
  readonly diff: string;
  readonly label: string;
  /** Opens the whole change; null = there is only this text to open. */
  readonly onOpen: (() => void) | null;
}): JSX.Element {
  const { openText } = usePageActions();
  const lines = changedLines(diff);
  const rest = lines.length - maxLines;
  return (
    <div class="pane diff">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scroll" tabIndex={0} aria-label={label}>
        <pre>
          {lines.slice(0, maxLines).map((line, index) => (
            <div key={index} class={classOf(line)}>
              {shown(line)}
            </div>
          ))}
        </pre>
      </section>
      {rest > 0 && (
        <div class="note">
          {t('moreLines', rest)}{' '}
          <button
            type="button"
            class="link-button"
            onClick={onOpen ?? (() => openText(diff, { kind: 'output', language: 'diff' }))}
          >
            {t('showWholeChange')}
          </button>
        </div>
      )}
    </div>
  );
}

/** From the first hunk on; a diff without hunks is taken whole. */
function changedLines(diff: string): readonly string[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  if (first < 0) return lines;
  const body = lines.slice(first).filter((line) => !line.startsWith('\\ '));
  // The place of a single hunk is noise; between several it says that lines are left out.
  return body.filter((line) => line.startsWith('@@')).length === 1 ? body.slice(1) : body;
}

function classOf(line: string): string | undefined {
  if (line.startsWith('+')) return 'added';
  if (line.startsWith('-')) return 'removed';
  return line.startsWith('@@') ? 'hunk' : undefined;
}

function shown(line: string): string {
  if (line.startsWith('-')) return `−  ${line.slice(1)}`;
  if (line.startsWith('+')) return `+  ${line.slice(1)}`;
  return line.startsWith('@@') ? line : `   ${line.replace(/^ /, '')}`;
}
