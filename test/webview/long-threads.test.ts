import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ThreadId } from '../../src/model/index.ts';
import { EventLog } from '../../webview/testing/event-log.ts';
import type { ChatPage, ChatPages } from './chat-page.ts';
import { startChatPages } from './chat-page.ts';

// Threads and messages of any length: how much of them is in the page, what is found and reached of the rest.

/** Most nodes of the page, texts and comments among them. */
const maxNodes = 3000;

let pages: ChatPages;
let chat: ChatPage;
beforeAll(async () => {
  pages = await startChatPages();
});
afterAll(() => pages.close());
afterEach(async () => {
  expect(chat.problems).toEqual([]);
  await chat.page.context().close();
});

/** 10,000 rows in 2,000 turns. */
const long = longThread(2000);

function longThread(turns: number): EventLog {
  const log = new EventLog();
  for (let turn = 1; turn <= turns; turn++) {
    log.begin(`Prompt ${turn}: look at file ${turn}.`);
    log.add({ kind: 'reasoning', text: `Reasoning ${turn}.`, isDelta: false }, 'r');
    log.command('c', `cat file-${turn}.ts`, `output of ${turn}\nneedle-in-output-${turn}`, turn % 50 === 0 ? 1 : 0, 20);
    log.text('t', `Answer ${turn}. It has **two bold** words.\n\nAnd a second paragraph with \`code_${turn}\`.`);
    log.complete();
  }
  return log;
}

async function open(log: EventLog, how: Parameters<ChatPages['open']>[0] = {}): Promise<void> {
  chat = await pages.open(how);
  await chat.snapshot(log);
  await chat.page.locator('.item').first().waitFor();
}

const nodes = () =>
  chat.page.evaluate(() => {
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
    let count = 1;
    while (walker.nextNode() !== null) count++;
    return count;
  });

/** Scrolls from the beginning to the end, a view a step; the most nodes on the way. */
const mostNodesOnTheWay = (steps: number) =>
  chat.page.evaluate(async (count) => {
    const log = document.querySelector('.log');
    if (log === null) throw new Error('no log');
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    let most = 0;
    let blank = 0;
    log.scrollTop = 0;
    await frame();
    for (let step = 0; step < count; step++) {
      log.scrollTop += log.clientHeight;
      await frame();
      const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
      let nodes = 1;
      while (walker.nextNode() !== null) nodes++;
      most = Math.max(most, nodes);
      const { left, top, width, height } = log.getBoundingClientRect();
      const middle = document.elementFromPoint(left + width / 2, top + height / 2);
      if (middle?.closest('.item') === null) blank++;
    }
    return { most, blank, distance: log.scrollHeight - log.clientHeight - log.scrollTop };
  }, steps);

const focusedKey = () =>
  chat.page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-key]')?.dataset.key ?? null);
const firstSeen = () =>
  chat.page.evaluate(() => {
    const log = document.querySelector('.log');
    const top = (log?.getBoundingClientRect().top ?? 0) + 1;
    const item = [...document.querySelectorAll<HTMLElement>('.item')].find(
      (one) => one.getBoundingClientRect().bottom > top,
    );
    return { key: item?.dataset.key, into: Math.round(top - (item?.getBoundingClientRect().top ?? 0)) };
  });
const fromEnd = () =>
  chat.page.evaluate(() => {
    const log = document.querySelector('.log');
    return log === null ? -1 : Math.round(log.scrollHeight - log.clientHeight - log.scrollTop);
  });

/** As many of all sorts as an answer of 200 KB has, and more of what fills a page: list items, cells, short code. */
function longAnswer(): string {
  const parts: string[] = [];
  for (let n = 0; parts.join('').length < 200_000; n++) {
    parts.push(`## Part ${n}\n\nA paragraph with **bold ${n}**, \`code\` and [a link](https://example.com/${n}).\n\n`);
    parts.push(`${Array.from({ length: 12 }, (_, i) => `- item ${i} of ${n}`).join('\n')}\n\n`);
    parts.push(`\`\`\`ts\n${'const value = compute(1, "two");\n'.repeat(8)}\`\`\`\n\n`);
    parts.push(`| a | b |\n| - | - |\n${'| cell | other |\n'.repeat(6)}\n`);
  }
  return parts.join('');
}

