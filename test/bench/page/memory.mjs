import { snapshotOf, threadOf } from './story.mjs';

const threads = 20;
/** Items of each of them. */
const items = 500;
const many = 10_000;

/** What a page keeps: by the length of a thread, and of threads that were open before. */
export async function memory(pages, { short }) {
  return [...(await byLength(pages)), ...(await afterThreads(pages, short ? 8 : threads))];
}

async function byLength(pages) {
  const small = snapshotOf(threadOf(20));
  const opened = await pages.open({ snapshot: small });
  await show(opened, small);
  const empty = await opened.settledMemory();
  const large = snapshotOf(threadOf(many, 600), { id: 'thread-long' });
  await show(opened, large);
  const full = await opened.settledMemory();
  await opened.close();
  const rows = large.thread.rows.length;
  return [
    { metric: 'heap of a page with a short thread', value: empty.heap / 1e6, unit: 'MB' },
    {
      metric: 'heap for 1,000 items more',
      value: (((full.heap - empty.heap) / rows) * 1000) / 1e6,
      unit: 'MB',
      text: JSON.stringify(large).length / rows / 1000,
    },
  ];
}

async function afterThreads(pages, count) {
  const opened = await pages.open();
  const after = [];
  for (let index = 0; index < count; index += 1) {
    // Its answers are its own: none is found in what is kept of another.
    await show(opened, snapshotOf(threadOf(items, 1200 + index), { id: `thread-${index}` }));
    after.push(await opened.settledMemory());
  }
  // The way back: whatever the others left is still there, the thread is the first.
  await show(opened, snapshotOf(threadOf(20), { id: 'thread-last' }));
  const left = await opened.settledMemory();
  await opened.close();
  const [first] = after;
  const middle = after[Math.floor(count / 2)];
  const last = after.at(-1);
  return [
    { metric: `heap with one thread of ${items} items`, value: first.heap / 1e6, unit: 'MB', all: after },
    { metric: `heap with the last of ${count} such, opened one by one`, value: last.heap / 1e6, unit: 'MB' },
    {
      metric: `heap a thread more, second half of them`,
      value: (last.heap - middle.heap) / 1000 / (count - 1 - Math.floor(count / 2)),
      unit: 'KB',
    },
    { metric: 'heap with a short thread after them', value: left.heap / 1e6, unit: 'MB' },
    { metric: 'nodes reachable, first and last such thread', value: last.nodes, baseline: first.nodes, unit: '' },
    { metric: 'listeners, first and last such thread', value: last.listeners, baseline: first.listeners, unit: '' },
  ];
}

async function show({ page, post }, snapshot) {
  await post(snapshot);
  await page.evaluate((key) => bench.painted(`[data-key="${key}"]`), snapshot.thread.rows.at(-1).key);
  // The caches fill as rows come into sight; a look at the beginning fills them as reading would.
  await page.evaluate(() => bench.glide({ by: -400, frames: 12 }));
}
