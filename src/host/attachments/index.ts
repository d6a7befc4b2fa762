import type { Attachment } from '../../model/index.ts';
import type { HostContext } from '../context.ts';

/** Images that the user chose; empty = none. */
export async function pickImages(_ctx: HostContext): Promise<readonly Attachment[]> {
  return [];
}

/** Writes a pasted image into the data home; null = it could not be, and the user was told. */
export async function savePasted(
  _ctx: HostContext,
  _image: { readonly dataUrl: string; readonly mime: string; readonly name: string },
): Promise<Attachment | null> {
  return null;
}
