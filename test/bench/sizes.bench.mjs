// Sizes against their budget, from what `npm run package` left in dist/.
import { measureSizes } from '../tools/size-budget.mjs';

export const name = 'sizes';

export function run() {
  return measureSizes().map(({ what, bytes, limit }) => ({
    metric: what,
    value: bytes === undefined ? undefined : bytes / 1000,
    unit: 'KB',
    goal: limit / 1000,
    ...(bytes === undefined && { note: 'not built: run `npm run package` first' }),
  }));
}
