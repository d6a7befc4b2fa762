/** A cost in US dollars, as exact as it matters: cents, below them two digits that say something. `$0.0042`, `$1.20`. */
export function costText(usd: number): string {
  if (usd === 0 || usd >= 0.1) return `$${usd.toFixed(2)}`;
  const digits = Math.min(8, 1 - Math.floor(Math.log10(usd)));
  return `$${usd.toFixed(Math.max(2, digits))}`;
}
