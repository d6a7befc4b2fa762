import type { JSX } from 'preact';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';

/** Leads to every gate of the lanes: which is shut, by what, since when, and what opens it. */
export function WhyLink(): JSX.Element {
  const { actions } = useApp();
  return (
    <button type="button" class="link-button" aria-label={t('whyLabel')} onClick={() => actions.explain()}>
      {t('why')}
    </button>
  );
}
