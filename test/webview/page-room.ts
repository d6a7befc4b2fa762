import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { EventLog } from '../../webview/testing/event-log.ts';
import type { ChatPage, ChatPages } from './chat-page.ts';
import { startChatPages } from './chat-page.ts';

export type Opening = Parameters<ChatPages['open']>[0];
type Shown = Parameters<ChatPage['snapshot']>[1];

let pages: ChatPages;

/** The page of the test that runs; {@link openChat} makes it. */
export let chat: ChatPage;

/** One browser for the tests of a file, a page for each of them that has nothing to complain of at its end. */
export function inPages(): void {
  beforeAll(async () => {
    pages = await startChatPages();
  });
  afterAll(() => pages.close());
  // A violation of the policy or of Trusted Types is an error on the console.
  afterEach(async () => {
    expect(chat.problems).toEqual([]);
    await chat.close();
  });
}

/** An empty page, before the host said anything to it. */
export async function openChat(options: Opening = {}): Promise<void> {
  chat = await pages.open(options);
}

/** A page that shows what is in `log`. */
export async function showLog(log: EventLog, more: Shown = {}, options: Opening = {}): Promise<void> {
  await openChat(options);
  await chat.snapshot(log, more);
  await chat.page.locator('.item, .welcome').first().waitFor();
}

/** A page that shows a log of its own. */
export async function showStory(
  story: (log: EventLog) => void,
  more: Shown = {},
  options: Opening = {},
): Promise<EventLog> {
  const log = new EventLog();
  story(log);
  await showLog(log, more, options);
  return log;
}
