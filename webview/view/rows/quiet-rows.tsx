import type { ComponentChildren, JSX } from 'preact';
import type { InterruptedBy, RowOf } from '../../../src/model/index.ts';
import { threadId } from '../../../src/model/index.ts';
import { continuePrompt } from '../../../src/protocol/index.ts';
import { pageLanguage, t } from '../../strings.ts';
import { useApp } from '../app-context.ts';
import { Disclosure } from '../disclosure.tsx';
import { count } from '../figures.ts';
import { Icon } from '../icon.tsx';
import { JsonPane } from '../later-views.tsx';
import { warningSource } from '../warning-source.ts';
import { gapOf } from './baseline-words.ts';

/** One muted line: where a warning comes from and what it says. */
export function WarningRow({ row }: { readonly row: RowOf<'warning'> }): JSX.Element {
  const words = t('warningFrom', warningSource(row.source), row.text);
  const long = words.length > 60 || words.includes('\n');
  return <Quiet rowKey={row.key} icon="warning" tone="warning" words={words} body={long ? row.text : null} />;
}

export function NoticeRow({ row }: { readonly row: RowOf<'notice'> }): JSX.Element {
  // Another model than the one that was asked is not a footnote.
  const rerouted = row.code === 'model_rerouted';
  if (row.code === 'thread_forked') return <ForkedRow row={row} />;
  return (
    <Quiet
      rowKey={row.key}
      icon={rerouted ? 'warning' : 'info'}
      tone={rerouted ? 'warning' : 'muted'}
      words={noticeOf(row)}
      body={row.summary ?? null}
    />
  );
}

/** Leads back to where the thread came from. */
function ForkedRow({ row }: { readonly row: RowOf<'notice'> }): JSX.Element {
  const { actions } = useApp();
  const [title, parent = ''] = row.args;
  const words = t('noticeForked', title || t('untitled'));
  return (
    <Line icon="repo-forked">
      <button
        type="button"
        class="link-button"
        aria-label={t('noticeForkedOpen', title || t('untitled'))}
        onClick={() => actions.openThread(threadId(parent))}
      >
        {words}
      </button>
    </Line>
  );
}

function noticeOf({ code, args }: RowOf<'notice'>): string {
  switch (code) {
    case 'model_rerouted':
      return t('noticeRerouted', ...args);
    case 'stalled':
      return t('noticeStalled', stallOf(args[0] ?? ''), timeOf(args[1] ?? ''));
    case 'context_compacted':
      return compactionOf(args);
    case 'review_entered':
      return t('noticeReviewEntered');
    case 'review_left':
      return t('noticeReviewLeft');
    case 'worktree_created':
      return t('noticeWorktree', args[0] ?? '');
    case 'worktree_merged':
      return t('noticeMerged');
    case 'worktree_discarded':
      return args[0] === undefined || args[0] === '' ? t('noticeDiscarded') : t('noticeDiscardedKept', args[0]);
    case 'thread_imported':
      return args[1] === '' ? t('noticeImported') : t('noticeImportedShortened');
    case 'more_disk_changes':
      return t('moreDiskChanges', Number(args[0]));
    case 'disk_overlooked':
      return t('diskOverlooked', Number(args[0]));
    case 'instructions_dropped':
      return t('instructionsDropped', args[0] ?? '');
    case 'disk_not_looked_at':
      return t('diskNotLookedAt', gapOf(args[0]));
    default:
      // A system notice brings its own words.
      return args.join(' ') || code;
  }
}

/** The hop that was silent. The last two stand in threads of earlier releases. */
function stallOf(hop: string): string {
  switch (hop) {
    case 'process':
      return t('stallProcess');
    case 'thread':
      return t('stallThread');
    case 'turn':
      return t('stallTurn');
    case 'network':
      return t('stallNetwork');
    case 'reply':
      return t('stallReply');
    case 'reconnecting':
      return t('stallReconnecting');
    case 'command':
      return t('stallCommand');
    case 'tool':
      return t('stallTool');
    case 'exit':
      return t('stallExit');
    case 'runtime':
      return t('stallRuntime');
    case 'provider':
      return t('stallProvider');
    default:
      return hop;
  }
}

function timeOf(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : time.toLocaleTimeString(pageLanguage());
}

export function RawRow({ row }: { readonly row: RowOf<'raw'> }): JSX.Element {
  return (
    <Quiet
      rowKey={row.key}
      icon="question"
      tone="muted"
      words={t('unknownEvent', row.rawType)}
      body={row.payload}
      label={t('payload')}
    />
  );
}

export function InterruptionRow({ row }: { readonly row: RowOf<'interruption'> }): JSX.Element {
  const { store, actions } = useApp();
  const end = store.looseEnd.value;
  const last = end !== null && end.turnId === row.turnId ? end : null;
  const { prompt = null } = last ?? {};
  const waits = store.pending.value !== null;
  return (
    <Line icon="circle-slash">
      <span>{endedBy(row.by)}</span>
      {last?.resumes === true ? (
        <button
          type="button"
          class="button"
          title={t('continueTooltip', continuePrompt)}
          aria-disabled={waits || undefined}
          onClick={() => actions.continueTurn()}
        >
          {t('continueTurn')}
        </button>
      ) : (
        prompt !== null && (
          <button type="button" class="button" title={t('useAgainTooltip')} onClick={() => actions.useAgain(prompt)}>
            {t('useAgain')}
          </button>
        )
      )}
    </Line>
  );
}

/** A muted line with something to do under it. */
function Line({ icon, children }: { readonly icon: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="row quiet">
      <div class="head with-action">
        <span class="state muted">
          <Icon name={icon} />
        </span>
        <div class="says">{children}</div>
      </div>
    </div>
  );
}

function endedBy(by: InterruptedBy): string {
  switch (by) {
    case 'user':
      return t('stoppedByUser');
    case 'shutdown':
      return t('endedByShutdown');
    case 'timeout':
      return t('endedByTimeout');
  }
}

function Quiet(props: {
  readonly rowKey: string;
  readonly icon: string;
  readonly tone: 'warning' | 'muted';
  readonly words: string;
  readonly body: string | null;
  readonly label?: string;
}): JSX.Element {
  const { rowKey, icon, tone, words, body, label } = props;
  return (
    <Disclosure
      rowKey={rowKey}
      class="quiet"
      head={
        <>
          <span class={`state ${tone}`}>
            <Icon name={icon} />
          </span>
          <span class={body === null ? 'words whole' : 'words'} title={body === null ? undefined : words}>
            {words}
          </span>
        </>
      }
      body={body === null ? null : () => <JsonPane label={label ?? ''} value={body} />}
    />
  );
}

/** A lane of ours sums up the conversation; Codex says only that it got shorter. */
function compactionOf([before = '', after = '', how]: readonly string[]): string {
  if (before === '' || after === '') return t('noticeCompacted');
  const isOurs = how === 'lanes';
  return t(isOurs ? 'noticeSummedUp' : 'noticeCompactedFigures', count(Number(before)), count(Number(after)));
}
