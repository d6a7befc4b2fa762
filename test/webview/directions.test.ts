import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { EventLog } from '../../webview/testing/event-log.ts';
import { scenes } from '../gallery/scenes.ts';
import { openStage } from '../gallery/stage.ts';
import type { ChatPage, ChatPages } from './chat-page.ts';
import { startChatPages } from './chat-page.ts';

// Text that goes from right to left, in a page that does and in one that does not.

const pictures = join(import.meta.dirname, '../../out/pictures');
let pages: ChatPages;
let chat: ChatPage | undefined;
beforeAll(async () => {
  await mkdir(pictures, { recursive: true });
  pages = await startChatPages();
});
afterAll(() => pages.close());
afterEach(async () => {
  expect(chat?.problems ?? []).toEqual([]);
  await chat?.page.context().close();
  chat = undefined;
});

const arabic = `# ما تغيّر

الخطأ في الملف src/dates.ts:14 لأن \`monthName(month)\` يبدأ من الصفر. راجع [التوثيق](https://example.com/months).

- اقرأ الاختبار
- أصلح الدالة

> ملاحظة قصيرة

| ملف | أسطر |
| --- | ---: |
| التواريخ | 2 |

\`\`\`ts
return names[month - 1]; // واحد
\`\`\`

This sentence is English.
`;

function talk(): EventLog {
  const log = new EventLog();
  log.begin('أصلح monthName في src/dates.ts من فضلك.\nThis line is English.');
  log.command('c1', 'npm test -- dates', '3 passed\n', 0, 2000);
  log.text('t1', arabic);
  log.complete();
  return log;
}

async function open(direction: 'ltr' | 'rtl'): Promise<ChatPage['page']> {
  chat = await pages.open({ direction, width: 420 });
  const log = talk();
  await chat.snapshot(log, { thread: { ...log.view(), title: 'إصلاح أسماء الأشهر' } });
  await chat.page.locator('.prose table').waitFor();
  return chat.page;
}

/** At which edge of its block the text `words` begins, by the boxes of its first and last letter. */
async function beginsAt(words: string): Promise<string> {
  const page = chat?.page;
  if (page === undefined) throw new Error('No page is open.');
  return page.evaluate((wanted) => {
    const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = all.nextNode(); node !== null; node = all.nextNode()) {
      const text = node.textContent ?? '';
      const at = text.indexOf(wanted);
      if (at < 0) continue;
      let block = node.parentElement;
      while (block !== null && getComputedStyle(block).display.startsWith('inline')) block = block.parentElement;
      if (block === null) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const letter = range.getBoundingClientRect();
      const style = getComputedStyle(block);
      const box = block.getBoundingClientRect();
      const left =
        letter.left - box.left - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.borderLeftWidth);
      const right =
        box.right - letter.right - Number.parseFloat(style.paddingRight) - Number.parseFloat(style.borderRightWidth);
      return Math.abs(left) < 1.5 ? 'left' : Math.abs(right) < 1.5 ? 'right' : `neither (${left}, ${right})`;
    }
    return 'nowhere';
  }, words);
}

/** Whether the letters of `first` stand to the left of those of `second`, in one line. */
async function isBefore(first: string, second: string): Promise<boolean> {
  const page = chat?.page;
  if (page === undefined) throw new Error('No page is open.');
  return page.evaluate(
    ([one, two]) => {
      const boxOf = (wanted: string): DOMRect => {
        const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = all.nextNode(); node !== null; node = all.nextNode()) {
          const at = (node.textContent ?? '').indexOf(wanted);
          if (at < 0) continue;
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + wanted.length);
          return range.getBoundingClientRect();
        }
        throw new Error(`${wanted} is nowhere.`);
      };
      return boxOf(one).right <= boxOf(two).left + 1;
    },
    [first, second] as const,
  );
}

test.each(['ltr', 'rtl'] as const)('in a page that goes %s each text goes its own way', async (direction) => {
  const page = await open(direction);
  await page.screenshot({ path: join(pictures, `direction-${direction}.png`) });
  const right = ['أصلح monthName', 'ما تغيّر', 'الخطأ', 'اقرأ', 'ملاحظة', 'التواريخ', 'إصلاح'];
  const left = ['This line', 'This sentence', 'return'];
  const found = await Promise.all([...right, ...left].map(async (words) => [words, await beginsAt(words)]));
  expect(found).toEqual([...right.map((words) => [words, 'right']), ...left.map((words) => [words, 'left'])]);
  // Code within a sentence that goes the other way keeps its signs where they were written.
  expect(await isBefore('monthName(', 'month)')).toBe(true);
});

test.each(['ltr', 'rtl'] as const)('what is typed goes its own way in a page that goes %s', async (direction) => {
  const page = await open(direction);
  const box = page.getByRole('textbox');
  const way = () => box.evaluate((area) => getComputedStyle(area).direction);
  await box.fill('أصلح');
  expect(await way()).toBe('rtl');
  await box.fill('Fix it');
  expect(await way()).toBe('ltr');
});

test('keys are read from left to right in a page that goes the other way', async () => {
  const page = await open('rtl');
  await page.keyboard.press('Alt+F1');
  const keys = page.locator('.shortcuts kbd').filter({ hasText: 'Alt+↓' });
  await keys.waitFor();
  const [first = 0, last = 0] = await keys.evaluate((element) => {
    const text = element.firstChild as Text;
    return [0, text.length - 1].map((at) => {
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      return range.getBoundingClientRect().left;
    });
  });
  expect(first).toBeLessThan(last);
});

test('a page that goes from right to left is the mirror of the other', async () => {
  const page = await open('rtl');
  const box = async (selector: string) => (await page.locator(selector).first().boundingBox()) ?? { x: 0, width: 0 };
  const [rule, send, title] = await Promise.all([box('.ask-text'), box('.composer button.send'), box('.header h1')]);
  expect(rule.x + rule.width).toBeLessThan(420 - 9);
  expect(send.x).toBeLessThan(60);
  expect(title.x + title.width).toBeGreaterThan(380);
});

test('nothing overlaps or is cut off in a page that goes from right to left', async () => {
  const stage = await openStage('rtl');
  try {
    const shown = scenes.filter(({ id }) => /^(page|composer|worktree|welcome)\/|\/each|^receipt\/.*open/.test(id));
    expect(shown.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    for (const scene of shown) {
      await stage.show(scene);
      const found = await stage.look(
        [0, 4, 5].flatMap((frame) => [[frame, 'overlaps'] as const, [frame, 'clipped'] as const]),
      );
      if (found.length > 0) wrong.push(`${scene.id}: ${JSON.stringify(found)}`);
      if (scene.id === 'page/a finished turn') await stage.page.screenshot({ path: join(pictures, 'mirrored.png') });
    }
    expect(wrong).toEqual([]);
  } finally {
    await stage.close();
  }
}, 120_000);
