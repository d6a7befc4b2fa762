import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datesTurn, EventLog, everyRow, failedTurn, idleComposer } from '../../webview/testing/event-log.ts';
import type { ChatPages } from './chat-page.ts';
import { startChatPages } from './chat-page.ts';
import { themeNames } from './themes.ts';

// Pictures to look at; what can be asserted about the looks stands beside them.

const folder = join(import.meta.dirname, '../../out/shots/webview');
let pages: ChatPages;
beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  pages = await startChatPages();
});
afterAll(() => pages.close());

const stories = {
  dates: (log: EventLog) => {
    datesTurn(log);
    log.begin('Now publish it.');
    log.add({ kind: 'command_execution', phase: 'started', command: 'npm publish', status: 'in_progress' }, 'c5');
  },
  every: everyRow,
  opened: (log: EventLog) => {
    datesTurn(log);
    log.begin('Look it up.');
    const call = { kind: 'mcp_call', server: 'docs', tool: 'search', arguments: { query: 'dates' } } as const;
    const result = { content: [{ type: 'text', text: 'two results' }] };
    log.add({ ...call, phase: 'completed', result, status: 'completed' }, 'm1');
  },
  failed: failedTurn,
  empty: () => {},
};

const views = [220, 400, 1200].flatMap((width) =>
  themeNames.flatMap((theme) =>
    Object.keys(stories).map((story) => ({ width, theme, story: story as keyof typeof stories })),
  ),
);

test.each(views)('$story in $theme at $width px fits its width', async ({ width, theme, story }) => {
  const chat = await pages.open({
    theme,
    width,
    height: story === 'every' || story === 'opened' ? 1600 : 860,
    reducedMotion: true,
  });
  // The turn of the picture takes about 9 s, its second one began 12 s ago.
  const log = new EventLog(new Date(Date.now() - 22_000).toISOString());
  stories[story](log);
  const blocked = {
    text: 'Codex native is locked for this window.',
    actions: [{ id: 'unlockNative', label: 'Unlock' }],
  };
  await chat.snapshot(log, {
    composer: { ...idleComposer, running: story === 'dates', blocked: story === 'empty' ? blocked : null },
  });
  await chat.page
    .locator(story === 'empty' ? '.welcome' : '.item')
    .first()
    .waitFor();
  if (story === 'opened') {
    for (const row of ['.reasoning', '.file-change', '.receipt', '.mcp']) {
      await chat.page.locator(`${row} [aria-expanded="false"]`).first().press('Enter');
      await chat.page.locator(`${row} [aria-expanded="true"]`).first().waitFor();
    }
  }
  await chat.page.screenshot({ path: join(folder, `${story}-${theme}-${width}.png`) });
  const overflow = await chat.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  const inner = await chat.page.evaluate(() => {
    const log = document.querySelector('.log');
    return log === null ? 0 : log.scrollWidth - log.clientWidth;
  });
  expect({ overflow, inner, problems: chat.problems }).toEqual({ overflow: 0, inner: 0, problems: [] });
  await chat.page.context().close();
});
