import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ComposerState } from '../../src/protocol/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

/** Where the prompt is written, and what the next turn would run with. */
export function Composer(): JSX.Element {
  const { store } = useApp();
  const composer = store.composer.value;
  return (
    <footer class="composer">
      {composer?.blocked != null && <Blocked blocked={composer.blocked} />}
      <PromptBox />
      {composer !== null && <Bar composer={composer} />}
    </footer>
  );
}

function PromptBox(): JSX.Element {
  const { store, actions } = useApp();
  const area = useRef<HTMLTextAreaElement>(null);
  const requests = store.focusRequests.value;
  const focused = useRef(requests);
  // The one case in which the focus moves by itself: a command of the user asked for the chat.
  useLayoutEffect(() => {
    if (requests !== focused.current) area.current?.focus();
    focused.current = requests;
  }, [requests]);
  const refusal = store.refusal.value;
  return (
    <>
      <div class="refusal" role="alert" id="refusal">
        {refusal !== null && (
          <>
            <Icon name="error" />
            <span>{refusal}</span>
          </>
        )}
      </div>
      <div class="box">
        <textarea
          ref={area}
          rows={1}
          aria-label={t('composerLabel')}
          aria-describedby={refusal === null ? undefined : 'refusal'}
          placeholder={t('composerPlaceholder')}
          value={store.draft.value}
          onInput={(event) => actions.setDraft(event.currentTarget.value)}
          onBlur={() => actions.flush()}
          onKeyDown={(event) => {
            if (!sends(event)) return;
            event.preventDefault();
            actions.submit();
          }}
        />
        <SendOrStop />
      </div>
    </>
  );
}

/** Enter alone sends; with a modifier it is a line break, and inside an input method it chooses a word. */
function sends(event: TargetedKeyboardEvent<HTMLTextAreaElement>): boolean {
  if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
  // 229: some input methods end composing before the key arrives.
  return !event.isComposing && event.keyCode !== 229;
}

/** One button, so that the focus stays on it when its meaning changes. */
function SendOrStop(): JSX.Element {
  const { store, actions } = useApp();
  const stopping = store.stopping.value;
  if (store.running.value) {
    return (
      <button type="button" class="send" aria-disabled={stopping} onClick={() => actions.stop()}>
        <Icon name="debug-stop" />
        {stopping ? t('stopping') : t('stop')}
      </button>
    );
  }
  const nothing = store.draft.value.trim() === '' || store.pending.value !== null;
  return (
    <button type="button" class="send" aria-disabled={nothing} onClick={() => actions.submit()}>
      <Icon name="send" />
      {t('send')}
    </button>
  );
}

function Bar({ composer }: { readonly composer: ComposerState }): JSX.Element {
  const { actions } = useApp();
  const { lane, folder, folderCanChange, model, sandbox, queued } = composer;
  return (
    <div class="bar">
      <button
        type="button"
        class="pick"
        title={lane.tooltip}
        aria-label={t('pickLane', lane.label, lane.tooltip)}
        onClick={() => actions.pickLane()}
      >
        <Icon name={lane.icon} />
        <span class="label">{lane.label}</span>
        <Icon name="chevron-down" class="small" />
      </button>
      {model !== null && (
        <span class="pick quiet" title={t('modelIs', model)}>
          <span class="label">{model}</span>
        </span>
      )}
      {sandbox !== null && (
        <span class="pick quiet" title={sandbox.tooltip}>
          <Icon name={sandbox.icon} />
          <span class="label">{sandbox.label}</span>
        </span>
      )}
      <FolderPick folder={folder} canChange={folderCanChange} />
      {queued > 0 && <span class="pick quiet">{t('queuedCount', queued)}</span>}
    </div>
  );
}

function FolderPick(props: { readonly folder: ComposerState['folder']; readonly canChange: boolean }): JSX.Element {
  const { folder, canChange } = props;
  const { actions } = useApp();
  const name = folder?.name ?? t('noFolder');
  if (!canChange) {
    return (
      <span class="pick quiet folder" title={folder === null ? name : t('folderIs', folder.path)}>
        <Icon name="folder" />
        <span class="label">{name}</span>
      </span>
    );
  }
  return (
    <button
      type="button"
      class="pick quiet folder"
      title={folder === null ? name : t('folderIs', folder.path)}
      aria-label={t('pickFolder', name)}
      onClick={() => actions.pickFolder()}
    >
      <Icon name="folder" />
      <span class="label">{name}</span>
      <Icon name="chevron-down" class="small" />
    </button>
  );
}

function Blocked({ blocked }: { readonly blocked: NonNullable<ComposerState['blocked']> }): JSX.Element {
  const { actions } = useApp();
  return (
    <div class="blocked" role="note">
      <Icon name="info" />
      <div>
        <p>{blocked.text}</p>
        {blocked.actions.length > 0 && (
          <div class="buttons">
            {blocked.actions.map((action) => (
              <button key={action.id} type="button" class="button" onClick={() => actions.run(action.id)}>
                {action.label}
              </button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
