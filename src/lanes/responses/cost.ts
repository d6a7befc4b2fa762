import type { Price, Usage } from '../../model/index.ts';

/** What usage costs by the user's own prices, in US dollars; null = the model has none, or a figure is missing. */
export function costOf(
  usage: Usage | null,
  models: readonly (string | null)[],
  prices: Readonly<Record<string, Price>>,
): { readonly usd: number; readonly source: string } | null {
  const model = models.find((one) => one !== null && Object.hasOwn(prices, one));
  const price = model === undefined || model === null ? undefined : prices[model];
  if (price === undefined || usage === null || usage.input === null || usage.output === null) return null;
  const cached = Math.min(usage.cachedInput ?? 0, usage.input);
  const usd =
    (usage.input - cached) * price.input + cached * (price.cachedInput ?? price.input) + usage.output * price.output;
  return { usd: usd / 1_000_000, source: 'codexLanes.api.prices' };
}
