import { expect, test } from 'vitest';
import { continuePrompt } from '../../src/protocol/index.ts';
import { playOf } from '../gallery/scene.ts';
import { scenes } from '../gallery/scenes.ts';
import type { Message } from './chat-page.ts';
import { chat, inPages, openChat } from './page-room.ts';

inPages();

/** Whatever a reader sees or hears: text, names and descriptions, and what the style sheets add. */
async function said(): Promise<readonly string[]> {
  return chat.page.evaluate(() => {
    const attributes = [
      'aria-label',
      'aria-description',
      'aria-roledescription',
      'aria-valuetext',
      'alt',
      'placeholder',
    ];
    const found: string[] = [];
    for (const element of document.body.querySelectorAll('*')) {
      if (element.tagName === 'SCRIPT') continue;
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.push(node.textContent ?? '');
      for (const name of [...attributes, 'title']) found.push(element.getAttribute(name) ?? '');
      for (const part of ['::before', '::after'])
        found.push(getComputedStyle(element, part).content.replace(/^none$/, ''));
    }
    return [...new Set(found)].filter((text) => /\p{L}/u.test(text));
  });
}

/** What of a text is no word of the page's table: those stand in brackets. */
const outside = (text: string): readonly string[] =>
  text
    .replace(/⟦[^⟦⟧]*⟧/g, '\u0000')
    .split('\u0000')
    .map((part) => part.trim())
    .filter((part) => /\p{L}/u.test(part));

/** Letters and figures alone: a page shows `**bold**` without its signs, and hidden characters by their numbers. */
const letters = (text: string): string =>
  text
    .replace(/\\u\{\w+\}/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Every string that was sent to the page; of what a tool was given and gave back also how it is laid out. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const laidOut = ['arguments', 'result', 'agents'].flatMap((name) => {
    const part = (value as Readonly<Record<string, unknown>>)[name];
    return typeof part === 'object' ? [JSON.stringify(part)] : [];
  });
  return [...laidOut, ...Object.values(value).flatMap(textsIn)];
}

/** What was sent, as letters: each text by itself, and what comes in pieces as a whole, too. */
function lettersOf(sent: readonly unknown[]): string {
  const texts = sent.flatMap(textsIn);
  return `${letters(texts.join('\n'))} ${letters(texts.join(''))}`;
}

/** Words that are neither of the table nor of what was sent: those of each line, and of each part between dots. */
async function strange(data: string): Promise<readonly string[]> {
  const parts = (await said()).flatMap(outside).flatMap((part) => part.split(/\n| · /));
  return parts.filter((part) => /\p{L}{2}/u.test(part) && !data.includes(letters(part)));
}

test('words that are of no table are found', async () => {
  await openChat({ language: 'pseudo' });
  await chat.page.getByRole('textbox').waitFor();
  await chat.page.evaluate(() => {
    const planted = document.createElement('button');
    planted.title = 'Planted title';
    planted.append('Planted words');
    document.body.append(planted);
  });
  expect(await strange('')).toEqual(['Planted words', 'Planted title']);
});

test('every word of every scene comes from the table, or from what was sent', async () => {
  await openChat({ language: 'pseudo', height: 4000 });
  const found: string[] = [];
  // Files that are attached, and what was said aloud, outlast their scene.
  let data = continuePrompt;
  for (const scene of scenes) {
    const { snapshot, after, click, reply } = playOf(scene);
    await chat.send(snapshot);
    for (const message of after) await chat.send(message);
    await chat.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    for (const selector of click) {
      await chat.page
        .locator(selector)
        .first()
        .evaluate((element: HTMLElement) => element.click());
    }
    if (reply !== null) await refuse(reply);
    data += ` ${lettersOf([snapshot, after, reply])}`;
    const parts = await strange(data);
    for (const part of parts)
      if (!found.some((known) => known.endsWith(`: ${part}`))) found.push(`${scene.id}: ${part}`);
  }
  expect(found).toEqual([]);
}, 120_000);

test('every word of the list of keys, of the search and of the outline comes from the table', async () => {
  await openChat({ language: 'pseudo' });
  const scene = scenes.find(({ id }) => id === 'page/a finished turn');
  if (scene === undefined) throw new Error('The scene is gone.');
  const { snapshot } = playOf(scene);
  await chat.send(snapshot);
  await chat.page.locator('.item').first().waitFor();
  // Keys that are called the same everywhere, and the day of the turn as the language writes it.
  const data = `Alt Esc Alt O Alt F1 2 Jan ${lettersOf([snapshot])}`;
  const [find, outline] = [chat.page.locator('.find'), chat.page.locator('.outline')];
  await chat.page.keyboard.press('Control+f');
  await find.locator('input').fill('zzz');
  await expect.poll(() => find.locator('.count').textContent()).toContain('⟦');
  const found = [...(await strange(data))];
  await chat.page.keyboard.press('Escape');
  await chat.page.keyboard.press('Alt+o');
  await outline.waitFor();
  found.push(...(await strange(data)));
  await chat.page.keyboard.press('Escape');
  await chat.page.keyboard.press('Alt+F1');
  await chat.page.locator('.shortcuts kbd').first().waitFor();
  found.push(...(await strange(data)));
  expect(found).toEqual([]);
});

async function refuse(reply: Extract<Message, { type: 'reply' }>['reply']): Promise<void> {
  const before = (await chat.sent('turn.submit')).length;
  await chat.page.getByRole('textbox').first().press('Enter');
  await expect.poll(async () => (await chat.sent('turn.submit')).length).toBeGreaterThan(before);
  const submit = (await chat.sent('turn.submit')).at(-1);
  if (submit === undefined) throw new Error('The page did not send the prompt.');
  await chat.send({ type: 'reply', requestId: submit.requestId, reply });
}
