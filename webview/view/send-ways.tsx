import type { JSX } from 'preact';
import type { RowOf } from '../../src/model/index.ts';
import type { SubmitAs } from '../../src/protocol/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';
import { keyNames, sendKeys } from './key-names.ts';

/** What can become of the draft while a turn runs, the way of Enter first. */
export function SendWays(): JSX.Element | null {
  const { store, actions } = useApp();
  const sent = store.pending.value;
  if (!store.running.value || store.draft.value.trim() === '') return null;
  const steers = store.steers.value;
  const ways: readonly Way[] = steers ? ['steer', 'queue', 'now'] : ['queue', 'now'];
  const told = ways.map((way, index) => ({ way, ...wordsOf(way, index === 0) }));
  return (
    <div class="ways">
      {/* What the keys do is read with the prompt. */}
      <span class="sr-only" id="ways">
        {told.map(({ way, hint }) => (
          <span key={way}>{hint}. </span>
        ))}
      </span>
      {sent?.as === 'steer' && (
        <span class="note" role="status">
          {t('steering')}
        </span>
      )}
      {told.map(({ way, label, hint, icon }) => (
        <button
          key={way}
          type="button"
          class="link-button way"
          title={hint}
          aria-disabled={sent !== null}
          onClick={() => actions.submit(way)}
        >
          <Icon name={icon} />
          {label}
        </button>
      ))}
    </div>
  );
}

type Way = SubmitAs;

function wordsOf(way: Way, isFirst: boolean): { readonly icon: string; readonly label: string; readonly hint: string } {
  const key = keyNames(isFirst ? 'Enter' : sendKeys()[way]);
  switch (way) {
    case 'steer':
      return { icon: 'arrow-right', label: t('steer'), hint: t('steerHint', key) };
    case 'queue':
      return { icon: 'list-ordered', label: t('queue'), hint: t('queueHint', key) };
    case 'now':
      return { icon: 'debug-restart', label: t('sendNow'), hint: t('sendNowHint', key) };
  }
}

/** What can be done with a prompt that waits. */
export function QueuedWays({ row }: { readonly row: RowOf<'user'> }): JSX.Element | null {
  const { store, actions } = useApp();
  // Where another window holds the thread its prompts can't be changed from here.
  if ((store.composer.value?.queued ?? 0) === 0) return null;
  const busy = store.stopping.value || store.changing.value !== null;
  const of = row.text.trim().split('\n', 1)[0]?.slice(0, 80) ?? '';
  return (
    <>
      <button
        type="button"
        class="link-button way"
        title={t('sendQueuedHint')}
        aria-label={t('sendQueued', of)}
        aria-disabled={busy}
        onClick={() => actions.changeQueued('send', row)}
      >
        <Icon name="debug-restart" />
        {t('sendNow')}
      </button>
      <button
        type="button"
        class="link-button way"
        title={t('dropQueuedHint')}
        aria-label={t('dropQueued', of)}
        aria-disabled={busy}
        onClick={() => actions.changeQueued('drop', row)}
      >
        <Icon name="close" />
        {t('dropIt')}
      </button>
    </>
  );
}
