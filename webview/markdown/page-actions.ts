import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { SafeLink } from './safe-link.ts';

/** What a rendered text can ask for. */
export type PageActions = {
  readonly openLink: (link: SafeLink) => void;
  readonly copy: (text: string) => void;
};

const context = createContext<PageActions>({ openLink: () => {}, copy: () => {} });

export const PageActionsProvider = context.Provider;
export const usePageActions = (): PageActions => useContext(context);
