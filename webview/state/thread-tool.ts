import type { Row } from '../../src/model/index.ts';
import type { Listing } from './listing.ts';

/** Moves about in the virtual list. */
export type ListMoves = {
  /** Scrolls to a place; following ends. `top` = to the upper edge, else only if it is not in sight. */
  readonly reveal: (index: number, how: 'top' | 'nearest') => void;
  /** Scrolls a place to the upper edge, and puts the focus there. */
  readonly goTo: (index: number) => void;
  /** Index of the first place in sight. */
  readonly firstInSight: () => number;
  readonly atEnd: () => boolean;
  /** Keeps what is in sight where it is while something opens; following ends. */
  readonly hold: () => void;
};

/** What a tool of the thread gets that is loaded when it is first asked for. */
export type ThreadTool = {
  readonly listing: Listing;
  /** All rows, those that wait their turn last. */
  readonly rows: readonly Row[];
  readonly list: ListMoves;
  readonly isOpen: (key: string) => boolean;
  readonly setOpen: (key: string) => void;
  /** `back` = to where the focus was; left out = true. */
  readonly onClose: (back?: boolean) => void;
  /** Grows each time that the tool is asked for. */
  readonly asked: number;
};
