import type { FunctionComponent, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../strings.ts';
import { Icon } from './icon.tsx';

type List = FunctionComponent<{ readonly onClose: () => void }>;

/** Opens the list of the page's keys, as Alt+F1 does: the editor's own key for such help. It comes after the page. */
export function ShortcutsButton(): JSX.Element {
  const [List, setList] = useState<List | null>(null);
  const show = () => void import('./rare-views.ts').then(({ ShortcutsList }) => setList(() => ShortcutsList));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'F1' || !event.altKey) return;
      event.preventDefault();
      show();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        class="icon-button"
        title={t('shortcutsKey')}
        aria-keyshortcuts="Alt+F1"
        aria-haspopup="dialog"
        onClick={show}
      >
        <Icon name="keyboard" />
        <span class="sr-only">{t('shortcuts')}</span>
      </button>
      {List !== null && <List onClose={() => setList(null)} />}
    </>
  );
}
