import type { ComponentChildren, JSX } from 'preact';
import type { BaselineGrade, FileChange, Row, RowOf } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { useApp } from '../app-context.ts';
import { DiffFigures, diffFigures } from '../diff-figures.tsx';
import { useExpanded } from '../disclosure.tsx';
import { DiffPane } from '../later-views.tsx';
import type { Standing } from '../row-head.tsx';
import { dotted, RowHead, StandingIcon, standingOf } from '../row-head.tsx';
import { shownPath } from '../shown-path.ts';
import { visible } from '../visible.ts';
import { gapOf, gradeOf } from './baseline-words.ts';

/** One file: its path opens the file, the line opens its diff. Several: the line opens the list. */
export function FileChangeRow({ row }: { readonly row: RowOf<'file-change'> }): JSX.Element {
  const { store } = useApp();
  const standing = standingOf(row);
  const { open, toggle } = useExpanded(row.key, standing === 'running' && isAsked(row, store.thread.value?.rows));
  const [first] = row.changes;
  const single = row.changes.length === 1 && first !== undefined ? first : null;
  const opens = single === null ? row.changes.length > 0 : single.diff !== undefined;
  const id = `body-${row.key}`;
  return (
    <div class="row file-change">
      <div class={opens ? 'head opens' : 'head'}>
        {opens && (
          <button
            type="button"
            class="cover"
            aria-label={`${verbOf(single, standing)} ${single?.path ?? t('filesCount', row.changes.length)}: ${t('showChanges')}`}
            aria-expanded={open}
            aria-controls={open ? id : undefined}
            onClick={toggle}
          />
        )}
        <RowHead
          icon={<StandingIcon standing={standing} done="diff" />}
          verb={verbOf(single, standing)}
          object={single === null ? t('filesCount', row.changes.length) : <PathButton row={row} change={single} />}
          figures={figuresOf(row, standing)}
        />
      </div>
      {!row.announced && <div class="note">{t('whoUnknown')}</div>}
      {single !== null && <NoBaseline row={row} path={single.path} />}
      {open && opens && (
        <div class="body" id={id}>
          {single !== null ? (
            <Difference row={row} change={single} />
          ) : (
            row.changes.map((change) => <ChangedFile key={change.path} row={row} change={change} />)
          )}
        </div>
      )}
    </div>
  );
}

/** Differences that open by themselves, in characters: more of them would hold up the page. */
const longest = 100_000;

/** What a question is about is read before it is answered. */
function isAsked({ itemId, changes }: RowOf<'file-change'>, rows: readonly Row[] = []): boolean {
  const asks = rows.some((row) => row.kind === 'approval' && row.open && row.itemId === itemId);
  return asks && changes.reduce((sum, { diff = '' }) => sum + diff.length, 0) <= longest;
}

type OfRow = { readonly row: RowOf<'file-change'>; readonly change: FileChange };

function ChangedFile({ row, change }: OfRow): JSX.Element {
  return (
    <div class="changed-file">
      <div class="head">
        <span class="verb">{verbOf(change, standingOf(row))} </span>
        <span class="object">
          <PathButton row={row} change={change} />
        </span>
        {change.diff !== undefined && (
          <span class="figures">
            <DiffFigures {...diffFigures(change.diff)} />
          </span>
        )}
      </div>
      <NoBaseline row={row} path={change.path} />
      <Difference row={row} change={change} />
    </div>
  );
}

function Difference({ row, change }: OfRow): JSX.Element | null {
  const { actions } = useApp();
  if (change.diff === undefined) return null;
  const open = () => actions.openChange(row, change.path);
  return <DiffPane diff={change.diff} label={change.path} onOpen={gradeIn(row, change) === null ? null : open} />;
}

/** Null: nothing is known of before. */
function gradeIn(row: RowOf<'file-change'>, { path }: FileChange): Exclude<BaselineGrade, 'unknown'> | null {
  const grade = row.baselines.find((baseline) => baseline.path === path)?.grade;
  return grade === undefined || grade === 'unknown' ? null : grade;
}

/** Opens what changed, where it is known what stood before, else the file. */
function PathButton({ row, change }: OfRow): JSX.Element {
  const { actions, store } = useApp();
  const shown = visible(shownPath(change.path, store.folders.value));
  const grade = gradeIn(row, change);
  if (change.kind === 'delete' && grade === null) return <code title={change.path}>{shown}</code>;
  return (
    <>
      <button
        type="button"
        class="path"
        title={grade === null ? t('opensFile', change.path) : t('opensChange', change.path, gradeOf(grade))}
        onClick={() => (grade === null ? actions.openFile(change.path, null) : actions.openChange(row, change.path))}
      >
        <code>{shown}</code>
      </button>
      {change.movedFrom !== undefined && (
        <span class="from"> {t('movedFrom', visible(shownPath(change.movedFrom, store.folders.value)))}</span>
      )}
    </>
  );
}

/** Why nothing can be compared; nothing where it can, or where nobody looked. */
function NoBaseline({ row, path }: { readonly row: RowOf<'file-change'>; readonly path: string }): JSX.Element | null {
  const baseline = row.baselines.find((other) => other.path === path);
  if (baseline?.grade !== 'unknown') return null;
  return <div class="note">{t('noBaseline', gapOf(baseline.gap))}</div>;
}

function figuresOf(row: RowOf<'file-change'>, standing: Standing): ComponentChildren {
  const diffs = row.changes.flatMap((change) => (change.diff === undefined ? [] : [diffFigures(change.diff)]));
  const sums = diffs.reduce((sum, one) => ({ added: sum.added + one.added, removed: sum.removed + one.removed }), {
    added: 0,
    removed: 0,
  });
  const how =
    standing === 'cut-off' ? (
      t('didNotFinish')
    ) : standing === 'failed' ? (
      <span class="error">{row.status === 'declined' ? t('declined') : t('failed')}</span>
    ) : null;
  return dotted([how, diffs.length > 0 ? <DiffFigures {...sums} /> : null]);
}

function verbOf(change: FileChange | null, standing: Standing): string {
  const isRunning = standing === 'running';
  switch (change?.kind) {
    case 'add':
      return isRunning ? t('adding') : t('added');
    case 'delete':
      return isRunning ? t('deleting') : t('deleted');
    case 'move':
      return isRunning ? t('moving') : t('moved');
    case 'update':
    case undefined:
      return isRunning ? t('changing') : t('changed');
  }
}
