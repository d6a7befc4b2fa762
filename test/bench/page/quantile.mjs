/**
 * @param {readonly number[]} values at least one
 * @param {number} share 0.5 = the median, 0.95 = what 95 of 100 stay below
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
