import type { ComponentChildren, JSX } from 'preact';
import type { RowOf } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { Disclosure } from '../disclosure.tsx';
import { duration } from '../figures.ts';
import { insideShell } from '../inside-shell.ts';
import { CommandPlace, OutputPane } from '../later-views.tsx';
import type { Standing } from '../row-head.tsx';
import { dotted, RowHead, StandingIcon, standingOf } from '../row-head.tsx';
import { visible } from '../visible.ts';

export function CommandRow({ row }: { readonly row: RowOf<'command'> }): JSX.Element {
  const standing = standingOf(row);
  const failed = standing === 'failed';
  return (
    <Disclosure
      rowKey={row.key}
      class="command"
      openByDefault={failed && row.output.trim() !== ''}
      head={
        <RowHead
          icon={<StandingIcon standing={standing} done="pass" />}
          verb={standing === 'running' ? t('running') : t('ran')}
          object={<code>{visible(oneLine(insideShell(row.command)))}</code>}
          title={visible(row.command)}
          figures={figuresOf(row, standing)}
        />
      }
      body={() => (
        <>
          {row.command !== insideShell(row.command) || row.command.length > 60 || row.command.includes('\n') ? (
            <pre class="whole-command">{visible(row.command)}</pre>
          ) : null}
          <CommandPlace row={row} />
          {row.output.trim() === '' ? (
            <div class="note">{t('noOutput')}</div>
          ) : (
            <OutputPane text={row.output} label={t('output')} short={failed} />
          )}
        </>
      )}
    />
  );
}

function figuresOf(row: RowOf<'command'>, standing: Standing): ComponentChildren {
  const how =
    standing === 'cut-off' ? (
      t('didNotFinish')
    ) : row.status === 'declined' ? (
      t('declined')
    ) : row.exitCode !== null ? (
      <span class={row.exitCode === 0 ? undefined : 'error'}>{t('exitCode', String(row.exitCode))}</span>
    ) : standing === 'failed' ? (
      t('failed')
    ) : null;
  const took = row.durationMs ?? observed(row);
  return dotted([how, took === null ? null : duration(took)]);
}

/** From the first event to the last, where the runtime tells no time and the events are apart. */
function observed({ startedAt, endedAt, open }: RowOf<'command'>): number | null {
  const took = endedAt === null || open ? 0 : Date.parse(endedAt) - Date.parse(startedAt);
  return took > 0 ? took : null;
}

const oneLine = (command: string): string => command.replace(/\s*\n\s*/g, ' ⏎ ');
