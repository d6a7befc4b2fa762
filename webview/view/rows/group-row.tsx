import type { JSX } from 'preact';
import type { GroupedRow } from '../../state/index.ts';
import { t } from '../../strings.ts';
import { Disclosure } from '../disclosure.tsx';
import { Icon } from '../icon.tsx';
import { RowHead } from '../row-head.tsx';
import { CommandRow } from './command-row.tsx';
import { FileChangeRow } from './file-change-row.tsx';

/** Finished commands and changes in one line. Opens to the rows, which have places of their own in the list. */
export function GroupRow(props: { readonly groupKey: string; readonly rows: readonly GroupedRow[] }): JSX.Element {
  const { groupKey, rows } = props;
  const words = summary(rows);
  return (
    <Disclosure
      rowKey={groupKey}
      class="group"
      head={
        <RowHead
          icon={
            <span class="state ok">
              <Icon name="pass" />
              <span class="sr-only">{t('stateDone')} </span>
            </span>
          }
          verb={words}
        />
      }
      body={() => null}
    />
  );
}

/** One row of an open group. */
export function GroupMember({ row }: { readonly row: GroupedRow }): JSX.Element {
  return (
    <div class="row group">
      <div class="body more">{row.kind === 'command' ? <CommandRow row={row} /> : <FileChangeRow row={row} />}</div>
    </div>
  );
}

function summary(rows: readonly GroupedRow[]): string {
  const commands = rows.filter((row) => row.kind === 'command').length;
  const files = new Set(rows.flatMap((row) => (row.kind === 'file-change' ? row.changes.map(({ path }) => path) : [])));
  if (commands === 0) return t('changedFiles', files.size);
  const ran = t('ranCommands', commands);
  return files.size === 0 ? ran : t('ranAndChangedFiles', ran, files.size);
}
