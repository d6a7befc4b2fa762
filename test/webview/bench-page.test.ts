import { join } from 'node:path';
import { expect, test } from 'vitest';
// @ts-expect-error: a plain script of the bench
import { openPages } from '../bench/page/pages.mjs';
// @ts-expect-error: a plain script of the bench
import { answerText, deltasOf, deltaTemplate, snapshotOf, threadAtWork } from '../bench/page/story.mjs';

// The bench itself is no test; that it still measures this page is one. A page that drew nothing would be very fast.

declare const bench: {
  readonly painted: (selector: string) => Promise<number>;
  readonly stream: (story: object) => Promise<void>;
  readonly countNodes: () => number;
  readonly wakes: Readonly<Record<string, number>>;
};

test('the page of the bench draws what it is given, and what it is compared with does too', async () => {
  const pages = await openPages({ folder: join(import.meta.dirname, '../../dist/webview') });
  try {
    const log = threadAtWork(9);
    const text: string = answerText(4000);
    const story = { ...deltaTemplate(log), deltas: deltasOf(text, 40), everyMs: 5 };
    const { page } = await pages.open({ snapshot: snapshotOf(log, { running: true }) });
    expect(await page.evaluate(() => bench.painted('.running'))).toBeGreaterThan(0);
    await page.evaluate((data: object) => bench.stream(data), story);
    const last = text.trim().split(/\W+/).at(-2) ?? '?';
    await expect.poll(() => page.locator('.log').innerText()).toContain(last);
    expect(await page.evaluate(() => bench.countNodes())).toBeGreaterThan(100);
    expect(await page.evaluate(() => bench.wakes.timeout)).toBeGreaterThan(0);
    const naive = await pages.open({ path: '/naive' });
    await naive.page.evaluate((data: object) => bench.stream(data), story);
    expect(await naive.page.locator('#answer').innerText()).toContain(last);
  } finally {
    await pages.close();
  }
});
