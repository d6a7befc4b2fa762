import { l10n, window } from 'vscode';
import type { Attachment } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { readImage } from './image-data.ts';

/** Images that the user chose; empty = none. They are looked at when the prompt is sent. */
export async function pickImages(_ctx: HostContext): Promise<readonly Attachment[]> {
  const files = await window.showOpenDialog({
    title: l10n.t('Attach Images'),
    openLabel: l10n.t('Attach'),
    canSelectMany: true,
    filters: { [l10n.t('Images')]: ['png', 'jpg', 'jpeg', 'gif', 'webp'] },
  });
  return (files ?? [])
    .filter(({ scheme }) => scheme === 'file')
    .map(({ fsPath, path }) => ({ kind: 'image', path: fsPath, label: path.split('/').at(-1) || fsPath }));
}

/** Writes a pasted image into the data home; null = it could not be, and the user was told. */
export async function savePasted(
  { core, log }: HostContext,
  { dataUrl, mime, name }: { readonly dataUrl: string; readonly mime: string; readonly name: string },
): Promise<Attachment | null> {
  const image = readImage(dataUrl, mime, l10n.t);
  if (!image.ok) {
    void window.showErrorMessage(image.message);
    return null;
  }
  try {
    const { threads } = await core.get();
    const path = await threads.keepImage(image.bytes, image.mime);
    return { kind: 'image', path, label: name.trim() || l10n.t('Pasted image') };
  } catch (error) {
    log.error('A pasted image was not kept', error);
    void window.showErrorMessage(messageOf(error));
    return null;
  }
}

/** Adds images to the prompt that is being written. */
export async function attachImage(ctx: HostContext): Promise<void> {
  const images = await pickImages(ctx);
  if (images.length === 0) return;
  // A view that was never opened takes nothing.
  await ctx.session.reveal();
  ctx.session.attach(images);
}
