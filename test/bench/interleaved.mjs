// Time against a baseline on a machine that others use too: both are measured in turns, so that a slow minute hits both.

/**
 * @param {{ ours: () => Promise<number>, bare: () => Promise<number>, pairs: number, warmUp?: number,
 *   onPair?: (pair: { ours: number, bare: number }) => void }} options each function measures once and gives milliseconds; the
 *   first `warmUp` pairs (1) are thrown away, `onPair` gets each of the others
 * @returns {Promise<{ ours: number, bare: number, extra: number, interval: [number, number] }>} medians; `extra` is the
 *   median of the differences within a pair, which is steadier than the difference of the medians, and `interval` holds the
 *   true one with 95 % confidence
 */
export async function measureInPairs({ ours, bare, pairs, warmUp = 1, onPair = () => {} }) {
  const kept = [];
  for (let index = 0; index < pairs + warmUp; index += 1) {
    // The order alternates: the second of a pair finds warmer caches.
    const pair = index % 2 === 0 ? { ours: await ours(), bare: await bare() } : await bareFirst(ours, bare);
    if (index < warmUp) continue;
    kept.push(pair);
    onPair(pair);
  }
  const differences = kept.map((pair) => pair.ours - pair.bare);
  return {
    ours: median(kept.map((pair) => pair.ours)),
    bare: median(kept.map((pair) => pair.bare)),
    extra: median(differences),
    interval: medianInterval(differences),
  };
}

/**
 * The interval that holds the true median with at least 95 % confidence, by the sign test: no assumption about how times
 * are spread. With fewer than six values it is from the least to the greatest, and holds it less often.
 * @param {readonly number[]} values at least one
 * @returns {[number, number]}
 */
export function medianInterval(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  // How many values may be cut off on each side: while the chance that so few lie there is at most 2.5 %.
  let cut = 0;
  let chance = 0.5 ** count;
  for (let below = chance; below <= 0.025; below += chance) {
    chance *= (count - cut) / (cut + 1);
    cut += 1;
  }
  const from = Math.max(cut - 1, 0);
  return [sorted[from], sorted[count - 1 - from]];
}

/** @param {readonly number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function bareFirst(ours, bare) {
  const baseline = await bare();
  return { ours: await ours(), bare: baseline };
}
