import { l10n } from 'vscode';
import type { Copy } from '../../routing/index.ts';
import { copyTable } from '../../routing/index.ts';

/** A word of routing in the editor's language: its English text is the key of the translation. */
export function words({ code, args }: Copy): string {
  return l10n.t(copyTable[code], ...args);
}
