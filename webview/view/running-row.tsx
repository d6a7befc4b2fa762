import type { JSX } from 'preact';
import { useEffect, useReducer, useRef } from 'preact/hooks';
import type { Row, TurnView } from '../../src/model/index.ts';
import type { Waiting } from '../state/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { useExpanded } from './disclosure.tsx';
import { stopwatch } from './figures.ts';
import { useFocusBack } from './focus-back.ts';
import { Icon } from './icon.tsx';
import { ProgressBox } from './later-views.tsx';
import { toolWords } from './rows/tool-words.ts';
import { waitingFor } from './waiting-words.tsx';

/**
 * What goes on now, and for how long; opens to how far the turn is, by itself when nothing comes. Drawn only while a
 * turn runs, so its clock stands still otherwise.
 */
export function RunningRow(props: { readonly row: Row | null; readonly turn: TurnView | null }): JSX.Element {
  const { row, turn } = props;
  const { store } = useApp();
  const now = useNow();
  const line = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLButtonElement>(null);
  useFocusBack(line, () => line.current?.closest<HTMLElement>('.log'));
  const waiting = store.waiting.value;
  const progress = store.composer.value?.progress ?? null;
  const stalled = waiting !== null && now >= waiting.stalledAt;
  const { open, toggle } = useExpanded(`running:${turn?.turnId ?? ''}`, stalled);
  const startedAt = turn === null ? Number.NaN : Date.parse(turn.startedAt);
  const waits = waiting !== null && !store.stopping.value && !speaksFor(row, stalled);
  const words = store.stopping.value ? t('stopping') : waits ? waitingFor(waiting) : doingOf(row);
  const since = waits ? waiting.since : startedAt;
  const content = (
    <>
      <span class="state muted">
        <Icon name="loading" spin />
      </span>
      <span class="doing" title={titleOf(waits ? waiting : null)}>
        {words}
      </span>
      {/* Not part of the name of a button that has the focus: it would be read out each second. */}
      {!Number.isNaN(since) && (
        <span class="clock" aria-hidden={waiting !== null}>
          {t('clock', stopwatch(now - since))}
        </span>
      )}
    </>
  );
  if (waiting === null || progress === null) {
    return (
      <div class="running" ref={line}>
        <div class="head">{content}</div>
      </div>
    );
  }
  return (
    <div class="running" ref={line}>
      <button
        type="button"
        class="head"
        ref={head}
        aria-expanded={open}
        aria-controls={open ? 'progress' : undefined}
        onClick={toggle}
      >
        {content}
        <Icon name={open ? 'chevron-up' : 'chevron-down'} class="chevron" />
      </button>
      {open && <ProgressBox progress={progress} waiting={waiting} startedAt={startedAt} now={now} head={head} />}
    </div>
  );
}

/** The time, once a second while the page is in sight. */
function useNow(): number {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') tick(undefined);
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return Date.now();
}

/** Commands are cut on the line; the tooltip has them whole. */
function titleOf(waiting: Waiting | null): string | undefined {
  return waiting?.hop === 'command' ? (waiting.what ?? undefined) : undefined;
}

/** What an item that is open says itself is more than what its turn waits for, until it falls silent. */
function speaksFor(row: Row | null, stalled: boolean): boolean {
  switch (row?.kind) {
    case 'approval':
      return true;
    case 'text':
    case 'reasoning':
    case 'file-change':
    case 'tool':
    case 'web-search':
    case 'subagent':
      return !stalled;
    default:
      return false;
  }
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
    case 'tool': {
      const { verb, object } = toolWords(row, true);
      return `${verb} ${object}`.trim();
    }
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
