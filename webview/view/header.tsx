import type { JSX } from 'preact';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

export function Header(): JSX.Element {
  const { store, actions } = useApp();
  const title = store.thread.value?.title || t('untitled');
  return (
    <header class="header">
      <h1 title={title}>{title}</h1>
      <button type="button" class="icon-button" title={t('newThread')} onClick={() => actions.newThread()}>
        <Icon name="add" />
        <span class="sr-only">{t('newThread')}</span>
      </button>
    </header>
  );
}
