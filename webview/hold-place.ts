import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

const context = createContext<() => void>(() => {});

export const HoldPlaceProvider = context.Provider;

/** To call before a row changes its size by the reader's hand: what was clicked stays where it is. */
export const useHoldPlace = (): (() => void) => useContext(context);
