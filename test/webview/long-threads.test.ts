import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { ThreadId } from '../../src/model/index.ts';
import { EventLog } from '../../webview/testing/event-log.ts';
import { findingsIn } from './axe.ts';
import { contrast } from './contrast.ts';
import type { Opening } from './page-room.ts';
import { chat, inPages, openChat } from './page-room.ts';
import { themeNames } from './themes.ts';

// Threads and messages of any length: how much of them is in the page, what is found and reached of the rest.

/** Most nodes of the page, texts and comments among them. */
const maxNodes = 3000;

const pictures = join(import.meta.dirname, '../../out/pictures');
inPages();
beforeAll(async () => {
  await mkdir(pictures, { recursive: true });
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

async function open(log: EventLog, how: Opening = {}): Promise<void> {
  await openChat(how);
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

/** Scrolls from the beginning on, `views` views a step; the most nodes on the way. */
const mostNodesOnTheWay = (steps: number, views = 1) =>
  chat.page.evaluate(
    async ([count, length]) => {
      const log = document.querySelector('.log');
      if (log === null) throw new Error('no log');
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      let most = 0;
      let blank = 0;
      log.scrollTop = 0;
      await frame();
      for (let step = 0; step < count; step++) {
        log.scrollTop += log.clientHeight * length;
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
    },
    [steps, views] as const,
  );

const firstSeen = () =>
  chat.page.evaluate(() => {
    // What the list counts from: the log's padding scrolls with it.
    const top = (document.querySelector('.log')?.getBoundingClientRect().top ?? 0) + 9;
    const item = [...document.querySelectorAll<HTMLElement>('.item')].find(
      (one) => one.getBoundingClientRect().bottom > top,
    );
    return { key: item?.dataset.key, into: Math.round(top - (item?.getBoundingClientRect().top ?? 0)) };
  });
/** How far the upper edge is into a row, in CSS pixels; far off when it is not in the page. */
const intoOf = (key: string | undefined) =>
  chat.page.evaluate((wanted) => {
    const top = (document.querySelector('.log')?.getBoundingClientRect().top ?? 0) + 9;
    const item = document.querySelector(`.item[data-key="${wanted}"]`);
    return item === null ? 1e9 : Math.round(top - item.getBoundingClientRect().top);
  }, key);
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
  const { most, blank, distance } = await mostNodesOnTheWay(300, 3);
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

/** A machine that does other things, too. */
const patient = { timeout: 10_000 };
const findBox = () => chat.page.getByRole('textbox', { name: 'Find in this thread' });
const counted = () => chat.page.locator('.find .count').textContent();
/** The words of the current mark, and whether the reader sees it. */
const marked = () =>
  chat.page.evaluate(() => {
    const [range] = [...(CSS.highlights.get('found-now') ?? [])] as Range[];
    const box = range?.getBoundingClientRect();
    const log = document.querySelector('.log')?.getBoundingClientRect();
    if (range === undefined || box === undefined || log === undefined) return null;
    const key = range.startContainer.parentElement?.closest<HTMLElement>('[data-key]')?.dataset.key;
    return { words: range.toString(), seen: box.top >= log.top && box.bottom <= log.bottom && box.height > 0, key };
  });
const seenMark = (words: string) => expect.poll(marked, patient).toMatchObject({ words, seen: true });

test('words are found in rows that are not in the page, opened and shown; next, previous, case; the focus comes back', async () => {
  await open(long);
  const prompt = chat.page.getByRole('textbox', { name: /Prompt/ });
  await prompt.focus();
  await chat.page.keyboard.press('Control+f');
  await findBox().fill('needle-in-output-1234');
  await expect.poll(counted, patient).toBe('1 of 1');
  await seenMark('needle-in-output-1234');
  // "two bold words" goes over marks of the source, and is in each answer.
  await findBox().fill('TWO BOLD words');
  await expect.poll(counted, patient).toMatch(/^[\d,]+ of 2,000$/);
  await seenMark('two bold words');
  const first = await marked();
  const number = Number((await counted())?.split(' ')[0]?.replaceAll(',', ''));
  await findBox().press('Enter');
  await expect.poll(counted, patient).toBe(`${((number % 2000) + 1).toLocaleString('en')} of 2,000`);
  await seenMark('two bold words');
  await chat.page.keyboard.press('Shift+F3');
  await expect.poll(async () => (await marked())?.key).toBe(first?.key);
  await findBox().press('Shift+Enter');
  await chat.page.keyboard.press('F3');
  await chat.page.getByRole('button', { name: 'Match case' }).click();
  await expect.poll(counted, patient).toBe('No results');
  await chat.page.getByRole('button', { name: 'Match case' }).press('Escape');
  await chat.page.locator('.find').waitFor({ state: 'detached' });
  // Marks go with the frame after.
  await expect.poll(() => chat.page.evaluate(() => CSS.highlights.size)).toBe(0);
  expect(await prompt.evaluate((field) => field === document.activeElement)).toBe(true);
});

test('what a fold or a group hides is opened for a match in it', async () => {
  const log = new EventLog();
  log.begin(`Look.\n${'line\n'.repeat(30)}hidden-in-prompt`);
  log.add({ kind: 'reasoning', text: 'It is hidden-in-thought.', isDelta: false }, 'r');
  for (let n = 0; n < 6; n++) log.command(`c${n}`, `run ${n}`, `hidden-in-output-${n}`, 0, 10);
  const code = `\`\`\`ts\n${'const line = 1;\n'.repeat(60)}const hiddenInCode = 2;\n\`\`\``;
  log.text('t', code);
  log.add(
    {
      kind: 'mcp_call',
      phase: 'completed',
      status: 'completed',
      server: 'docs',
      tool: 'search',
      arguments: { query: 'hidden-in-arguments' },
      result: { content: [{ type: 'text', text: 'hidden-in-result' }] },
    },
    'm',
  );
  log.complete();
  await open(log);
  await chat.page.getByRole('button', { name: 'Find in this thread' }).click();
  for (const words of ['prompt', 'thought', 'output-4', 'arguments', 'result'].map((where) => `hidden-in-${where}`)) {
    await findBox().fill(words);
    await expect.poll(counted, patient).toBe('1 of 1');
    await seenMark(words);
  }
  await findBox().fill('hiddenInCode');
  await seenMark('hiddenInCode');
});

test('a match in a part of an output that the page leaves out is shown, and each in its order', async () => {
  const log = new EventLog();
  log.begin('Run it.');
  const lines = Array.from({ length: 3000 }, (_, n) => `line ${n}${n === 40 || n === 2990 ? ' with a needle' : ''}`);
  log.command('c', 'npm test', `${lines.join('\n')}\n`, 0, 10);
  log.complete();
  await open(log);
  const rowOf = () =>
    chat.page.evaluate(() => {
      const [range] = [...(CSS.highlights.get('found-now') ?? [])] as Range[];
      return range?.startContainer.textContent?.slice(0, range.startOffset).split('\n').at(-1);
    });
  await chat.page.keyboard.press('Control+f');
  await findBox().fill('needle');
  await expect.poll(counted, patient).toBe('1 of 2');
  await seenMark('needle');
  expect(await rowOf()).toBe('line 40 with a ');
  await findBox().press('Enter');
  await expect.poll(counted, patient).toBe('2 of 2');
  await expect.poll(rowOf).toBe('line 2990 with a ');
  await seenMark('needle');
  expect(await nodes()).toBeLessThan(maxNodes);
});

test('the outline lists every turn, goes to the one chosen, and gives the focus back', async () => {
  await open(long);
  const prompt = chat.page.getByRole('textbox', { name: /Prompt/ });
  await prompt.focus();
  await chat.page.keyboard.press('Alt+o');
  const list = chat.page.getByRole('listbox', { name: 'Turns of this thread' });
  await list.waitFor();
  const active = () => list.locator('[aria-selected="true"]');
  expect(await active().getAttribute('aria-posinset')).toBe('2000');
  expect(await active().getAttribute('aria-current')).toBe('true');
  expect(await active().getAttribute('aria-setsize')).toBe('2000');
  expect(await nodes()).toBeLessThan(maxNodes);
  await list.press('Home');
  await expect.poll(() => active().textContent()).toContain('Prompt 1: look');
  for (const letter of 'Prompt 700') await list.press(letter === ' ' ? 'Space' : letter);
  await expect.poll(() => active().textContent()).toContain('Prompt 700: look');
  await list.press('ArrowDown');
  await list.press('Enter');
  await list.waitFor({ state: 'detached' });
  await chat.page.getByText('Prompt 701: look').waitFor();
  await expect.poll(async () => (await firstSeen()).into).toBeLessThan(3);
  expect(await chat.page.evaluate(() => document.activeElement?.textContent)).toContain('Prompt 701: look');
  // From turn to turn without it.
  await chat.page.keyboard.press('Alt+ArrowDown');
  await expect.poll(() => chat.page.evaluate(() => document.activeElement?.textContent)).toContain('Prompt 702: look');
  await chat.page.keyboard.press('Alt+ArrowUp');
  await chat.page.keyboard.press('Alt+ArrowUp');
  await expect.poll(() => chat.page.evaluate(() => document.activeElement?.textContent)).toContain('Prompt 700: look');
  await prompt.focus();
  await chat.page.keyboard.press('Alt+o');
  await expect.poll(() => list.locator('[aria-current="true"]').textContent()).toContain('Prompt 700: look');
  await list.press('Escape');
  await list.waitFor({ state: 'detached' });
  expect(await prompt.evaluate((field) => field === document.activeElement)).toBe(true);
});

test('the place is kept over a reload, other threads and a change of width', async () => {
  const story = longThread(300);
  await open(story);
  await chat.page.locator('.log').evaluate((log) => {
    log.scrollTop = log.scrollHeight / 2;
  });
  const saved = () =>
    chat.page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? '{}').scroll?.key as string | undefined);
  // Until the middle is drawn, what is first seen is of the end.
  const savedAsSeen = async () => {
    const { key } = await firstSeen();
    return key !== undefined && (await saved()) === key;
  };
  await expect.poll(savedAsSeen).toBe(true);
  const before = await firstSeen();
  await chat.page.reload();
  await chat.snapshot(story);
  const moved = async () => Math.abs((await intoOf(before.key)) - before.into);
  await expect.poll(moved, patient).toBeLessThan(3);

  const other = longThread(30);
  const elsewhere = { ...other.view(), threadId: 'thread-2' as ThreadId };
  await chat.snapshot(other, { thread: elsewhere });
  await expect.poll(fromEnd).toBeLessThan(9);
  await chat.snapshot(story);
  await expect.poll(moved, patient).toBeLessThan(3);

  await chat.page.setViewportSize({ width: 700, height: 860 });
  await expect.poll(moved, patient).toBeLessThan(30);
  await chat.page.setViewportSize({ width: 240, height: 860 });
  await expect.poll(moved, patient).toBeLessThan(30);
});

test('a view that grows until the end is in sight follows it again; what is selected or read keeps its place', async () => {
  await open(longThread(6), { height: 420 });
  const jump = chat.page.getByRole('button', { name: 'Jump to latest' });
  await chat.page.locator('.log').hover();
  await chat.page.mouse.wheel(0, -150);
  await jump.waitFor();
  const before = await fromEnd();
  expect(before).toBeGreaterThan(20);
  // Not yet in sight.
  await chat.page.setViewportSize({ width: 400, height: 420 + before - 20 });
  await expect.poll(fromEnd).toBeLessThanOrEqual(20);
  await jump.waitFor();
  await chat.page
    .locator('.log .item')
    .last()
    .evaluate((item) => document.getSelection()?.selectAllChildren(item));
  await chat.page.setViewportSize({ width: 400, height: 420 + before });
  await expect.poll(fromEnd).toBe(0);
  await jump.waitFor();
  await chat.page.evaluate(() => document.getSelection()?.removeAllRanges());
  await chat.page.mouse.wheel(0, -150);
  await jump.waitFor();
  await expect.poll(fromEnd).toBeGreaterThan(20);
  await chat.page.setViewportSize({ width: 400, height: 420 + before + (await fromEnd()) });
  await jump.waitFor({ state: 'detached' });
  expect(await fromEnd()).toBe(0);
});

test('while 200 words a second come, the end is followed until the reader scrolls up or selects; what is read stays', async () => {
  const log = longThread(20);
  log.begin('Write on.');
  await open(log);
  const { threadId } = log;
  // More than the test needs on a slow machine: it ends the stream itself.
  const events = Array.from({ length: 8000 }, (_, n) =>
    log.add({ kind: 'assistant_text', text: n % 40 === 39 ? ' word.\n\n' : ' word', isDelta: true }, 'live', 5),
  );
  const stream = chat.page.evaluate(
    async ([all, id]) => {
      for (let at = 0; at < all.length && document.body.dataset.enough === undefined; at += 5) {
        window.postMessage({ type: 'events', viewId: 'view-1', threadId: id, events: all.slice(at, at + 5) }, '*');
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    [events, threadId] as const,
  );
  await expect.poll(() => chat.page.getByText('word').count()).toBeGreaterThan(0);
  await expect.poll(fromEnd).toBeLessThan(9);
  await chat.page.locator('.log').hover();
  await chat.page.mouse.wheel(0, -600);
  await chat.page.getByRole('button', { name: 'Jump to latest' }).waitFor();
  await expect.poll(fromEnd).toBeGreaterThan(300);
  const read = await firstSeen();
  const grown = await fromEnd();
  await expect.poll(fromEnd, { timeout: 5000 }).toBeGreaterThan(grown + 60);
  expect(await firstSeen()).toEqual(read);
  await chat.page.getByRole('button', { name: 'Jump to latest' }).click();
  await expect.poll(fromEnd).toBeLessThan(9);
  // Something to hold on to is selected: it stays under the reader's hand. A paragraph with others below it is drawn once;
  // what is still being written is drawn anew, and a selection in it is gone before anybody could have made it.
  const select = () =>
    chat.page.evaluate(() => {
      const text = [...document.querySelectorAll('.item .prose > *')].at(-3);
      if (text) getSelection()?.selectAllChildren(text);
    });
  // Where the answer goes over into its next piece in that very moment, the reader selects once more.
  await expect
    .poll(async () => {
      await select();
      return chat.page.getByRole('button', { name: 'Jump to latest' }).isVisible();
    })
    .toBe(true);
  const selected = await chat.page.evaluate(() => getSelection()?.toString().length ?? 0);
  const before = await fromEnd();
  await expect.poll(fromEnd, { timeout: 5000 }).toBeGreaterThan(before + 60);
  await chat.page.evaluate(() => {
    document.body.dataset.enough = '';
  });
  await stream;
  expect(await chat.page.evaluate(() => getSelection()?.toString().length ?? 0)).toBeGreaterThanOrEqual(selected);
  expect(await nodes()).toBeLessThan(maxNodes);
}, 60_000);

test.each([220, 400])(
  'find and outline at %d px: nothing is cut off, and axe finds nothing serious in any theme',
  async (width) => {
    await open(longThread(12), { width });
    const looked = async (what: string) => {
      const sideways = () => chat.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(await sideways()).toBeLessThanOrEqual(0);
      for (const theme of themeNames) {
        expect(await findingsIn(chat, [theme])).toEqual({});
        for (const mark of ['found', 'found-now'])
          for (const { ratio } of await contrast(chat.page, '.prose strong', mark))
            expect(ratio, `${mark} in ${theme}`).toBeGreaterThan(4.5);
        await chat.page.screenshot({ path: join(pictures, `${what}-${theme}-${width}.png`) });
      }
    };
    await chat.page.keyboard.press('Control+f');
    await findBox().fill('bold');
    await expect.poll(counted, patient).toMatch(/of 12$/);
    await seenMark('bold');
    await looked('find');
    await findBox().press('Escape');
    await chat.page.keyboard.press('Alt+o');
    await chat.page.getByRole('listbox').waitFor();
    await looked('outline');
  },
);
