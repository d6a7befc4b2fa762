import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** How far out of sight something still counts as near, in CSS pixels. */
const margin = '400px';

const watched = new Map<Element, (near: boolean) => void>();
let observer: IntersectionObserver | null = null;

/** Whether an element is in sight or almost: what is far away needs no colours. */
export function useNearby(element: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(typeof IntersectionObserver === 'undefined');
  useEffect(() => {
    const { current } = element;
    if (current === null || typeof IntersectionObserver === 'undefined') return undefined;
    // `scrollMargin`: the list scrolls, not the page. TypeScript does not know it yet.
    const options: IntersectionObserverInit & { scrollMargin: string } = { rootMargin: margin, scrollMargin: margin };
    observer ??= new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) watched.get(target)?.(isIntersecting);
    }, options);
    watched.set(current, setNear);
    observer.observe(current);
    return () => {
      watched.delete(current);
      observer?.unobserve(current);
    };
  }, []);
  return near;
}
