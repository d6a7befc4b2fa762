import type { JSX } from 'preact';
import type { InterruptedBy, RowOf, WarningSource } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { Disclosure } from '../disclosure.tsx';
import { Icon } from '../icon.tsx';
import { JsonPane } from '../json-pane.tsx';

/** One muted line: where a warning comes from and what it says. */
export function WarningRow({ row }: { readonly row: RowOf<'warning'> }): JSX.Element {
  const words = t('warningFrom', sourceOf(row.source), row.text);
  const long = words.length > 60 || words.includes('\n');
  return <Quiet rowKey={row.key} icon="warning" tone="warning" words={words} body={long ? row.text : null} />;
}

function sourceOf(source: WarningSource): string {
  switch (source) {
    case 'process':
      return t('warningProcess');
    case 'history':
      return t('warningHistory');
    case 'thread':
      return t('warningThread');
    case 'config':
      return t('warningConfig');
    case 'provisioning':
      return t('warningProvisioning');
  }
}

export function NoticeRow({ row }: { readonly row: RowOf<'notice'> }): JSX.Element {
  // Another model than the one that was asked is not a footnote.
  const rerouted = row.code === 'model_rerouted';
  return (
    <Quiet
      rowKey={row.key}
      icon={rerouted ? 'warning' : 'info'}
      tone={rerouted ? 'warning' : 'muted'}
      words={noticeOf(row)}
      body={null}
    />
  );
}

function noticeOf({ code, args }: RowOf<'notice'>): string {
  switch (code) {
    case 'model_rerouted':
      return t('noticeRerouted', ...args);
    case 'stalled':
      return t('noticeStalled', args[0] ?? '', timeOf(args[1] ?? ''));
    case 'context_compacted':
      return args[0] === '' || args[1] === ''
        ? t('noticeCompacted', args[2] ?? '')
        : t('noticeCompactedFigures', args[0] ?? '', args[1] ?? '', args[2] ?? '');
    case 'review_entered':
      return t('noticeReviewEntered');
    case 'review_left':
      return t('noticeReviewLeft');
    default:
      // A system notice brings its own words.
      return args.join(' ') || code;
  }
}

function timeOf(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : time.toLocaleTimeString();
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
  return <Quiet rowKey={row.key} icon="circle-slash" tone="muted" words={endedBy(row.by)} body={null} />;
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
