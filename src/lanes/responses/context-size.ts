import type { InputItem } from './request.ts';

/**
 * Characters for a token. English is about 4, code and other languages less; too few tokens told is a refused request, too
 * many a compaction that comes early.
 */
const charsPerToken = 3.5;
/** What an image costs, whatever its bytes; source: OpenAI's guide to images, at high detail. In tokens. */
const imageTokens = 1500;
/** Left free for the answer and for what is told wrongly: this share of the window, at most so many tokens. */
const reserveShare = 0.15;
const mostReserve = 20_000;

/** About how many tokens items of a request are. */
export function tokensOf(items: readonly InputItem[]): number {
  if (items.length === 0) return 0;
  let images = 0;
  const text = JSON.stringify(items, (key, value: unknown) => {
    if (key !== 'image_url' || typeof value !== 'string') return value;
    images += 1;
    return '';
  });
  return Math.ceil(text.length / charsPerToken) + images * imageTokens;
}

/** About how many tokens a text is. */
export function tokensOfText(text: string): number {
  return Math.ceil(text.length / charsPerToken);
}

/** Tokens of a window that a request may fill. */
export function roomOf(window: number): number {
  return window - Math.min(mostReserve, Math.ceil(window * reserveShare));
}

/**
 * How many tokens the window of a model holds: what its endpoint says, or the user where that is less or nothing is said.
 * Null = nobody knows.
 */
export function windowOf(told: number | null, configured: number | null): number | null {
  return told === null || configured === null ? (told ?? configured) : Math.min(told, configured);
}
