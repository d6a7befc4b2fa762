import { loadavg } from 'node:os';
import { quantile } from './quantile.mjs';

/** What the machine does to a page that does nothing: frames that come late here come late by its other work. */
export async function noise(pages) {
  const { page, close } = await pages.open({ path: '/none' });
  const { frames } = await page.evaluate(async () => {
    const stop = bench.watchFrames();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return stop();
  });
  await close();
  const [load] = loadavg();
  return [
    { metric: 'an empty page: frame, 95 %', value: quantile(frames, 0.95), unit: 'ms', chromium: pages.version },
    { metric: 'load of the machine, last minute', value: load, unit: '' },
  ];
}
