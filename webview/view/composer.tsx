import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ComposerState, SubmitAs } from '../../src/protocol/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { DraftAttachments, imagesOf } from './attachments.tsx';
import { Icon } from './icon.tsx';
import { LimitsNote, SendQuestionNote, SendWays, WorktreeBar } from './later-views.tsx';
import { OptionsPick } from './options-pick.tsx';
import { isNo } from './send-question.ts';
import { WhyLink } from './why-link.tsx';

/** Where the prompt is written, and what the next turn would run with. */
export function Composer(): JSX.Element {
  const { store } = useApp();
  const composer = store.composer.value;
  const blocked = store.blocked.value;
  return (
    <footer class="composer">
      {blocked !== null && <Blocked blocked={blocked} />}
      <SendQuestionNote />
      <WorktreeBar />
      {composer?.limits !== undefined && <LimitsNote limits={composer.limits} />}
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
  // What stands in the way of the prompt is read with it, wherever it is drawn.
  const notes = [
    ...(store.blocked.value === null ? [] : ['blocked']),
    ...(store.question.value === null ? [] : ['question']),
    ...(refusal === null ? [] : ['refusal']),
    ...(store.composer.value?.limits === undefined ? [] : ['limits']),
    ...(store.running.value && store.draft.value.trim() !== '' ? ['ways'] : []),
  ];
  const attach = (event: Event, transfer: DataTransfer | null) => {
    const images = imagesOf(transfer);
    if (images.length === 0) return;
    event.preventDefault();
    void actions.attachImages(images);
  };
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
      {/* biome-ignore lint/a11y/noStaticElementInteractions: where images are dropped; the button beside it does the same */}
      <div
        class="box"
        onDragOver={(event) => {
          if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
        }}
        onDrop={(event) => {
          // Left to itself the page would go where the file is.
          if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
          const files = [...(event.dataTransfer?.files ?? [])];
          if (files.length > 0) void actions.attachImages(files);
        }}
      >
        <div class="write">
          <textarea
            ref={area}
            id="prompt"
            // Empty, it goes the way of the page, as the words that stand there then do.
            dir={store.draft.value === '' ? undefined : 'auto'}
            rows={1}
            aria-label={t('composerLabel')}
            aria-describedby={notes.join(' ') || undefined}
            placeholder={t('composerPlaceholder')}
            value={store.draft.value}
            onInput={(event) => actions.setDraft(event.currentTarget.value)}
            onPaste={(event) => attach(event, event.clipboardData)}
            onBlur={() => actions.flush()}
            onKeyDown={(event) => {
              const way = wayOf(event);
              if (way === 'send') actions.submit();
              else if (way !== null && store.running.value) actions.submit(way);
              else if (isNo(event) && store.question.value !== null) actions.declineSend();
              else return;
              event.preventDefault();
            }}
          />
          <SendWays />
          <SendOrStop />
        </div>
        <DraftAttachments />
      </div>
    </>
  );
}

/**
 * Enter alone sends; while a turn runs, with one modifier it chooses what becomes of the prompt. With Shift it is a line
 * break, and inside an input method it chooses a word; 229: some of them end composing before the key arrives.
 */
function wayOf(event: TargetedKeyboardEvent<HTMLTextAreaElement>): SubmitAs | 'send' | null {
  const { key, shiftKey, altKey, ctrlKey, metaKey, isComposing, keyCode } = event;
  if (key !== 'Enter' || shiftKey || isComposing || keyCode === 229) return null;
  const main = ctrlKey || metaKey;
  if (altKey) return main ? null : 'queue';
  return main ? 'now' : 'send';
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
  const { lane, folder, folderCanChange, images, queued } = composer;
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
      <OptionsPick composer={composer} />
      <SandboxPick composer={composer} />
      <FolderPick folder={folder} canChange={folderCanChange} />
      {images && (
        <button type="button" class="pick quiet attach" title={t('attachImage')} onClick={() => actions.pickImages()}>
          <Icon name="attach" />
          <span class="sr-only">{t('attachImage')}</span>
        </button>
      )}
      {queued > 0 && <span class="pick quiet">{t('queuedCount', queued)}</span>}
    </div>
  );
}

/** What is in effect on this lane. Where there is nothing to choose it is words, not a button that does nothing. */
function SandboxPick({ composer }: { readonly composer: ComposerState }): JSX.Element {
  const { store, actions } = useApp();
  const { approvals, policies } = composer;
  const own = store.about.value?.options.policy ?? null;
  const sandbox = { ...composer.sandbox, ...(own === null ? undefined : policies?.[own]) };
  const label = approvals === null ? sandbox.label : `${sandbox.label} · ${approvals.label}`;
  const tooltip = approvals === null ? sandbox.tooltip : `${sandbox.tooltip}\n${approvals.tooltip}`;
  if (!sandbox.canChange) {
    return (
      <span class="pick quiet sandbox" title={tooltip}>
        <Icon name={sandbox.icon} />
        <span class="label">{label}</span>
        <span class="sr-only">. {tooltip}</span>
      </span>
    );
  }
  return (
    <button
      type="button"
      class="pick quiet sandbox"
      title={tooltip}
      aria-label={t('pickSandbox', label, tooltip)}
      onClick={() => actions.pickSandbox()}
    >
      <Icon name={sandbox.icon} />
      <span class="label">{label}</span>
      <Icon name="chevron-down" class="small" />
    </button>
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
        {folder !== null && <span class="sr-only">. {t('folderIs', folder.path)}</span>}
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

/** Goes as soon as its button helped. */
function Blocked({ blocked }: { readonly blocked: NonNullable<ComposerState['blocked']> }): JSX.Element {
  const { actions } = useApp();
  return (
    <div class="blocked" role="note">
      <Icon name="info" />
      <div>
        <p id="blocked">{blocked.text}</p>
        {(blocked.actions.length > 0 || blocked.why) && (
          <div class="buttons">
            {blocked.actions.map((action) => (
              <button key={action.id} type="button" class="button" onClick={() => actions.run(action.id)}>
                {action.label}
              </button>
            ))}
            {blocked.why && <WhyLink />}
          </div>
        )}
      </div>
    </div>
  );
}
