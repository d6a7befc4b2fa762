import { answerText, deltasOf, deltaTemplate, snapshotOf, threadAtWork } from './story.mjs';

/** Characters (all ASCII) of the answer, and in how many pieces it comes. */
const length = 200_000;
const count = 4000;
/** Milliseconds between two pieces. */
const pace = 5;

/** One long answer, against a page that parses the whole of it with each piece; the same pieces at the same pace. */
export async function longAnswer(pages, { short }) {
  const size = short ? 4 : 1;
  const deltas = deltasOf(answerText(length / size), count / size);
  const log = threadAtWork();
  const story = { ...deltaTemplate(log), deltas };
  const snapshot = snapshotOf(log, { running: true });

  const ours = async (everyMs) => {
    const { page, metrics, close } = await pages.open({ snapshot });
    await page.evaluate(() => bench.painted('.running'));
    const cost = await costOf(page, metrics, { ...story, everyMs });
    const nodes = await page.evaluate(() => bench.scrollThrough({ step: 800, most: 400 }));
    await close();
    return { ...cost, nodes: nodes.nodes };
  };
  const naive = async () => {
    const { page, metrics, close } = await pages.open({ path: '/naive' });
    const cost = await costOf(page, metrics, { ...story, everyMs: pace });
    await close();
    return cost;
  };

  // Ours before and after the other: a slow minute hits both.
  const first = await ours(pace);
  const other = await naive();
  const second = await ours(pace);
  const each = await ours('frame');
  const script = (first.script + second.script) / 2;
  const task = (first.task + second.task) / 2;
  const what = `answer of ${length / size / 1000} KB in ${count / size} deltas`;
  const note = 'processor time; baseline: marked over the whole text with each delta, put into the page';
  return [
    {
      metric: `${what}, ${1000 / pace} a second: script`,
      ...compared(script, other.script),
      unit: 's',
      both: [first.script, second.script],
      note,
    },
    { metric: `${what}: how many times less script`, value: other.script / script, unit: 'times', least: 50 },
    { metric: `${what}: all work of the main thread`, ...compared(task, other.task), unit: 's' },
    { metric: `${what}: how many times less work`, value: other.task / task, unit: 'times' },
    { metric: `${what}, one a frame: script`, ...compared(each.script, other.script), unit: 's' },
    { metric: `${what}, one a frame: how many times less`, value: other.script / each.script, unit: 'times' },
    {
      metric: `nodes, most while scrolling through it`,
      value: Math.max(first.nodes, each.nodes),
      unit: '',
      goal: 3000,
    },
  ];
}

const compared = (value, baseline) => ({ value, baseline, ratio: value / baseline });

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
