import type { ImageMime } from '../../protocol/index.ts';
import { imageMimes, maxImageBytes } from '../../protocol/index.ts';
import type { Translate } from '../translate.ts';

export type ImageData =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly mime: ImageMime }
  | { readonly ok: false; readonly message: string };

/**
 * The bytes of an image that the page handed over. They must be what they are said to be: the file gets the ending of that
 * type, and is opened by whatever the system opens it with.
 */
export function readImage(dataUrl: string, mime: string, t: Translate): ImageData {
  const claimed = imageMimes.find((known) => known === mime);
  if (claimed === undefined) return refused(t('Only PNG, JPEG, GIF and WebP images can be attached.'));
  // Before it is decoded; four letters are three bytes.
  if (dataUrl.length > maxImageBytes * 1.4) return tooLarge(t);
  const bytes = decode(dataUrl, claimed);
  if (bytes === null) return refused(t('The image could not be read.'));
  if (bytes.length > maxImageBytes) return tooLarge(t);
  if (typeOf(bytes) !== claimed) return refused(t('The image is not what it says it is ({0}).', claimed));
  return { ok: true, bytes, mime: claimed };
}

function tooLarge(t: Translate): ImageData {
  return refused(t('The image is larger than {0} MB.', maxImageBytes / 1024 / 1024));
}

function refused(message: string): ImageData {
  return { ok: false, message };
}

function decode(dataUrl: string, mime: ImageMime): Uint8Array | null {
  const head = `data:${mime};base64,`;
  if (!dataUrl.startsWith(head)) return null;
  try {
    return Uint8Array.from(atob(dataUrl.slice(head.length)), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

/** By the first bytes alone, as the formats' own descriptions fix them. */
function typeOf(bytes: Uint8Array): ImageMime | null {
  const text = String.fromCharCode(...bytes.subarray(0, 12));
  if (text.startsWith('\u0089PNG\r\n\u001a\n')) return 'image/png';
  if (text.startsWith('\u00ff\u00d8\u00ff')) return 'image/jpeg';
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'image/gif';
  return text.startsWith('RIFF') && text.slice(8) === 'WEBP' ? 'image/webp' : null;
}
