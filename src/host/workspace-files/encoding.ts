import { Uri, workspace } from 'vscode';
import type { WorkspaceFiles } from '../ports.ts';

/** By the file's mark, the open document's encoding, else `files.encoding` of the file; UTF-8 strictly. */
export const decode: WorkspaceFiles['decode'] = async (path, bytes) => {
  const marked = markOf(bytes);
  if (marked === null && bytes.includes(0) && !wide(configured(path))) return null;
  if (marked !== null) return lossless(bytes, marked);
  const found = await lossless(bytes, openEncoding(path) ?? configured(path));
  if (found !== null) return found;
  if (workspace.getConfiguration('files', Uri.file(path)).get('autoGuessEncoding') !== true) return null;
  // `workspace.decode` does not tell which encoding it took; a document does.
  const document = await workspace.openTextDocument(Uri.file(path)).then(undefined, () => null);
  return document === null ? null : lossless(bytes, document.encoding);
};

/** Null also where a character would become another one. */
export const encode: WorkspaceFiles['encode'] = async (_path, { text, encoding }) => {
  const bytes = await bytesOf(text, encoding);
  return (await textOf(bytes, encoding)) === text ? bytes : null;
};

/** A text that gives these very bytes again; else the file is not in this encoding. */
async function lossless(bytes: Uint8Array, encoding: string) {
  const text = await textOf(bytes, encoding);
  if (text === null) return null;
  return sameBytes(await bytesOf(text, encoding), bytes) ? { text, encoding } : null;
}

async function textOf(bytes: Uint8Array, encoding: string): Promise<string | null> {
  try {
    // The editor's own decoding puts a substitute where bytes are wrong.
    if (encoding === 'utf8' || encoding === 'utf8bom') return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return (await workspace.decode(bytes, { encoding })).replace(/^\uFEFF/, '');
  } catch {
    return null;
  }
}

async function bytesOf(text: string, encoding: string): Promise<Uint8Array> {
  if (encoding === 'utf8') return new TextEncoder().encode(text);
  if (encoding === 'utf8bom') return new TextEncoder().encode(`\uFEFF${text}`);
  return workspace.encode(text, { encoding });
}

function markOf([first, second, third]: Uint8Array): 'utf8bom' | 'utf16le' | 'utf16be' | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf8bom';
  if (first === 0xff && second === 0xfe) return 'utf16le';
  return first === 0xfe && second === 0xff ? 'utf16be' : null;
}

function openEncoding(path: string): string | null {
  const { fsPath } = Uri.file(path);
  const open = workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === fsPath);
  // An open document's encoding may say a mark that the file has lost since.
  return open === undefined || open.encoding === 'utf8bom' ? null : open.encoding;
}

/** Without a mark a file is plain UTF-8, also where new files get one. */
function configured(path: string): string {
  const set = workspace.getConfiguration('files', Uri.file(path)).get<string>('encoding') ?? 'utf8';
  return set === 'utf8bom' ? 'utf8' : set;
}

function wide(encoding: string): boolean {
  return encoding.startsWith('utf16');
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
