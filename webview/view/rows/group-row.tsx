import type { JSX } from 'preact';
import type { GroupedRow } from '../../state/index.ts';
import { t } from '../../strings.ts';
import { Disclosure } from '../disclosure.tsx';
import { Icon } from '../icon.tsx';
import { RowHead } from '../row-head.tsx';
import { ToolRow } from './call-rows.tsx';
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
      <div class="body more">
        <Member row={row} />
      </div>
    </div>
  );
}

function Member({ row }: { readonly row: GroupedRow }): JSX.Element {
  switch (row.kind) {
    case 'command':
      return <CommandRow row={row} />;
    case 'file-change':
      return <FileChangeRow row={row} />;
    case 'tool':
      return <ToolRow row={row} />;
  }
}

function summary(rows: readonly GroupedRow[]): string {
  const commands = rows.filter((row) => row.kind === 'command').length;
  const files = new Set(rows.flatMap((row) => (row.kind === 'file-change' ? row.changes.map(({ path }) => path) : [])));
  const calls = rows.filter((row) => row.kind === 'tool').length;
  const ran = commands === 0 ? null : t('ranCommands', commands);
  const changed = files.size === 0 ? null : t('changedFiles', files.size);
  const did = ran !== null && changed !== null ? t('ranAndChangedFiles', ran, files.size) : (ran ?? changed);
  return [did, calls === 0 ? null : t('toolCalls', calls)].filter((words) => words !== null).join(' · ');
}
