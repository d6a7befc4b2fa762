import { snapshotOf, threadAtWork, threadOf } from './story.mjs';

/** What the page does while nothing happens: after a turn, and while a turn runs and says nothing. */
export async function idle(pages, { short }) {
  const seconds = short ? 3 : 10;
  const still = await watched(pages, snapshotOf(threadOf(100)), seconds);
  const silent = await watched(pages, snapshotOf(threadAtWork(40), { running: true }), seconds);
  const of = (what, { wakes, metrics, cpu }, goals) => [
    { metric: `${what}: timers that fired in ${seconds} s`, value: wakes.timeout + wakes.interval, unit: '', ...goals },
    { metric: `${what}: frames asked for`, value: wakes.frame, unit: '', ...goals },
    { metric: `${what}: layouts`, value: metrics.LayoutCount, unit: '', ...goals },
    { metric: `${what}: script`, value: metrics.ScriptDuration * 1000, unit: 'ms' },
    { metric: `${what}: main thread`, value: (metrics.TaskDuration * 100) / seconds, unit: '%' },
    { metric: `${what}: whole browser, of one processor`, value: (cpu * 100) / seconds, unit: '%' },
  ];
  return [...of('idle, a finished thread', still, { goal: 0 }), ...of('a turn that says nothing', silent, {})];
}

async function watched(pages, snapshot, seconds) {
  const { page, metrics, close } = await pages.open({ snapshot });
  await page.evaluate(() => bench.painted('.item'));
  // Until what follows an opening (colours, the saved place) is done.
  await page.waitForTimeout(3000);
  const wakes = () => page.evaluate(() => ({ ...bench.wakes }));
  const [firstWakes, firstMetrics, firstCpu] = [await wakes(), await metrics(), await pages.cpuSeconds()];
  await page.waitForTimeout(seconds * 1000);
  const [lastCpu, lastMetrics, lastWakes] = [await pages.cpuSeconds(), await metrics(), await wakes()];
  await close();
  const less = (last, first) => Object.fromEntries(Object.keys(last).map((key) => [key, last[key] - first[key]]));
  return { wakes: less(lastWakes, firstWakes), metrics: less(lastMetrics, firstMetrics), cpu: lastCpu - firstCpu };
}
