import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/** Which text a block belongs to, and whether more of it may come. */
type TextScope = { readonly id: string; readonly growing: boolean };

const context = createContext<TextScope>({ id: '', growing: false });

export const TextScopeProvider = context.Provider;
export const useTextScope = (): TextScope => useContext(context);
