import type { ImageMime } from '../../src/protocol/index.ts';
import { imageMimes, maxImageBytes } from '../../src/protocol/index.ts';
import { t } from '../strings.ts';

/** Why a file can't be attached, in words; null = it can. */
export function whyNot({ name, type, size }: File): string | null {
  if (mimeOf(type) === null) return t('imageTypeNotTaken', name);
  return size > maxImageBytes ? t('imageTooLarge', name, maxImageBytes / 1024 / 1024) : null;
}

type Image = { readonly dataUrl: string; readonly mime: ImageMime; readonly name: string };

/** The image as the host takes it; null when its bytes can't be read. */
export function readImage(file: File): Promise<Image | null> {
  const mime = mimeOf(file.type);
  if (mime === null) return Promise.resolve(null);
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () =>
      resolve(
        typeof reader.result === 'string'
          ? { dataUrl: reader.result, mime, name: file.name.slice(0, 255) || mime.replace('/', '.') }
          : null,
      );
    reader.onerror = () => resolve(null);
    reader.readAsDataURL(file);
  });
}

function mimeOf(type: string): ImageMime | null {
  return imageMimes.find((mime) => mime === type) ?? null;
}
