import { quantile } from './quantile.mjs';
import { snapshotOf, threadOf } from './story.mjs';

const items = 10_000;

/** A very long thread is opened in a page that is there already, and scrolled through. */
export async function tenThousand(pages, { short }) {
  const snapshot = snapshotOf(threadOf(items, 600), { id: 'thread-long' });
  const key = snapshot.thread.rows.at(-1).key;
  const small = snapshotOf(threadOf(20));
  const rounds = short ? 2 : 5;
  const times = [];
  let walked;
  let glided;
  for (let round = 0; round < rounds; round += 1) {
    const { page, close } = await pages.open({ snapshot: small });
    await page.evaluate(() => bench.painted('.item'));
    times.push(await page.evaluate(([message, last]) => bench.open(message, last), [snapshot, key]));
    if (round === rounds - 1) {
      glided = await page.evaluate(() => bench.glide({ by: -120, frames: 240 }));
      walked = await page.evaluate((most) => bench.scrollThrough({ step: 2400, most }), short ? 60 : 400);
    }
    await close();
  }
  const middle = (what) =>
    quantile(
      times.map((time) => time[what]),
      0.5,
    );
  const megabytes = JSON.stringify(snapshot).length / 1e6;
  const what = `open ${items.toLocaleString('en-US')} items (${megabytes.toFixed(1)} MB)`;
  return [
    { metric: `${what}: newest turn painted, median`, value: middle('painted'), unit: 'ms', goal: 500, times },
    { metric: `${what}: slowest of ${rounds}`, value: Math.max(...times.map(({ painted }) => painted)), unit: 'ms' },
    { metric: `${what}: of it the copy that posting makes`, value: middle('posted'), unit: 'ms' },
    { metric: `${what}: of it until the page has it`, value: middle('arrived'), unit: 'ms' },
    { metric: 'scrolling on in it, 120 px a frame: frame, 95 %', value: quantile(glided.frames, 0.95), unit: 'ms' },
    { metric: 'jumping through it, 2,400 px a time: frame, 95 %', value: quantile(walked.frames, 0.95), unit: 'ms' },
    { metric: `nodes, most in ${walked.steps} places of it`, value: walked.nodes, unit: '', goal: 3000 },
  ];
}
