import { open, stat } from 'node:fs/promises';
import type { Attachment } from '../model/index.ts';
import { codeOf } from '../node/index.ts';

/** Bytes of the largest file that may go with a prompt. */
const largest = 20 * 1024 * 1024;

/** Why a file can't go with a prompt, in a sentence that names it; null = it can. Never rejects. */
export async function checkAttachment({ kind, path }: Attachment): Promise<string | null> {
  try {
    // Before it is opened: a pipe would be waited for.
    const found = await stat(path);
    if (!found.isFile()) return `${path} is not a file.`;
    if (found.size > largest) return `${path} is larger than 20 MB.`;
    const file = await open(path);
    try {
      if (kind === 'file') return null;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
      return isImage(buffer.subarray(0, bytesRead)) ? null : `${path} is not a PNG, JPEG, GIF or WebP image.`;
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? `${path} does not exist.` : `${path} can’t be read (${code}).`;
  }
}

/** By its first bytes, whatever its name says: that is what providers look at. */
function isImage(head: Buffer): boolean {
  const text = head.toString('latin1');
  return (
    text.startsWith('\x89PNG\r\n\x1a\n') ||
    text.startsWith('\xff\xd8\xff') ||
    /^GIF8[79]a/.test(text) ||
    (text.startsWith('RIFF') && text.slice(8) === 'WEBP')
  );
}
