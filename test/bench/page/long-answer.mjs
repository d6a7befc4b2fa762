import { answerText, deltasOf, deltaTemplate, snapshotOf, threadAtWork } from './story.mjs';

/** Characters (all ASCII) of the answer, and in how many pieces it comes. */
const length = 200_000;
const count = 4000;
/** Milliseconds between two pieces. */
const pace = 5;

/** The other page parses once in so many pieces, evenly spread, and is counted as often: its whole cost is minutes. */
const sampled = 5;

/** One long answer, against a page that parses the whole of it with each piece; the same pieces at the same pace. */
export async function longAnswer(pages, { short }) {
  const size = short ? 4 : 1;
  const deltas = deltasOf(answerText(length / size), count / size);
  const log = threadAtWork();
  const story = { ...deltaTemplate(log), deltas, everyMs: pace };
  const snapshot = snapshotOf(log, { running: true });

  const ours = async () => {
    const { page, metrics, close } = await pages.open({ snapshot });
    await page.evaluate(() => bench.painted('.running'));
    const cost = await costOf(page, metrics, story);
    const { nodes } = await page.evaluate(() => bench.scrollThrough({ step: 800, most: 400 }));
    await close();
    return { ...cost, nodes };
  };
  const other = async (path) => {
    const { page, metrics, close } = await pages.open({ path });
    const cost = await costOf(page, metrics, story);
    await close();
    return cost;
  };

  // Ours before and after the others: a slow minute hits all of them.
  const first = await ours();
  const naive = await other(`/naive?every=${sampled}`);
  const giving = await other('/silent');
  const second = await ours();
  const compared = (what) => {
    const value = (first[what] + second[what]) / 2 - giving[what];
    const baseline = (naive[what] - giving[what]) * sampled;
    return { value, baseline, ratio: value / baseline };
  };
  const what = `answer of ${length / size / 1000} KB in ${count / size} deltas, ${1000 / pace} a second`;
  return [
    {
      metric: `${what}: script`,
      ...compared('script'),
      unit: 's',
      note: 'processor time, less what giving the deltas costs; baseline: marked over the whole text with each delta',
      ...{ ours: [first, second], naive, giving },
    },
    { metric: `${what}: how many times less script`, value: 1 / compared('script').ratio, unit: 'times', least: 50 },
    { metric: `${what}: all work of the main thread`, ...compared('task'), unit: 's' },
    { metric: `${what}: how many times less work`, value: 1 / compared('task').ratio, unit: 'times' },
    {
      metric: 'nodes, most while scrolling through it',
      value: Math.max(first.nodes, second.nodes),
      unit: '',
      goal: 3000,
    },
  ];
}

async function costOf(page, metrics, story) {
  // Handed over before: reading it is not part of the measurement.
  await page.evaluate((data) => {
    window.story = data;
  }, story);
  const before = await metrics();
  await page.evaluate(() => bench.stream(window.story));
  const after = await metrics();
  return {
    script: after.ScriptDuration - before.ScriptDuration,
    task: after.TaskDuration - before.TaskDuration,
  };
}
