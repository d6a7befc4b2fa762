import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { EventLog, idleComposer } from '../../webview/testing/event-log.ts';
import { findingsIn } from './axe.ts';
import { contrast } from './contrast.ts';
import type { Opening } from './page-room.ts';
import { chat, inPages, openChat } from './page-room.ts';
import { themeNames } from './themes.ts';

const pictures = join(import.meta.dirname, '../../out/pictures');
inPages();
beforeAll(async () => {
  await mkdir(pictures, { recursive: true });
});

async function open(log: EventLog, how: Opening = {}, more = {}): Promise<void> {
  await openChat(how);
  await chat.snapshot(log, more);
  await chat.page.locator('.item').first().waitFor();
}

function answer(text: string): EventLog {
  const log = new EventLog();
  log.begin('Show me.');
  log.text('t1', text);
  log.complete();
  return log;
}

/** Two pixels, which the message holds itself. */
const pixels =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP4z8DwHwgBAAn6Av/Y0d1zAAAAAElFTkSuQmCC';

const code = `\`\`\`ts
// The month is one-based: Calendar says so.
@sealed
export class Calendar extends Base<string> {
  private readonly names = new Map<number, string>();
  monthName(month: number): string {
    if (month < 1 || month > 12) throw new RangeError(\`no month \${month}\`);
    return this.names.get(month - 1) ?? /jan/i.source;
  }
}
\`\`\`
`;

const table = `| file | lines | why it was changed in this turn | checked |
| --- | ---: | --- | --- |
| src/dates.ts | 2 | the month is one-based | yes |
`;

const prose = `The error comes from src/dates.ts:12:3, see \`src/names.ts#L4\` and [the docs](https://example.com/months).

${code}
${table}
\`\`\`diff
-  return names[month];
+  return names[month - 1];
\`\`\`

Seen as ![a small picture](${pixels}) and ![elsewhere](https://example.com/logo.png).
`;

/** Each of the 16 colours as text, and what programs do with them. */
const coloured = [
  ...[30, 31, 32, 33, 34, 35, 36, 37, 90, 91, 92, 93, 94, 95, 96, 97].map((n) => `\u001b[${n}mcolour ${n}\u001b[0m`),
  '\u001b[38;5;18mdark blue\u001b[0m \u001b[38;2;250;250;210mpale\u001b[0m \u001b[2mdim\u001b[0m \u001b[1mbold\u001b[0m',
  '\u001b[41mon red\u001b[0m \u001b[103mon yellow\u001b[0m \u001b[7minverse\u001b[0m \u001b[3;4;9mlines\u001b[0m',
  'downloading 10%\rdownloading 100%',
].join('\n');

test('code and output are coloured, can be read, and have nothing serious for axe in any theme', async () => {
  const log = answer(prose);
  log.begin('Run it.');
  log.command('c1', 'npm test', coloured, 1, 2100);
  await open(log, { height: 1700 });
  await chat.page.locator('.tok-keyword').first().waitFor();
  await chat.page.locator('.tok-added').waitFor();
  for (const theme of themeNames) {
    expect(await findingsIn(chat, [theme])).toEqual({});
    const found = [...(await contrast(chat.page, '[class^=tok-]')), ...(await contrast(chat.page, '.terminal span'))];
    expect(found.length).toBeGreaterThan(45);
    expect(
      found.filter(({ ratio }) => ratio < 4.5),
      theme,
    ).toEqual([]);
    const colours = await chat.page
      .locator('[class^=tok-]')
      .evaluateAll((all) => all.map((e) => getComputedStyle(e).color));
    expect(new Set(colours).size, theme).toBeGreaterThanOrEqual(7);
    await chat.page.screenshot({ path: join(pictures, `reading-${theme}-400.png`) });
  }
  await chat.page.setViewportSize({ width: 220, height: 2000 });
  await chat.page.locator('.log').evaluate((element) => element.scrollTo(0, 0));
  await chat.page.locator('.table').waitFor();
  const sideways = '.table, .log, .code pre, html';
  for (const theme of themeNames) {
    expect(await findingsIn(chat, [theme])).toEqual({});
    const wide = await chat.page
      .locator(sideways)
      .evaluateAll((all) => all.map((e) => [e.className || e.tagName, e.scrollWidth > e.clientWidth] as const));
    // What is too wide scrolls in itself; the page never does.
    expect(wide).toContainEqual(['table', true]);
    expect(wide).toContainEqual(['log', false]);
    expect(wide).toContainEqual(['HTML', false]);
    await chat.page.screenshot({ path: join(pictures, `reading-${theme}-220.png`) });
  }
});

