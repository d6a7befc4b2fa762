import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { SafeLink } from './safe-link.ts';

/** What a rendered text can ask for. */
export type PageActions = {
  readonly openLink: (link: SafeLink) => void;
  readonly copy: (text: string) => void;
  /** Name of the file that text can be put into, at its cursor; null = no file is being edited. */
  readonly insertTarget: () => string | null;
  readonly insertInEditor: (text: string) => void;
  /** Shows the text in the editor: `code` to go on with, in its language; `output` to read and to search. */
  readonly openText: (text: string, as: { readonly kind: 'code' | 'output'; readonly language: string | null }) => void;
  /** What the reader opened or folded; undefined = neither. */
  readonly isExpanded: (key: string) => boolean | undefined;
  readonly setExpanded: (key: string, expanded: boolean) => void;
};

const context = createContext<PageActions>({
  openLink: () => {},
  copy: () => {},
  insertTarget: () => null,
  insertInEditor: () => {},
  openText: () => {},
  isExpanded: () => undefined,
  setExpanded: () => {},
});

export const PageActionsProvider = context.Provider;
export const usePageActions = (): PageActions => useContext(context);