function answer(text: string): EventLog {
  const log = new EventLog();
  log.begin('Write a lot.');
  log.text('t', text);
  log.complete();
  return log;
}

test('of 10,000 rows only those in sight are in the page, from end to end', async () => {
  await open(long);
  expect(await nodes()).toBeLessThan(maxNodes);
  expect(await fromEnd()).toBeLessThan(9);
  await chat.page.getByText('Answer 2000.').waitFor();
  const items = chat.page.locator('.item');
  expect(await items.last().getAttribute('aria-posinset')).toBe('10000');
  expect(await items.last().getAttribute('aria-setsize')).toBe('10000');
  const { most, blank } = await mostNodesOnTheWay(60);
  expect(most).toBeLessThan(maxNodes);
  expect(blank).toBe(0);
});

test('an answer of 200 KB is in the page where it is in sight, and is all there', async () => {
  await open(answer(longAnswer()));
  expect(await nodes()).toBeLessThan(maxNodes);
  const { most, blank, distance } = await mostNodesOnTheWay(900);
  expect(most).toBeLessThan(maxNodes);
  expect(blank).toBe(0);
  expect(distance).toBeLessThan(1000);
  // One row for who hears it.
  const sizes = await chat.page.locator('.item').evaluateAll((all) => [...new Set(all.map((one) => one.ariaSetSize))]);
  expect(sizes).toEqual(['3']);
}, 120_000);

test.each([
  ['a list of 4,000 items', Array.from({ length: 4000 }, (_, n) => `- item ${n}`).join('\n'), 'item 3999'],
  ['a table of 2,000 rows', `| a | b |\n| - | - |\n${'| x | y |\n'.repeat(2000)}| last | cell |\n`, 'last'],
  ['a quotation of 1,000 paragraphs', Array.from({ length: 1000 }, (_, n) => `> said ${n}\n>\n`).join(''), 'said 999'],
  ['one paragraph of code words', Array.from({ length: 6000 }, (_, n) => `\`w${n}\``).join(' '), 'w5999'],
])('%s takes no more nodes than the page may have', async (_what, text, last) => {
  await open(answer(text));
  await chat.page.getByText(last).last().waitFor();
  expect(await nodes()).toBeLessThan(maxNodes);
  expect((await mostNodesOnTheWay(20)).most).toBeLessThan(maxNodes);
});

test('a prompt of 1 MB, opened, is in the page where it is in sight, and folds again from where it began', async () => {
  const log = new EventLog();
  log.begin(
    Array.from({ length: 20_000 }, (_, n) => `line ${n} of what was asked, which goes on for a while`).join('\n'),
  );
  await open(log);
  const all = chat.page.getByRole('button', { name: 'Show all' });
  await all.click();
  await chat.page.getByText('line 0 of what').first().waitFor();
  expect(await chat.page.evaluate(() => document.activeElement?.textContent)).toBe('Show less');
  expect(await chat.page.evaluate(() => document.querySelector('.log')?.textContent?.length ?? 0)).toBeLessThan(60_000);
  const gaps = await chat.page.locator('.ask').evaluateAll((asks) => {
    const boxes = asks.map((ask) => ask.getBoundingClientRect());
    return boxes.slice(1).map((box, index) => Math.round(box.top - (boxes[index]?.bottom ?? 0)));
  });
  expect(new Set(gaps)).toSatisfy((all: Set<number>) => [...all].every((gap) => Math.abs(gap) <= 1));
  await chat.page.getByRole('button', { name: 'Show less' }).click();
  await all.waitFor();
});

test('an open group of 2,000 commands is bounded, too', async () => {
  const log = new EventLog();
  log.begin('Do a lot.');
  for (let n = 0; n < 2000; n++) log.command(`c${n}`, `run ${n}`, 'done', 0, 10);
  log.complete();
  await open(log);
  await chat.page.getByRole('button', { name: /Ran 2,000 commands/ }).click();

  await chat.page.getByText('run 0', { exact: true }).waitFor();
  expect(await nodes()).toBeLessThan(maxNodes);
  expect((await mostNodesOnTheWay(30)).most).toBeLessThan(maxNodes);
});
