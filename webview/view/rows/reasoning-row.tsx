import type { JSX } from 'preact';
import type { RowOf } from '../../../src/model/index.ts';
import { MarkdownView } from '../../markdown/index.ts';
import { t } from '../../strings.ts';
import { Disclosure, useExpanded } from '../disclosure.tsx';
import { between, wholeSeconds } from '../figures.ts';
import { Icon } from '../icon.tsx';
import { RowHead } from '../row-head.tsx';

export function ReasoningRow({ row }: { readonly row: RowOf<'reasoning'> }): JSX.Element {
  const { open } = useExpanded(row.key, false);
  const took = between(row.startedAt, row.endedAt);
  // A text that came whole began and ended at once: its time is not known.
  const figures = row.open || took === null || took === 0 ? null : wholeSeconds(took);
  return (
    <Disclosure
      rowKey={row.key}
      class="reasoning"
      head={
        <RowHead
          icon={
            <span class="state muted">
              <Icon name={open ? 'chevron-down' : 'chevron-right'} />
            </span>
          }
          verb={row.open ? t('thinking') : t('thought')}
          figures={figures}
        />
      }
      body={() => <MarkdownView id={`${row.turnId ?? ''}:${row.key}`} text={row.text} open={row.open} />}
    />
  );
}
