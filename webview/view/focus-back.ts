import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** A part of the page that goes away hands the focus on, if it has it: it would fall out of the page. */
export function useFocusBack(part: RefObject<HTMLElement | null>, to: () => HTMLElement | null | undefined): void {
  useLayoutEffect(() => {
    const here = part.current;
    return () => {
      if (document.hasFocus() && here?.contains(document.activeElement) === true) to()?.focus({ preventScroll: true });
    };
  }, []);
}
