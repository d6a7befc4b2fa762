import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Actions } from '../actions/index.ts';
import type { Store } from '../state/index.ts';

/** What every view may use: the state to draw and the things a reader can do. */
export type App = {
  readonly store: Store;
  readonly actions: Actions;
  /** The page stands in a tab of the editor, where nothing around it has buttons for its threads. */
  readonly inTab: boolean;
};

const context = createContext<App | null>(null);

export const AppProvider = context.Provider;

export function useApp(): App {
  const app = useContext(context);
  if (app === null) throw new Error('A view was drawn outside the app.');
  return app;
}
