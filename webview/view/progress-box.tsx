import type { JSX, RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { ProgressStep, TurnProgress } from '../../src/model/index.ts';
import type { Waiting } from '../state/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { duration, stopwatch, wholeSeconds } from './figures.ts';
import { useFocusBack } from './focus-back.ts';
import { Icon } from './icon.tsx';
import { visible } from './visible.ts';
import { meaningOf, waitingText } from './waiting-words.tsx';

/** How far the running turn came, which hop is silent, and what can be done: only what was observed. */
export function ProgressBox(props: {
  readonly progress: TurnProgress;
  readonly waiting: Waiting;
  /** When the turn began, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly now: number;
  /** Takes the focus when the box goes away with it. */
  readonly head: RefObject<HTMLElement | null>;
}): JSX.Element {
  const { progress, waiting, startedAt, now, head } = props;
  const { store, actions } = useApp();
  const box = useRef<HTMLDivElement>(null);
  useFocusBack(box, () => head.current);
  const stopping = store.stopping.value;
  const steps = lastOfEach(progress.steps);
  const base = Math.min(...[startedAt, ...steps.map(({ at }) => Date.parse(at))].filter((time) => !Number.isNaN(time)));
  return (
    <div class="progress" id="progress" ref={box}>
      <ol>
        {steps.map((step) => (
          <li
            key={`${step.what} ${step.at}`}
            title={step.what === 'thread-started' ? (step.detail ?? undefined) : undefined}
          >
            <span class={step.what === 'reconnecting' ? 'state warning' : 'state ok'}>
              <Icon name={step.what === 'reconnecting' ? 'warning' : 'pass'} />
            </span>
            <span class="step">{stepWords(step)}</span>
            <span class="figures">{duration(Date.parse(step.at) - base)}</span>
          </li>
        ))}
        <li>
          <span class="state muted">
            <Icon name="ellipsis" />
          </span>
          <span class="step">{waitingText(waiting)}</span>
          <span class="figures">{t('forTime', stopwatch(now - waiting.since))}</span>
        </li>
      </ol>
      <p>{meaningOf(waiting.hop)}</p>
      <p class="note">{givenUp(progress.givesUpAt, waiting, now)}</p>
      <div class="buttons">
        {progress.givesUpAt !== null && !stopping && (
          <button type="button" class="button" title={t('waitTooltip')} onClick={() => actions.wait()}>
            {t('wait')}
          </button>
        )}
        <button type="button" class="button" aria-disabled={stopping} onClick={() => actions.stop()}>
          {stopping ? t('stopping') : t('stop')}
        </button>
      </div>
    </div>
  );
}

/** Tries to reconnect follow each other: the last one says how often it was. */
function lastOfEach(steps: readonly ProgressStep[]): readonly ProgressStep[] {
  return steps.filter(({ what }, index) => what !== 'reconnecting' || steps[index + 1]?.what !== what);
}

function stepWords({ what, detail }: ProgressStep): string {
  const told = detail === null ? null : visible(detail);
  switch (what) {
    case 'process-started':
      return told === null ? t('stepProcess') : t('stepProcessPid', told);
    case 'thread-started':
      return t('stepThread');
    case 'turn-started':
      return t('stepTurn');
    case 'request-sent':
      return told === null ? t('stepRequest') : t('stepRequestTo', told);
    case 'request-accepted':
      return t('stepAccepted');
    case 'reconnecting':
      return told === null ? t('stepReconnecting') : t('stepReconnectingSays', told);
  }
}

function givenUp(at: string | null, { hop }: Waiting, now: number): string {
  if (at !== null) {
    const left = Date.parse(at) - now;
    return left > 0 ? t('givenUpIn', wholeSeconds(left)) : t('givenUpNow');
  }
  if (hop === 'command') return t('notGivenUpCommand');
  return hop === 'tool' ? t('notGivenUpTool') : t('notGivenUp');
}
