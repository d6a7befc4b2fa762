import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Attachment } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';
import { visible } from './visible.ts';

/** A file that goes or went with a prompt; opens it. */
export function AttachmentName({ file }: { readonly file: Attachment }): JSX.Element {
  const { actions } = useApp();
  return (
    <button
      type="button"
      class="chip-name"
      title={t('opensFile', visible(file.path))}
      onClick={() => actions.openFile(file.path, null)}
    >
      <Icon name={file.kind === 'image' ? 'file-media' : 'file'} />
      <span class="chip-text">{visible(file.label)}</span>
    </button>
  );
}

/** What goes with the draft. */
export function DraftAttachments(): JSX.Element | null {
  const { store, actions } = useApp();
  const list = useRef<HTMLUListElement>(null);
  const files = store.attachments.value;
  if (files.length === 0) return null;
  const remove = (file: Attachment, index: number) => {
    // To the next one before this one goes, so that several can be removed by one key.
    const buttons = list.current?.querySelectorAll<HTMLElement>('.chip-remove');
    (buttons?.[index + 1] ?? buttons?.[index - 1])?.focus();
    actions.detach(file);
  };
  return (
    <ul class="chips" ref={list} aria-label={t('attachments')}>
      {files.map((file, index) => (
        <li key={file.path} class="chip">
          <AttachmentName file={file} />
          <button
            type="button"
            class="chip-remove"
            title={t('detach', visible(file.label))}
            onClick={() => remove(file, index)}
          >
            <Icon name="close" />
            <span class="sr-only">{t('detach', visible(file.label))}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Images of what was pasted or dropped; none where there is text too: then the text is meant. */
export function imagesOf(transfer: DataTransfer | null): readonly File[] {
  if (transfer === null || transfer.types.includes('text/plain')) return [];
  return [...transfer.files].filter(({ type }) => type.startsWith('image/'));
}
