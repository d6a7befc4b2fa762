import { open, readFile, stat } from 'node:fs/promises';
import type { Attachment, TurnError } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import { turnError } from './failure.ts';

/** Bytes of the largest image, and of the largest schema, that go with a prompt. */
const largestImage = 20 * 1024 * 1024;
const largestSchema = 1024 * 1024;

/** What was read, or how the turn ends since it could not be. */
export type Given<T> = { readonly value: T } | { readonly error: TurnError };

/** The images of a prompt as `data:` URLs, in order; or why one of them can't be sent. Never rejects. */
export async function imagesOf(attachments: readonly Attachment[]): Promise<Given<readonly string[]>> {
  const urls: string[] = [];
  for (const { kind, path } of attachments) {
    if (kind !== 'image') continue;
    const url = await imageUrl(path);
    if (url === null) {
      const error = turnError('bad_request', `${path} is not an image that can be sent.`, {
        hint: 'It must be a PNG, JPEG, GIF or WebP file of at most 20 MB.',
      });
      return { error };
    }
    urls.push(url);
  }
  return { value: urls };
}

async function imageUrl(path: string): Promise<string | null> {
  try {
    // Before it is opened: a pipe would be waited for.
    const found = await stat(path);
    if (!found.isFile() || found.size > largestImage) return null;
    const file = await open(path);
    try {
      const bytes = await file.readFile();
      const type = bytes.length > largestImage ? null : imageType(bytes);
      return type === null ? null : `data:${type};base64,${bytes.toString('base64')}`;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

/** By its first bytes, whatever its name says: that is what providers look at. */
export function imageType(bytes: Buffer): 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | null {
  const head = bytes.subarray(0, 12).toString('latin1');
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(head)) return 'image/gif';
  return head.startsWith('RIFF') && head.slice(8) === 'WEBP' ? 'image/webp' : null;
}

/** The form of the answer, from the file that the user chose; or why it can't be used. Never rejects. */
export async function schemaOf(path: string | null): Promise<Given<Readonly<Record<string, unknown>> | null>> {
  if (path === null) return { value: null };
  const wrong = (why: string) => ({
    error: turnError('config_invalid', `The form of the answer can’t be used: ${path} ${why}.`, {
      hint: 'Choose another file in the thread’s options, or none.',
    }),
  });
  let value: unknown;
  try {
    const found = await stat(path);
    if (!found.isFile()) return wrong('is not a file');
    if (found.size > largestSchema) return wrong('is larger than 1 MB');
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    return wrong(error instanceof SyntaxError ? 'is not JSON' : `can’t be read (${messageOf(error)})`);
  }
  return isRecord(value) ? { value } : wrong('is no JSON Schema');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
