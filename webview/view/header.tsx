import type { JSX } from 'preact';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';
import { keyNames } from './key-names.ts';
import { ShortcutsButton } from './shortcuts-button.tsx';

/** The thread's title and what can be done with it. In a side bar the view's own title has the first two buttons. */
export function Header(): JSX.Element {
  const { store, actions, inTab } = useApp();
  const thread = store.about.value;
  const title = thread?.title || t('untitled');
  const busy = store.running.value || (thread?.queued.length ?? 0) > 0;
  return (
    <header class="header">
      <h1 title={title}>{title}</h1>
      {inTab && <HeaderButton icon="add" label={t('newThread')} onClick={() => actions.newThread()} />}
      {inTab && <HeaderButton icon="history" label={t('openThread')} onClick={() => actions.openThread(null)} />}
      {(thread?.rows.length ?? 0) > 0 && (
        <ToolButton tool="find" icon="search" label={t('findKey', keyNames(findKey))} />
      )}
      {(thread?.rows.length ?? 0) > 0 && <ToolButton tool="outline" icon="list-tree" label={t('outlineKey')} />}
      {(thread?.rows.length ?? 0) > 0 && (
        <HeaderButton
          icon="repo-forked"
          label={busy ? t('forkLater') : t('forkThread')}
          disabled={busy}
          onClick={() => actions.fork()}
        />
      )}
      <HeaderButton icon="settings" label={t('threadOptions')} onClick={() => actions.pickOptions()} />
      <ShortcutsButton />
    </header>
  );
}

const findKey = /^Mac/.test(navigator.platform) ? '⌘F' : 'Ctrl+F';

/** Opens a tool of the thread, or closes it. */
function ToolButton(props: {
  readonly tool: 'find' | 'outline';
  readonly icon: string;
  readonly label: string;
}): JSX.Element {
  const { store } = useApp();
  const { tool, icon, label } = props;
  const open = store.tool.value.tool === tool;
  const toggle = () => {
    store.tool.value = { tool: open ? null : tool, asked: store.tool.value.asked + 1 };
  };
  return (
    <button
      type="button"
      class="icon-button"
      title={label}
      aria-expanded={open}
      aria-keyshortcuts={tool === 'find' ? 'Control+F Meta+F' : 'Alt+O'}
      onClick={toggle}
    >
      <Icon name={icon} />
      <span class="sr-only">{label}</span>
    </button>
  );
}

/** One that is disabled keeps its place and says why. */
function HeaderButton(props: {
  readonly icon: string;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  const { icon, label, disabled = false, onClick } = props;
  return (
    <button
      type="button"
      class="icon-button"
      title={label}
      aria-disabled={disabled || undefined}
      onClick={disabled ? undefined : onClick}
    >
      <Icon name={icon} />
      <span class="sr-only">{label}</span>
    </button>
  );
}