const chunks = () =>
  chat.page.evaluate(
    () => performance.getEntriesByType('resource').filter(({ name }) => /highlighter/.test(name)).length,
  );

test('colours come when a block is whole, and their script only then', async () => {
  const log = new EventLog();
  log.begin('Show me.');
  await open(log, {}, { composer: { ...idleComposer, running: true } });
  const stream = async (text: string) => {
    const event = log.add({ kind: 'assistant_text', text, isDelta: true }, 't');
    await chat.send({ type: 'events', threadId: log.threadId, events: [event] });
  };
  await stream('Here:\n\n```ts\nconst a = 1;\n');
  await stream('const b = "two";\n');
  await chat.page.getByText('const b').waitFor();
  await chat.page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  expect(await chat.page.locator('[class^=tok-]').count()).toBe(0);
  expect(await chunks()).toBe(0);
  await stream('```\n\nAnd more');
  await chat.page.locator('.tok-string').waitFor();
  expect(await chunks()).toBe(1);
  expect(await chat.page.locator('.code code').innerText()).toBe('const a = 1;\nconst b = "two";');
  const block = await chat.page.locator('.tok-string').elementHandle();
  await stream(' follows');
  await chat.page.getByText('And more follows').waitFor();
  expect(await block?.evaluate((element) => element.isConnected)).toBe(true);
});

test('code is copied, put into the open file, opened as a new one', async () => {
  await open(answer('```py\nprint(1)\n```'));
  const bar = chat.page.locator('.code-bar');
  await chat.page.getByRole('button', { name: 'Copy code' }).click();
  await chat.page.getByRole('button', { name: 'Insert at the cursor in dates.ts' }).click();
  await chat.page.getByRole('button', { name: 'Open code in the editor' }).focus();
  // The keyboard shows what the mouse shows.
  await expect.poll(() => bar.evaluate((element) => getComputedStyle(element).opacity)).toBe('1');
  await chat.page.keyboard.press('Enter');
  expect(await chat.sent('copy')).toMatchObject([{ text: 'print(1)' }]);
  expect(await chat.sent('code.insert')).toMatchObject([{ text: 'print(1)' }]);
  expect(await chat.sent('text.open')).toMatchObject([{ kind: 'code', text: 'print(1)', language: 'py' }]);
  await chat.send({
    type: 'composer',
    composer: { ...idleComposer, editor: null },
    welcome: { line: '', why: false, prompts: [] },
  });
  await expect.poll(() => bar.getByRole('button').count()).toBe(2);
});

test('long code is folded, opens and stays open over a reload', async () => {
  const lines = Array.from({ length: 120 }, (_, index) => `const line${index} = ${index};`);
  const log = answer(`\`\`\`ts\n${lines.join('\n')}\n\`\`\``);
  await open(log);
  const shown = async () => (await chat.page.locator('.code code').innerText()).split('\n').length;
  await chat.page.locator('.tok-keyword').first().waitFor();
  expect(await shown()).toBe(32);
  await chat.page.getByRole('button', { name: 'Show all 120 lines' }).click();
  await expect.poll(shown).toBe(120);
  await chat.page.getByRole('button', { name: 'Copy code' }).click();
  expect(await chat.sent('copy')).toMatchObject([{ text: lines.join('\n') }]);
  // The state is written with a delay.
  await chat.page.waitForFunction(() => (sessionStorage.getItem('state') ?? '').includes('code:'));
  await chat.page.reload();
  await chat.snapshot(log);
  await chat.page.locator('.code').waitFor();
  await expect.poll(shown).toBe(120);
  await chat.page.getByRole('button', { name: 'Show fewer lines' }).click();
  await expect.poll(shown).toBe(32);
});

