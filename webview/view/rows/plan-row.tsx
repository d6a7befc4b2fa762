import type { JSX } from 'preact';
import type { PlanStep, RowOf } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { Icon } from '../icon.tsx';
import { RowHead } from '../row-head.tsx';

export function PlanRow({ row }: { readonly row: RowOf<'plan'> }): JSX.Element {
  const done = row.steps.filter((step) => step.status === 'completed').length;
  return (
    <div class="row plan">
      <div class="head">
        <RowHead
          icon={
            <span class="state plain">
              <Icon name="checklist" />
            </span>
          }
          verb={t('plan')}
          figures={t('planProgress', done, row.steps.length)}
        />
      </div>
      <ul class="steps">
        {row.steps.map((step, index) => (
          <li key={index} class={step.status}>
            <Icon name={iconOf(step)} />
            <span class="sr-only">{wordsOf(step)}: </span>
            <span>{step.text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function iconOf(step: PlanStep): string {
  switch (step.status) {
    case 'completed':
      return 'check';
    case 'in_progress':
      return 'arrow-right';
    case 'pending':
      return 'circle-small';
  }
}

function wordsOf(step: PlanStep): string {
  switch (step.status) {
    case 'completed':
      return t('stepDone');
    case 'in_progress':
      return t('stepRunning');
    case 'pending':
      return t('stepPending');
  }
}
