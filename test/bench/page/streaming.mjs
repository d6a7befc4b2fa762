import { quantile } from './quantile.mjs';
import { answerText, deltasOf, deltaTemplate, snapshotOf, threadAtWork } from './story.mjs';

/** Deltas a second, each a message of its own. */
const rate = 200;
/** Characters a second: what the fastest models write, and more than anybody reads. */
const charactersASecond = 4000;
/** Milliseconds between two keys. */
const keyEvery = 150;

/** A long answer comes fast while somebody writes the next prompt. */
export async function streaming(pages, { short }) {
  const seconds = short ? 10 : 60;
  const log = threadAtWork(40);
  const { page, metrics, close } = await pages.open({ snapshot: snapshotOf(log, { running: true }) });
  await page.evaluate(() => bench.painted('.running'));
  await page.locator('textarea').focus();
  const before = await metrics();
  const deltas = deltasOf(answerText(charactersASecond * seconds), rate * seconds);
  const story = { ...deltaTemplate(log), deltas, everyMs: 1000 / rate };
  let over = false;
  const streamed = page
    .evaluate(async (data) => {
      const stop = [bench.watchFrames(), bench.watchKeys()];
      await bench.stream(data);
      return stop.map((end) => end());
    }, story)
    .finally(() => {
      over = true;
    });
  for (let keys = 0; !over; keys += 1) {
    await page.keyboard.press(keys % 6 === 5 ? 'Space' : 'KeyA');
    await page.waitForTimeout(keyEvery);
  }
  const [{ frames, longShare }, keys] = await streamed;
  const after = await metrics();
  const drawn = await page.evaluate(() => ({
    nodes: bench.countNodes(),
    height: document.querySelector('.log').scrollHeight,
    draft: document.querySelector('textarea').value.length,
  }));
  await close();
  // Keys that never arrived, or text that was never drawn, would make good figures.
  if (drawn.draft < keys.length || drawn.height < seconds * 100 || keys.length < seconds)
    throw new Error(`The page did not take what it was given: ${JSON.stringify(drawn)}, ${keys.length} keys.`);
  const busy = (after.TaskDuration - before.TaskDuration) / seconds;
  const what = `${rate} deltas a second for ${seconds} s`;
  return [
    { metric: `${what}: frame, 95 %`, value: quantile(frames, 0.95), unit: 'ms', goal: 50 },
    { metric: `${what}: frame, 99 %`, value: quantile(frames, 0.99), unit: 'ms' },
    { metric: `${what}: slowest frame`, value: Math.max(...frames), unit: 'ms' },
    { metric: `${what}: time in long tasks`, value: longShare * 100, unit: '%', goal: 5 },
    { metric: `${what}: main thread at work (processor)`, value: busy * 100, unit: '%' },
    { metric: 'key to paint meanwhile: median', value: quantile(keys, 0.5), unit: 'ms', keys: keys.length },
    { metric: 'key to paint meanwhile: 95 %', value: quantile(keys, 0.95), unit: 'ms', goal: 50 },
    { metric: 'key to paint meanwhile: slowest', value: Math.max(...keys), unit: 'ms' },
    { metric: 'nodes after it', value: drawn.nodes, unit: '', goal: 3000 },
  ];
}
