import type { JSX } from 'preact';
import type { RowOf } from '../../../src/model/index.ts';
import type { Slice } from '../../state/index.ts';
import { t } from '../../strings.ts';
import { Disclosure, useExpanded } from '../disclosure.tsx';
import { between, wholeSeconds } from '../figures.ts';
import { Icon } from '../icon.tsx';
import { RowHead } from '../row-head.tsx';
import { TextRow } from './text-row.tsx';

export function ReasoningRow(props: { readonly row: RowOf<'reasoning'>; readonly slice: Slice | null }): JSX.Element {
  const { row, slice } = props;
  const { open } = useExpanded(row.key, false);
  if (slice !== null && slice.index > 0) {
    return (
      <div class="row reasoning">
        <div class="body more">
          <TextRow row={row} slice={slice} />
        </div>
      </div>
    );
  }
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
      body={() => <TextRow row={row} slice={slice} />}
    />
  );
}
