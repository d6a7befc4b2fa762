import type { JSX } from 'preact';
import { usePageActions } from '../markdown/index.ts';
import { t } from '../strings.ts';
import { changedLines } from './diff-figures.tsx';

const maxLines = 400;

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
