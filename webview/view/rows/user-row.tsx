import type { JSX } from 'preact';
import type { RowOf } from '../../../src/model/index.ts';
import type { Slice } from '../../state/index.ts';
import { rangeOf, sliceOfText } from '../../state/index.ts';
import { t } from '../../strings.ts';
import { AttachmentName } from '../attachments.tsx';
import { useExpanded } from '../disclosure.tsx';
import { Icon } from '../icon.tsx';
import { QueuedWays } from '../later-views.tsx';

/** Longer prompts are folded: they push the answer out of sight. */
const foldFrom = { characters: 800, lines: 12 };

export function UserRow(props: {
  readonly row: RowOf<'user'>;
  readonly number: number | null;
  readonly folder: string | null;
  readonly slice: Slice | null;
}): JSX.Element {
  const { row, number, folder, slice } = props;
  const { open, toggle } = useExpanded(row.key, false);
  const short = shortened(row.text);
  const waiting = number === null ? 'ask waiting' : 'ask';
  if (slice !== null && slice.index > 0) {
    return (
      <div class={`${waiting} more`}>
        <div class="ask-text">{sliceOfText(row.text, rangeOf(slice))}</div>
      </div>
    );
  }
  const all = slice === null ? row.text : sliceOfText(row.text, rangeOf(slice));
  return (
    // What folds a sliced prompt stands before it, where it is found without reading to the end.
    <div class={slice === null ? waiting : `${waiting} sliced`}>
      {number !== null && <h2 class="sr-only">{t('promptHeading', number)}</h2>}
      <div class="ask-text">
        {row.act !== undefined && <Icon name={row.act.kind === 'compact' ? 'fold' : 'code-review'} />}
        {open || short === null ? all : short}
      </div>
      {short !== null && (
        <button type="button" class="link-button" aria-expanded={open} onClick={toggle}>
          {open ? t('showLessPrompt') : t('showWholePrompt')}
        </button>
      )}
      <Chips row={row} folder={folder} waiting={number === null} />
    </div>
  );
}

function Chips(props: {
  readonly row: RowOf<'user'>;
  readonly folder: string | null;
  readonly waiting: boolean;
}): JSX.Element | null {
  const { row, folder, waiting } = props;
  const delivery = waiting ? t('queuedPrompt') : row.delivery === 'steer' ? t('steeredPrompt') : null;
  if (row.attachments.length === 0 && folder === null && delivery === null) return null;
  return (
    <div class="chips">
      {row.attachments.map((attachment) => (
        <span key={attachment.path} class="chip">
          <AttachmentName file={attachment} />
        </span>
      ))}
      {folder !== null && (
        <span class="chip" title={t('folderIs', folder)}>
          <Icon name="folder" />
          {nameOf(folder)}
        </span>
      )}
      {delivery !== null && <span class="chip">{delivery}</span>}
      {waiting && <QueuedWays row={row} />}
    </div>
  );
}

const nameOf = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

function shortened(text: string): string | null {
  const lines = text.split('\n', foldFrom.lines + 1);
  const byLines = lines.length > foldFrom.lines ? lines.slice(0, foldFrom.lines).join('\n') : text;
  const short = byLines.slice(0, foldFrom.characters);
  return short.length < text.length ? `${short.replace(/\s+\S*$/, '')} …` : null;
}