test('only code near the window has colours, so that a long answer stays small', async () => {
  await open(answer(Array.from({ length: 150 }, () => code).join('\nMore:\n\n')));
  await chat.page.locator('.tok-keyword').first().waitFor();
  await chat.page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  const coloured = await chat.page
    .locator('.code')
    .evaluateAll((all) => all.filter((block) => block.querySelector('[class^=tok-]') !== null).length);
  expect(coloured).toBeGreaterThan(1);
  expect(coloured).toBeLessThan(15);
  await chat.page.locator('.log').evaluate((element) => element.scrollTo(0, 0));
  await chat.page.locator('.code').first().locator('.tok-keyword').first().waitFor();
});

test('output has the colours of the terminal, and is shown whole in the editor', async () => {
  const log = new EventLog();
  log.begin('Run it.');
  const lines = Array.from({ length: 1000 }, (_, index) => `\u001b[32mok\u001b[0m ${index}`).join('\n');
  log.command('c1', 'npm test', `${lines}\n10%\r100%\n`, 1, 2100);
  log.complete();
  await open(log);
  const pane = chat.page.locator('.pane .scroll');
  expect(await pane.innerText()).toMatch(/ok 999\n100%$/);
  expect(await pane.locator('.front').count()).toBe(399);
  await chat.page.getByRole('button', { name: 'Show all in the editor' }).click();
  const [sent] = await chat.sent('text.open');
  expect(sent).toMatchObject({ kind: 'output', language: null });
  expect(sent?.text.split('\n').slice(0, 2)).toEqual(['ok 0', 'ok 1']);
  expect(sent?.text).not.toContain('\u001b');
});

test('links say where they lead, words that name files open them, images come from the message alone', async () => {
  const lies = '[https://good.example](https://evil.example/x) and https://plain.example/y';
  await open(answer(`${prose}\n${lies}`));
  const links = await chat.page.locator('.prose a').evaluateAll((all) => all.map((link) => link.textContent));
  expect(links).toEqual([
    'src/dates.ts:12:3',
    'src/names.ts#L4',
    'the docs (example.com)',
    'src/dates.ts',
    'Image: elsewhere (example.com)',
    'https://good.example (evil.example)',
    'https://plain.example/y',
  ]);
  await chat.page.getByText('src/dates.ts:12:3').click();
  await chat.page.getByText('src/names.ts#L4').click();
  expect(await chat.sent('file.open')).toMatchObject([
    { path: 'src/dates.ts', line: 12, column: 3 },
    { path: 'src/names.ts', line: 4 },
  ]);
  const images = await chat.page
    .locator('img')
    .evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth));
  expect(images).toEqual([2]);
});

test('data of a tool is in lines and colours, also where the tool gave it as text', async () => {
  const log = new EventLog();
  log.begin('Look it up.');
  const result = { content: [{ type: 'text', text: '{"found":[{"month":1,"ok":true}]}' }] };
  const call = { kind: 'mcp_call', server: 'docs', tool: 'search', arguments: { query: 'dates' }, result } as const;
  log.add({ ...call, phase: 'completed', status: 'completed' }, 'm1');
  log.complete();
  await open(log);
  await chat.page.getByRole('button', { name: 'docs.search' }).click();
  await chat.page.locator('.fact-pane .tok-keyword').waitFor();
  const panes = await chat.page.locator('.fact-pane pre').allInnerTexts();
  expect(panes[1]).toContain('"found": [\n    {\n      "month": 1,');
  await chat.page.getByRole('button', { name: 'Show Result in the editor' }).click();
  expect(await chat.sent('text.open')).toMatchObject([{ kind: 'output', language: 'json' }]);
});
