import type { Baseline, DiskChange } from './baseline.ts';
import type { FileChange } from './events.ts';
import type { Row, RowOf } from './view.ts';

type Base = Pick<Row, 'key' | 'turnId' | 'itemId' | 'startedAt' | 'endedAt' | 'open' | 'cutOff'>;

/** The row of what changed on the disk without a word of the turn. */
export function changedRow(base: Base): RowOf<'file-change'> {
  return {
    ...base,
    kind: 'file-change',
    changes: [],
    status: 'completed',
    diffSource: null,
    baselines: [],
    announced: false,
  };
}

/** A file's last baseline counts. */
export function withBaseline(row: Row, baseline: Baseline): Row {
  if (row.kind !== 'file-change') return row;
  return { ...row, baselines: [...row.baselines.filter(({ path }) => path !== baseline.path), baseline] };
}

export function withDiskChange(row: Row, event: DiskChange & { readonly at: string }): Row {
  if (row.kind !== 'file-change') return row;
  const { path, change: kind, diff, grade, blob, gap } = event;
  const change: FileChange = { path, kind, ...(diff === undefined ? {} : { diff }) };
  const changes = [...row.changes.filter((other) => other.path !== path), change];
  const baseline = { path, grade, blob, ...(gap === undefined ? {} : { gap }) };
  const diffSource = diff === undefined ? row.diffSource : 'pre-image';
  return withBaseline({ ...row, changes, diffSource, endedAt: row.open ? row.endedAt : event.at }, baseline);
}
