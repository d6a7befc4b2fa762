import { quantile } from './quantile.mjs';
import { snapshotOf, threadOf } from './story.mjs';

/** Items of the thread that is found when the page opens. */
const items = 100;

/** From the navigation to the first content, and to the thread's newest row on the screen; the host answers at once. */
export async function firstPaint(pages, { short }) {
  const log = threadOf(items);
  const options = { snapshot: snapshotOf(log) };
  const last = `[data-key="${options.snapshot.thread.rows.at(-1).key}"]`;
  const measure = async (context) => {
    const { page, close } = await pages.open({ ...options, context });
    const ms = await page.evaluate((selector) => bench.painted(selector), last);
    const shell = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
    await close();
    return { ms, shell };
  };
  const rounds = short ? 3 : 12;
  const cold = [];
  const warm = [];
  const shells = [];
  for (let round = 0; round < rounds; round += 1) {
    const context = await pages.newContext();
    const { ms, shell } = await measure(context);
    cold.push(ms);
    shells.push(shell);
    warm.push((await measure(context)).ms);
    await context.close();
  }
  const what = `newest row of a thread of ${items} items painted`;
  return [
    { metric: `${what}, nothing cached: median`, value: quantile(cold, 0.5), unit: 'ms', goal: 300, values: cold },
    { metric: `${what}, nothing cached: slowest of ${rounds}`, value: Math.max(...cold), unit: 'ms' },
    { metric: `${what}, opened again: median`, value: quantile(warm, 0.5), unit: 'ms', goal: 300, values: warm },
    {
      metric: 'first contentful paint, nothing cached: median',
      value: quantile(shells, 0.5),
      unit: 'ms',
      goal: 300,
      values: shells,
    },
  ];
}
