import type { JSX } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import type { Row } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { stopwatch } from './figures.ts';
import { Icon } from './icon.tsx';

/** What goes on now, and for how long. Drawn only while a turn runs, so its clock stands still otherwise. */
export function RunningRow(props: { readonly row: Row | null; readonly startedAt: string | null }): JSX.Element {
  const { row, startedAt } = props;
  const { store } = useApp();
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') tick(undefined);
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  const words = store.stopping.value ? t('stopping') : doingOf(row);
  const since = startedAt === null ? Number.NaN : Date.now() - Date.parse(startedAt);
  return (
    <div class="running">
      <span class="state muted">
        <Icon name="loading" spin />
      </span>
      <span class="words">{Number.isNaN(since) ? words : t('elapsed', words, stopwatch(since))}</span>
    </div>
  );
}

function doingOf(row: Row | null): string {
  switch (row?.kind) {
    case 'text':
      return t('writing');
    case 'reasoning':
      return t('thinking');
    case 'command':
      return t('runningCommand');
    case 'file-change':
      return t('changingFiles');
    case 'mcp':
      return t('callingTool', `${row.server}.${row.tool}`);
    case 'tool':
      return t('callingTool', row.name);
    case 'web-search':
      return t('searchingWeb');
    case 'subagent':
      return t('delegating');
    case 'approval':
      return t('waitingForDecision');
    default:
      return t('working');
  }
}
