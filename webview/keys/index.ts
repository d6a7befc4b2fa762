import type { Actions } from '../actions/index.ts';
import type { Store } from '../state/index.ts';
import { keepFocus } from './keep-focus.ts';
import { listenToKeys } from './keyboard.ts';
import { promptHistory } from './prompt-history.ts';

/** What the page does for the keyboard beyond its controls, as long as it is there. Not needed before the first paint. */
export function startKeys(root: HTMLElement, store: Store, actions: Actions): void {
  keepFocus(root);
  const recall = promptHistory(store);
  const stop = () => {
    if (!store.running.value) return false;
    actions.stop();
    return true;
  };
  listenToKeys({ recall, stop });
}
