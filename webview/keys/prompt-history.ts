import type { Store } from '../state/index.ts';
import { isAtFirstLine, isAtLastLine } from './caret.ts';

/** Steps from the draft (0) back through the thread's prompts. */
type Walk = { readonly back: number; readonly draft: string; readonly shown: string };

/** Takes a key in the prompt; true = it was used. */
export type Recall = (key: string, area: HTMLTextAreaElement) => boolean;

/** Up in the first line brings the prompts of before, Down in the last line the later ones and then the draft again. */
export function promptHistory(store: Store): Recall {
  let walk: Walk | null = null;
  return (key, area) => {
    const up = key === 'ArrowUp';
    if (up ? !isAtFirstLine(area) : key !== 'ArrowDown' || !isAtLastLine(area)) return false;
    // What was written since is the draft now.
    const now = walk?.shown === area.value ? walk : { back: 0, draft: area.value, shown: area.value };
    const prompts = (store.thread.value?.rows ?? []).flatMap((row) =>
      row.kind === 'user' && row.act === undefined ? [row.text] : [],
    );
    const before = [...new Set(prompts.reverse())].filter((text) => text !== now.draft);
    const back = now.back + (up ? 1 : -1);
    const text = back === 0 ? now.draft : before[back - 1];
    if (back < 0 || text === undefined) return false;
    replace(area, text);
    const caret = up ? 0 : text.length;
    area.setSelectionRange(caret, caret);
    walk = { back, draft: now.draft, shown: text };
    return true;
  };
}

/** Lines that are put in as if they were typed; more take the browser seconds. */
const typedLines = 100;

/** As if it were typed where that is quick: the one way that can be undone. */
function replace(area: HTMLTextAreaElement, text: string): void {
  if (text.split('\n', typedLines + 1).length > typedLines) {
    area.value = text;
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
    return;
  }
  area.select();
  if (text === '') document.execCommand('delete');
  else document.execCommand('insertText', false, text);
}
